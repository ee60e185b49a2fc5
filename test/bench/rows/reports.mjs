// How long a report over a month takes: the first time over samples that nothing is known of, after a restart, and again.
// Beside it a Prometheus with the same samples, which is asked what a report asks: each figure of each hour. It keeps none
// of them, so that it reads the samples each time.

import { once } from 'node:events';
import { cpSync, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { difference, seriesOf, timeOf, urlOf } from '../harness/answers.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { importHistory, startMonitor } from '../harness/monitor.mjs';
import { startPrometheus } from '../harness/peers.mjs';
import { each, inTurns } from '../harness/turns.mjs';

const HOUR = 3_600_000;
const SERVICES = 6;
/** Seconds between two samples. */
const SCRAPE = 60;
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const ids = Array.from({ length: SERVICES }, (_, i) => `service${i}`);
const PATHS = days => [
  `/performance_trends?days=${days}`,
  `/performance_analysis?days=${days}`,
  `/capacity_report?days=${days}`,
  `/report?days=${days}`,
];

export default {
  name: 'reports',
  minutes: 1.5,
  about: 'reports over a month of six services, 126 series x 60 s',
  async run(bench) {
    const days = bench.either(30, 3);
    const end = Math.floor(Date.now() / HOUR) * HOUR;
    const file = join(bench.folder, 'reports.om');
    await writeAll(createWriteStream(file), openMetrics(days, end));
    const questions = await questionsOf(days, end);
    const children = new Children();
    try {
      const ours = await bench.attempt(OURS, () => prepare(bench, children, file, days));
      const theirs = await bench.attempt('Prometheus', () => startFilled(bench, children, file));
      if ('value' in ours && 'value' in theirs) await requireSame(bench, ours.value, theirs.value, questions);
      const outcomes = await inTurns(bench, bench.either(5, 2), [
        { ...ours, measure: folders => measureOurs(bench, folders, days) },
        { ...theirs, measure: ({ url }) => measurePrometheus(url, questions) },
      ]);
      const line = (what, key, most) => {
        const [own, peer] = outcomes.map(outcome => each(outcome, times => times[key]));
        return {
          what: `slowest report over ${days} d of 6 services, ${what}`,
          of: 'clients',
          unit: 'ms',
          ours: own,
          peers: [peer],
          reach: most && { atMost: most, text: `under ${most} ms` },
        };
      };
      return [
        line('the first of all', 'first'),
        line('after a restart', 'restarted', 500),
        line('again', 'again', 100),
      ];
    } finally {
      await children.stop();
    }
  },
};

/** What a report asks of each hour, as range queries over the whole period. */
async function questionsOf(days, end) {
  const figures = await import(new URL('../../../dist/analysis/hours/figures.js', import.meta.url));
  const measured = [...Object.values(figures.serviceFigures), figures.bucketFigure];
  const queries = measured.map(({ measure: query }) => query('1h'));
  queries.push(...Object.values(figures.clusterFigures).map(query => query('1h')));
  const step = HOUR / 1000;
  return queries.map(query => ({ query, start: end / 1000 - (days * 24 - 1) * step, end: end / 1000, step }));
}

/**
 * @returns {Promise<{untouched: string, used: string}>} two folders of the history: no report was made of the first, and all were made
 * of the second, so that the hours are kept there
 */
async function prepare(bench, children, file, days) {
  const untouched = mkdtempSync(join(bench.folder, 'reports-'));
  await importHistory(children, file, untouched);
  const used = mkdtempSync(join(bench.folder, 'reports-'));
  cpSync(untouched, used, { recursive: true });
  await withMonitor(bench, used, ({ url }) => slowestReport(url, days));
  return { untouched, used };
}

async function startFilled(bench, children, file) {
  const folder = mkdtempSync(join(bench.folder, 'reports-prometheus-'));
  const args = ['tsdb', 'create-blocks-from', '--max-block-duration=744h', 'openmetrics', '--quiet'];
  await (await children.start('promtool', 'promtool', [...args, file, join(folder, 'data')])).output();
  return await startPrometheus(bench, children, [], {
    ...{ folder, flags: ['--storage.tsdb.retention.time=100d'] },
  });
}

/** @throws Error when the two answer differently: one would be quick or slow with something else. */
async function requireSame(bench, { used }, { url }, questions) {
  const ours = await withMonitor(bench, used, monitor => answersFrom(monitor.url, questions));
  const theirs = await answersFrom(url, questions);
  for (const [i, found] of ours.entries()) {
    // Prometheus 2 has a step more in a subquery, at its far end.
    const problem = questions[i].query.includes(':1m]') ? undefined : difference(found, theirs[i]);
    if (problem) throw new Error(`${questions[i].query}: ${problem}`);
  }
}

/** Milliseconds of the slowest report: over history of which none was made, after a restart, and again. */
async function measureOurs(bench, { untouched, used }, days) {
  const fresh = mkdtempSync(join(bench.folder, 'reports-fresh-'));
  cpSync(untouched, fresh, { recursive: true });
  const first = await withMonitor(bench, fresh, ({ url }) => timeOf(url + PATHS(days)[0]));
  rmSync(fresh, { recursive: true });
  return await withMonitor(bench, used, async ({ url }) => ({
    first,
    restarted: await slowestReport(url, days),
    again: await slowestReport(url, days),
  }));
}

/** Milliseconds. */
async function slowestReport(url, days) {
  const times = [];
  for (const path of PATHS(days)) times.push(await timeOf(url + path));
  return Math.max(...times);
}

/** Milliseconds of all questions; it keeps no answers, so that they take as long each time. */
async function measurePrometheus(url, questions) {
  let sum = 0;
  for (const question of questions) sum += await timeOf(urlOf(url, question));
  return { first: sum, restarted: sum, again: sum };
}

/** Series of each answer; of a question about what this history has not, none. */
async function answersFrom(url, questions) {
  const all = [];
  for (const question of questions) {
    all.push(
      await seriesOf(urlOf(url, question)).catch(error => {
        if (!error.message.endsWith('finds nothing')) throw error;
        return new Map();
      }),
    );
  }
  return all;
}

/** What is found with a monitor over a history. */
async function withMonitor(bench, storage, work) {
  const children = new Children();
  const service = id => [id, { name: id, url: 'http://127.0.0.1:9/', critical: false }];
  const config = {
    scan: { intervals: { critical: '1h', other: '1h' } },
    services: Object.fromEntries(ids.map(service)),
  };
  try {
    return await work(
      await startMonitor(bench, children, config, { storage, flags: ['--storage.retention.time=100d'] }),
    );
  } finally {
    await children.stop();
  }
}

async function writeAll(stream, lines) {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < 1 << 18) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end(text);
  await once(stream, 'finish');
}

function* openMetrics(days, until) {
  const end = until / 1000;
  const count = (days * 86_400) / SCRAPE;
  // Beside whole minutes, so that no sample is at the end of a window: Prometheus 2 and 3 differ there.
  const at = i => end - (count - 1 - i) * SCRAPE - 7;
  const isDown = i => i % 5000 < 40;
  const took = i => 0.02 * (1 + (i % 97) / 97) * (Math.floor(i / 60) % 24 === 14 ? 1.5 : 1);
  for (const { name, type, series } of families({ isDown, took })) {
    yield `# TYPE ${name} ${type}\n`;
    for (const id of ids)
      for (const { suffix, labels = '', value } of series) {
        const text = `${name}${suffix}{job="langgraph-monitor",instance="x:1",target="${id}"${labels}} `;
        let known = 0;
        for (let i = 0; i < count; i++) {
          known = value(i, known);
          yield `${text}${known} ${at(i)}\n`;
        }
      }
  }
  yield '# EOF\n';
}

/** `value` makes one of the number of the sample and the value before. */
function families({ isDown, took }) {
  const gauge = (name, value) => ({ name, type: 'gauge', series: [{ suffix: '', value }] });
  const counted = (suffix, by, labels) => ({ suffix, labels, value: (i, before) => before + by(i) });
  const answered = i => (isDown(i) ? 0 : 1);
  const le = bound => counted('_bucket', i => (took(i) <= bound ? answered(i) : 0), `,le="${bound}"`);
  return [
    gauge('langgraph_monitor_service_up', answered),
    { name: 'langgraph_monitor_probes', type: 'counter', series: [counted('_total', () => 1)] },
    {
      name: 'langgraph_monitor_probe_failures',
      type: 'counter',
      series: [counted('_total', i => 1 - answered(i), ',reason="timeout"')],
    },
    {
      name: 'langgraph_monitor_response_time_seconds',
      type: 'histogram',
      series: [
        ...BOUNDS.map(le),
        counted('_bucket', answered, ',le="+Inf"'),
        counted('_sum', i => answered(i) * took(i)),
        counted('_count', answered),
      ],
    },
    gauge('probe_duration_seconds', took),
    gauge('probe_success', answered),
  ];
}
