// In: how many days. Out: the same history in the folders of this program, of Prometheus and of VictoriaMetrics, each
// imported by its own means, and a way to start each of them over its folder.

import { once } from 'node:events';
import {
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OURS } from './bench.mjs';
import { sumOf } from './exposition.mjs';
import { histories, noisyHistories, SCRAPE, SERIES, sampleTimes } from './history-series.mjs';
import { get, post } from './loopback.mjs';
import { importHistory, startMonitor } from './monitor.mjs';
import { startPrometheus, startVictoriaMetrics } from './peers.mjs';

const HOUR = 3_600_000;
const CHUNK = 1 << 18;

/** @typedef {import('./bench.mjs').Outcome} Outcome */

/**
 * A history and its copies. `folders` has an Outcome with {folder, bytes} for each of OURS, Prometheus and
 * VictoriaMetrics: where it is, and how large that was right after import and compaction.
 * @typedef {{days: number, end: number, samples: number, folders: Outcome[]}} Backfilled
 */

/** What histories there are: the usual one, and one of gauges whose last digits are noise. */
const KINDS = { usual: histories, noisy: noisyHistories };

/**
 * The history of `days` days up to the last full hour, made once in a run: rows, which are processes of their own, find it in
 * the run's folder.
 * @param {'usual' | 'noisy'} kind
 * @returns {Promise<Backfilled>}
 */
export async function backfilled(bench, days, kind = 'usual') {
  const made = join(bench.folder, `history-${kind}-${days}.json`);
  if (existsSync(made)) return JSON.parse(readFileSync(made, 'utf8'));
  const history = await backfill(bench, days, kind);
  writeFileSync(made, JSON.stringify(history));
  return history;
}

/**
 * Starts one contestant over its folder; `options` as those of its own start function.
 * @param {{who: string, value: {folder: string}}} filled an Outcome of `folders`
 * @returns {Promise<{pid, url, child}>} its `url` is that of the API, without /api/v1
 */
export function startOver(bench, children, { who, value: { folder } }, options = {}) {
  return CONTESTANTS[who].start(bench, children, folder, options);
}

/** No retention: deletion by age is not measured. */
const RETENTION = '100d';

/** One service is the least a monitor has; it is checked once. */
const IDLE = {
  scan: { intervals: { critical: '1h', other: '1h' } },
  services: { unused: { name: 'Unused', url: 'http://127.0.0.1:9/', critical: false } },
};

const CONTESTANTS = {
  [OURS]: {
    fill: ({ children, folder, file }) => importHistory(children, file, folder),
    start: (bench, children, storage, { config = IDLE, ...options }) =>
      startMonitor(bench, children, config, {
        ...options,
        storage,
        flags: [`--storage.retention.time=${RETENTION}`],
      }),
  },
  Prometheus: {
    fill: fillPrometheus,
    start: (bench, children, folder, { ready }) =>
      startPrometheus(bench, children, [], {
        folder,
        ready,
        flags: [`--storage.tsdb.retention.time=${RETENTION}`],
      }),
  },
  VictoriaMetrics: {
    fill: fillVictoria,
    start: (_, children, folder, { ready }) =>
      startVictoriaMetrics(children, { folder, ready, flags: [`-retentionPeriod=${RETENTION}`] }),
  },
};

async function backfill(bench, days, kind) {
  const end = Math.floor(Date.now() / HOUR) * HOUR;
  const history = { kind, days, end, samples: SERIES * days * 24 * (HOUR / SCRAPE) };
  bench.say(`  ${SERIES} series over ${days} days are written and taken in`);
  const file = join(bench.folder, `history-${kind}-${days}.om`);
  await writeAll(createWriteStream(file), openMetrics(history));
  const folders = [];
  for (const [who, { fill }] of Object.entries(CONTESTANTS)) {
    const folder = mkdtempSync(join(bench.folder, 'history-'));
    const outcome = await bench.measure(who, async children => {
      const started = performance.now();
      await fill({ bench, children, folder, file, history });
      const seconds = (performance.now() - started) / 1000;
      bench.say(`    taken in after ${seconds.toFixed(1)} s`);
      // A program that is still running may not have written everything.
      await children.stop();
      return { folder, bytes: sizeOf(folder) };
    });
    folders.push(outcome);
  }
  rmSync(file);
  return { ...history, folders };
}

/** OpenMetrics, as promtool and we take it. */
export function* openMetrics({ kind = 'usual', end, days }) {
  const seconds = sampleTimes(end, days).map(time => (time / 1000).toFixed(3));
  let family;
  for (const { name, type, labels, texts } of KINDS[kind](days)) {
    if (name !== family) yield `# TYPE ${name.replace(/_total$/, '')} ${type}\n`;
    family = name;
    const series = `${name}{${Object.entries(labels)
      .map(([key, value]) => `${key}="${value}"`)
      .join(',')}} `;
    for (let i = 0; i < texts.length; i++) yield `${series}${texts[i]} ${seconds[i]}\n`;
  }
  yield '# EOF\n';
}

/** What VictoriaMetrics exports and imports: a series in a line of JSON. */
function* jsonLines({ kind, end, days }) {
  const timestamps = sampleTimes(end, days).join();
  for (const { name, labels, texts } of KINDS[kind](days)) {
    const metric = JSON.stringify({ __name__: name, ...labels });
    yield `{"metric":${metric},"values":[${texts.join()}],"timestamps":[${timestamps}]}\n`;
  }
}

async function fillPrometheus({ children, folder, file }) {
  // As large a block as they grow to when they are compacted.
  const args = ['tsdb', 'create-blocks-from', '--max-block-duration=744h', 'openmetrics', '--quiet'];
  const data = join(folder, 'data');
  await (await children.start('promtool', 'promtool', [...args, file, data])).output();
}

async function fillVictoria({ bench, children, folder, history }) {
  const { url } = await startOver(bench, children, { who: 'VictoriaMetrics', value: { folder } });
  for (const line of jsonLines(history)) await post(`${url}/api/v1/import`, line);
  await get(`${url}/internal/force_flush`);
  await get(`${url}/internal/force_merge`);
  // It answers at once and merges afterwards.
  const unfinished = async () =>
    sumOf((await get(`${url}/metrics`)).body.toString(), 'vm_active_force_merges') > 0;
  do await sleep(500);
  while (await unfinished());
}

export async function writeAll(stream, lines) {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK) continue;
    if (!stream.write(chunk)) await once(stream, 'drain');
    chunk = '';
  }
  stream.end(chunk);
  await once(stream, 'finish');
}

/** VictoriaMetrics' caches, which it rebuilds. */
const CACHE = 'cache';

/** What the files of a folder hold, in bytes, caches left out. */
function sizeOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === CACHE) continue;
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? sizeOf(path) : statSync(path).size;
  }
  return bytes;
}
