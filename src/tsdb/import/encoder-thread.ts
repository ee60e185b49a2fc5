// A thread that encodes values for an import. Comes in: values of a chunk; goes out: the chunk's bytes, in the same order.

import { parentPort } from 'node:worker_threads';
import { encodeChunk } from '../codec/chunk.js';

parentPort?.on('message', (values: Float64Array) => {
  const bytes = encodeChunk(values, 'small');
  parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
});
