// A query thread that dies before it has done anything.

throw new Error('no such library');
