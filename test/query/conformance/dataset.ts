// The samples every engine of the conformance suite has: simple enough that answers can be worked out by hand. Two
// hours, a sample every 30 s.

import { formatLabels, Labels } from '../../../src/model/labels.js';
import type { Millis } from '../../../src/model/time.js';

/** The first sample; a full hour. */
export const BEGIN: Millis = 1_699_999_200_000;
export const INTERVAL: Millis = 30_000;
const SAMPLES = 241;
export const END: Millis = BEGIN + (SAMPLES - 1) * INTERVAL;

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The value of sample number `k`; undefined where there is none. */
  readonly value: (k: number) => number | undefined;
}

const SERIES: readonly Series[] = [
  { name: 'requests_total', labels: { service: 'a', code: '200' }, value: k => 6 * k },
  { name: 'requests_total', labels: { service: 'a', code: '500' }, value: k => Math.floor(k / 4) },
  // Restarts from zero at sample 60.
  {
    name: 'requests_total',
    labels: { service: 'b', code: '200' },
    value: k => (k < 60 ? 3 * k : 3 * (k - 60)),
  },
  { name: 'requests_total', labels: { service: 'c', code: '200' }, value: k => 12 * k },
  { name: 'memory_bytes', labels: { service: 'a' }, value: k => 1000 + 10 * (k % 20) },
  { name: 'memory_bytes', labels: { service: 'b' }, value: k => 2000 - 5 * (k % 8) },
  { name: 'memory_bytes', labels: { service: 'c' }, value: () => 500 },
  { name: 'temperature', labels: { room: 'hall' }, value: k => 20 + (k % 7) / 2 },
  { name: 'temperature', labels: { room: 'attic' }, value: k => 25 - (k % 5) / 4 },
  { name: 'up', labels: { service: 'a' }, value: () => 1 },
  { name: 'up', labels: { service: 'b' }, value: k => (k % 10 < 2 ? 0 : 1) },
  { name: 'up', labels: { service: 'c' }, value: k => (k < 120 ? 1 : 0) },
  { name: 'build_info', labels: { service: 'a', version: '1.2' }, value: () => 1 },
  { name: 'build_info', labels: { service: 'b', version: '2.0' }, value: () => 1 },
  // The last sample is 50 minutes after the first.
  { name: 'gone', labels: { service: 'a' }, value: k => (k <= 100 ? k : undefined) },
  // The first sample is 100 minutes after the others'.
  { name: 'late_total', labels: { service: 'a' }, value: k => (k >= 200 ? 5 * k : undefined) },
  // Present for 3 minutes of 10: there are 5 samples from 0 to 2 minutes.
  { name: 'gaps', labels: {}, value: k => (k % 20 < 5 ? k : undefined) },
  { name: 'odd', labels: { kind: 'not a number' }, value: () => Number.NaN },
  { name: 'odd', labels: { kind: 'infinite' }, value: () => Number.POSITIVE_INFINITY },
  { name: 'odd', labels: { kind: 'large' }, value: () => 1e21 },
  { name: 'words', labels: { text: 'größe "x" \\ y\nz' }, value: () => 1 },
  ...['a', 'b'].flatMap(service => histogram(service, service === 'a' ? [4, 2, 1, 1] : [0, 0, 6, 0])),
];

/** A histogram that grows by so many observations in each bucket with each sample. */
function histogram(service: string, growth: readonly [number, number, number, number]): Series[] {
  const upTo = (bucket: number) => growth.slice(0, bucket + 1).reduce((sum, each) => sum + each, 0);
  return [
    ...['0.1', '0.5', '1', '+Inf'].map((le, bucket) => ({
      name: 'latency_seconds_bucket',
      labels: { service, le },
      value: (k: number) => upTo(bucket) * k,
    })),
    { name: 'latency_seconds_sum', labels: { service }, value: k => 2 * k },
    { name: 'latency_seconds_count', labels: { service }, value: k => upTo(3) * k },
  ];
}

/** As OpenMetrics, which all of them can take. */
export function openMetrics(): string {
  const lines = SERIES.flatMap(({ name, labels, value }) => {
    const { names, values } = Labels.of(labels);
    const series = name + formatLabels(names, values);
    return Array.from({ length: SAMPLES }, (_, k) => {
      const at = value(k);
      return at === undefined ? '' : `${series} ${numberText(at)} ${(BEGIN + k * INTERVAL) / 1000}\n`;
    });
  });
  return `${lines.join('')}# EOF\n`;
}

function numberText(value: number): string {
  return value === Number.POSITIVE_INFINITY ? '+Inf' : String(value);
}
