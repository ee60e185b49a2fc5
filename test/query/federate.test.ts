// /federate beside that of a real Prometheus with the same samples, byte for byte.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import type { Series } from '../../src/model/samples.js';
import { wholeOf } from '../../src/query/chunked-answer.js';
import { executeFederation } from '../../src/query/thread/federate.js';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';

const EXTERNAL = { cluster: 'lab', zone: 'outside', job: 'outside' };
/** Whole seconds, as OpenMetrics has them. */
const NOW = Math.floor(Date.now() / 1000);

/** Of each series a sample that is too old, and one or two that are not. */
const SAMPLES = `# TYPE a gauge
a{job="one",zone="b"} 1 ${NOW - 60}
a{job="one",zone="b"} 2.5 ${NOW - 30}
a{job="two"} 1000000 ${NOW - 45}
a{job="two",instance="i"} 0.000001 ${NOW - 40}
a 123456789 ${NOW - 20}
# TYPE b counter
b_total{path="C:\\\\x",text="\\"q\\"\\nnext"} 1e21 ${NOW - 50}
b_total{path="/y"} 3 ${NOW - 10}
# TYPE c gauge
c{job="old"} 1 ${NOW - 4000}
c{job="NaN"} NaN ${NOW - 30}
c{job="Inf"} -Inf ${NOW - 30}
# TYPE d gauge
d{Upper="x",job="one"} 12345.678 ${NOW - 30}
# EOF
`;

let prometheus: PrometheusServer | undefined;
let engine: RunningEngine | undefined;
beforeAll(async () => {
  const [, embedded] = ENGINES[0] ?? [];
  engine = await embedded?.(SAMPLES);
  prometheus = await startPrometheus(JSON.stringify({ global: { external_labels: EXTERNAL } }), SAMPLES);
});
afterAll(async () => {
  await engine?.close();
  await prometheus?.close();
});

async function ours(match: readonly string[]): Promise<string> {
  if (!engine) throw new Error('not started');
  const { data } = await engine.engine.answer({
    type: 'federate',
    match,
    time: Date.now(),
    externalLabels: EXTERNAL,
  });
  return (await wholeOf(data)).toString();
}

async function theirs(match: readonly string[]): Promise<string> {
  const query = new URLSearchParams(match.map(each => ['match[]', each]));
  return (await fetch(`${prometheus?.url}/federate?${query}`)).text();
}

test.each([
  [['{__name__=~"a|b_total|c|d"}']],
  [['a{job="one"}', 'd', 'a']],
  [['c']],
  [['b_total']],
  [['nothing']],
  [[]],
])('%j', async match => {
  const want = await theirs(match);
  expect(await ours(match)).toBe(want);
  if (!match.includes('nothing') && match.length > 0) expect(want).toContain('# TYPE');
});

test('a selector that is none is refused', async () => {
  await expect(ours(['a{'])).rejects.toThrow('invalid parameter "match[]"');
});

const series = (times: readonly number[], ends: readonly number[]): Series => ({
  labels: Labels.of({ __name__: 'a', 'b.c': 'd' }),
  times: Float64Array.from(times),
  values: Float64Array.from(times),
  ends: Float64Array.from(ends),
});

test.each<[string, Series, string]>([
  ['a series that has ended is left out', series([1000], [2000]), ''],
  [
    'one that has come back is there',
    series([3000], [2000]),
    '# TYPE a untyped\na{b_c="d",instance=""} 3000 3000\n',
  ],
])('%s', (_, found, want) => {
  const source = { select: () => [found], series: () => [] };
  const context = { source, lookback: 300_000, checkpoint: () => {} };
  const question = { type: 'federate', match: ['a'], time: 4000, externalLabels: {} } as const;
  const { data } = executeFederation(question, context);
  expect(data.map(each => Buffer.from(each).toString()).join('')).toBe(want);
});
