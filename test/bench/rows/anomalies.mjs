// How well the shipped rules tell what is unusual, on labelled data: the benchmark's series are imported as
// langgraph:anomaly_input, rules/anomalies.rules.yml is evaluated over them by backfill-rules, and the moments at which
// SeriesUnusual begins to fire are scored.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { map, OURS } from '../harness/bench.mjs';
import { get } from '../harness/loopback.mjs';
import { backfillRules, importHistory, startMonitor } from '../harness/monitor.mjs';
import { nabSeries } from '../harness/nab-data.mjs';
import { nabScore } from '../harness/nab-score.mjs';

const RULES = fileURLToPath(new URL('../../../rules/anomalies.rules.yml', import.meta.url));
/** Of the benchmark's own scoreboard, for all its 58 series. */
const PUBLISHED = {
  'windowed Gaussian': 39.6,
  'Twitter ADVec': 47.1,
  'random cut forest': 51.7,
  'relative entropy': 54.6,
  'KNN CAD': 58,
  HTM: 70.1,
};
/** Series with more records are left out under --quick. */
const QUICK = 5000;
const HOUR = 3600;
/** One service is the least a monitor has; it is checked once. */
const IDLE = {
  scan: { intervals: { critical: '1h', other: '1h' } },
  services: { idle: { name: 'Idle', url: 'http://127.0.0.1:9/', critical: false } },
};

export default {
  name: 'anomalies',
  minutes: 8,
  // It is no measurement: the same commit has the same score everywhere.
  apart: true,
  about: "the rules' score on the Numenta Anomaly Benchmark (folder: NAB_DATA)",
  async run(bench) {
    let count = 0;
    const scores = await bench.measure(OURS, async children => {
      const series = nabSeries().filter(({ times }) => times.length <= bench.either(Number.MAX_VALUE, QUICK));
      count = series.length;
      const scored = await detected(bench, children, series);
      return { standard: nabScore(scored), careful: nabScore(scored, 'few false alarms') };
    });
    const peers = Object.entries(PUBLISHED).map(([who, value]) => ({ who, value }));
    const what = `Numenta Anomaly Benchmark, ${count} series`;
    return [
      {
        what: `${what}, standard score (peers: as published for all 58)`,
        of: 'rules',
        unit: 'points',
        ours: map(scores, each => each.standard),
        peers,
        reach: { atLeast: 50 },
      },
      {
        what: `${what}, score that rewards few false alarms`,
        of: 'rules',
        unit: 'points',
        ours: map(scores, each => each.careful),
        peers: [],
      },
    ];
  },
};

/** The series with the moments at which the alert began to fire. */
async function detected(bench, children, series) {
  const folder = mkdtempSync(join(bench.folder, 'anomalies-'));
  const file = join(folder, 'series.om');
  writeFileSync(file, openMetrics(series));
  const storage = join(folder, 'data');
  await importHistory(children, file, storage);
  const spans = spansOf(series);
  for (const [i, span] of spans.entries()) {
    bench.say(`    span ${i + 1} of ${spans.length}: ${(span.to - span.from) / 300} evaluations`);
    await backfillRules(children, storage, [
      `--start=${span.from}`,
      `--end=${span.to}`,
      '--eval-interval=5m',
      RULES,
    ]);
  }
  const begins = await beginsOf(bench, children, storage, spans);
  return series.map(each => ({ ...each, detections: begins.get(each.name) ?? [] }));
}

function openMetrics(series) {
  const lines = series.flatMap(({ name, records }) =>
    records.map(
      ([at, value]) =>
        `langgraph:anomaly_input{anomaly="benchmark",series=${JSON.stringify(name)}} ${value} ${at}`,
    ),
  );
  return `${lines.join('\n')}\n# EOF\n`;
}

/** Times in which there is something, without those between. */
function spansOf(series) {
  const each = series.map(({ records }) => ({ from: records[0][0], to: records.at(-1)[0] + HOUR }));
  const spans = [];
  for (const { from, to } of each.sort((a, b) => a.from - b.from)) {
    const last = spans.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else spans.push({ from, to });
  }
  return spans;
}

/** Of an alert without `for` ALERTS_FOR_STATE says when it began to fire. @returns {Promise<Map<string, number[]>>} */
async function beginsOf(bench, children, storage, spans) {
  const flags = ['--storage.retention.time=100y'];
  const { url } = await startMonitor(bench, children, IDLE, { storage, flags });
  const begins = new Map();
  for (const { from, to } of spans) {
    const query = `ALERTS_FOR_STATE{alertname="SeriesUnusual"}[${to - from + 1}s]`;
    const { body } = await get(`${url}/api/v1/query?${new URLSearchParams({ query, time: String(to) })}`);
    for (const { metric, values } of JSON.parse(body.toString()).data.result) {
      const known = begins.get(metric.series) ?? [];
      begins.set(metric.series, [...new Set([...known, ...values.map(([, value]) => Number(value))])]);
    }
  }
  return begins;
}
