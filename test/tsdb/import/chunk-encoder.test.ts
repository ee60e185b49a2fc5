// Chunks that a thread encodes are those that are encoded here, all of them and each once, also when the thread fails.

import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { encodeChunk } from '../../../src/tsdb/codec/chunk.js';
import { ChunkEncoder } from '../../../src/tsdb/import/chunk-encoder.js';

const DIST = new URL('../../../dist/', import.meta.url);
const encoders: ChunkEncoder[] = [];

afterEach(async () => {
  for (const encoder of encoders.splice(0)) await encoder.close();
});

function open(threadFile: URL): ChunkEncoder {
  const encoder = new ChunkEncoder(threadFile);
  encoders.push(encoder);
  return encoder;
}

const chunk = (seed: number) => Float64Array.from({ length: 500 }, (_, i) => ((i * 7919 + seed) % 97) / 10);

/** Encodes chunks, with a turn for events after each; which of them were not encoded at once. */
async function encodeAll(encoder: ChunkEncoder, count: number) {
  const found = new Map<number, Uint8Array[]>();
  const later: number[] = [];
  for (let i = 0; i < count; i++) {
    encoder.encode(chunk(i), bytes => found.set(i, [...(found.get(i) ?? []), bytes]));
    if (!found.has(i)) later.push(i);
    await turn();
  }
  await encoder.finish();
  for (let i = 0; i < count; i++) expect(found.get(i)).toEqual([encodeChunk(chunk(i), 'small')]);
  return later;
}

test('few are encoded here, of many some in the thread', async () => {
  const encoder = open(new URL('tsdb/import/encoder-thread.js', DIST));
  expect(await encodeAll(encoder, 10)).toEqual([]);
  // It has begun when it has answered for the first time.
  while ((await encodeAll(encoder, 50)).length === 0);
  expect((await encodeAll(encoder, 50)).length).toBeGreaterThan(0);
});

test.each([
  ['that is not there', new URL('none.js', DIST)],
  ['that dies', new URL('threads/dies.mjs', import.meta.url)],
])('with a thread %s all are encoded here', async (_, threadFile) => {
  const encoder = open(threadFile);
  expect((await encodeAll(encoder, 100)).length).toBeGreaterThan(0);
  while ((await encodeAll(encoder, 50)).length > 0);
});
