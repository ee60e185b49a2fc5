// How long a report over a month takes: the first time over samples that nothing is known of, after a restart, and again.

import { once } from 'node:events';
import { createWriteStream, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { timeOf } from '../harness/answers.mjs';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { importHistory, startMonitor } from '../harness/monitor.mjs';

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
  about: 'reports over a month of six services, 126 series x 60 s',
  async run(bench) {
    const days = bench.either(30, 3);
    const outcome = await bench.attempt(OURS, () => measure(bench, days));
    const line = (what, key, most) => ({
      what: `slowest report over ${days} d of 6 services, ${what}`,
      unit: 'ms',
      ours: map(outcome, times => times[key]),
      peers: [],
      reach: { atMost: most, text: `under ${most} ms` },
    });
    return [line('after a restart', 'restarted', 500), line('again', 'again', 100)];
  },
};

async function measure(bench, days) {
  const storage = mkdtempSync(join(bench.folder, 'reports-'));
  const children = new Children();
  try {
    const file = join(bench.folder, 'reports.om');
    await writeAll(createWriteStream(file), openMetrics(days));
    await importHistory(children, file, storage);
    const first = await started(bench, storage, ({ url }) => timeOf(url + PATHS(days)[0]));
    bench.say(`    the first of all: ${first.toFixed(0)} ms`);
    return await started(bench, storage, async ({ url }) => {
      const round = async () => {
        const times = [];
        for (const path of PATHS(days)) times.push(await timeOf(url + path));
        bench.say(`    ${times.map(time => time.toFixed(0)).join(', ')} ms`);
        return Math.max(...times);
      };
      return { restarted: await round(), again: await round() };
    });
  } finally {
    await children.stop();
  }
}

/** What is found with a monitor over a history. */
async function started(bench, storage, work) {
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

function* openMetrics(days) {
  const end = Math.floor(Date.now() / 3_600_000) * 3600;
  const count = (days * 86_400) / SCRAPE;
  const at = i => end - (count - 1 - i) * SCRAPE;
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
