import { expect, test } from 'vitest';
import { mapInSlices } from '../../src/concurrency/time-slicer.js';

test('what is due while a long list is mapped comes before its end, and the order stays', async () => {
  const done: string[] = [];
  setImmediate(() => done.push('something else'));
  const mapped = await mapInSlices([1, 2, 3, 4, 5], item => {
    for (const begin = performance.now(); performance.now() - begin < 10; );
    done.push(`item ${item}`);
    return item * 2;
  });
  expect(mapped).toEqual([2, 4, 6, 8, 10]);
  expect(done.indexOf('something else')).toBeLessThan(done.indexOf('item 5'));
});
