// In: SOAK_HEAP, a file. Out: a line of JSON in it every half minute for each thread of the program this is loaded into
// (`--import`, which worker threads inherit): what V8 and the process hold. Loaded by the soak row.

import { appendFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { threadId } from 'node:worker_threads';

const EVERY = 30_000;
const MIB = 1024 * 1024;
const file = process.env.SOAK_HEAP;

function sample() {
  const heap = getHeapStatistics();
  const { external, arrayBuffers, rss } = process.memoryUsage();
  const inMiB = {
    used: heap.used_heap_size,
    total: heap.total_physical_size,
    malloced: heap.malloced_memory,
  };
  const line = { ...inMiB, external, arrayBuffers, rss };
  for (const key of Object.keys(line)) line[key] = Math.round((line[key] / MIB) * 100) / 100;
  appendFileSync(file, `${JSON.stringify({ at: Date.now(), thread: threadId, ...line })}\n`);
}

if (file) setInterval(sample, EVERY).unref();
