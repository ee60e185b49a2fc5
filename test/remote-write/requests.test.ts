// Windows of samples as requests: the bytes of both versions read with another library, the order within a series, and that a
// window is always divided in the same way.

import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import type { LabelledWindow } from '../../src/query/queue-protocol.js';
import { compressed } from '../../src/remote-write/message/compress.js';
import type { MessageEncoder } from '../../src/remote-write/message/message.js';
import { version1 } from '../../src/remote-write/message/v1.js';
import { version2 } from '../../src/remote-write/message/v2.js';
import {
  divide,
  parseDivision,
  SentSeries,
  shardsFor,
  textOfDivision,
} from '../../src/remote-write/requests.js';
import { bitsOf, type GateRequest, NOT_A_NUMBER, STALE, written } from '../support/remote-write.js';

const START = 1_700_000_000_000;
const DIVISION = { minShards: 1, maxShards: 3, maxSamplesPerSend: 4 };
const ENCODERS: [string, MessageEncoder][] = [
  ['1.0', version1 as MessageEncoder],
  ['2.0', version2 as MessageEncoder],
];

/** Samples in the order in which they were stored: series, time, value; `end` for a stale marker. */
function windowOf(
  samples: readonly (readonly [id: number, at: number, value: number | 'end'])[],
): LabelledWindow {
  return {
    to: 1,
    split: textOfDivision(DIVISION),
    ids: Float64Array.from(samples, ([id]) => id),
    times: Float64Array.from(samples, ([, at]) => START + at),
    values: Float64Array.from(samples, ([, , value]) => (value === 'end' ? Number.NaN : value)),
    ends: Uint8Array.from(samples, ([, , value]) => (value === 'end' ? 1 : 0)),
    newest: START,
    isReset: false,
    series: [],
  };
}

const labelsOf = (id: number) => Labels.of({ __name__: `m${id}`, job: 'own', zone: 'ü"\n' });

function requestsOf(window: LabelledWindow, encoder: MessageEncoder, external = {}, relabelConfigs = []) {
  const series = new SentSeries({ relabelConfigs }, encoder, external);
  return divide(window, DIVISION, id => series.of(id, labelsOf));
}

function decode(window: LabelledWindow, encoder: MessageEncoder, external = {}) {
  const { shards } = requestsOf(window, encoder, external);
  return shards.flatMap(requests =>
    requests.map(({ series }) => {
      const body = compressed(
        encoder.encode(series, window, name =>
          name === 'm1' ? { type: 'counter', help: 'What it is', unit: '' } : undefined,
        ),
      );
      return written({ headers: encoder.headers, body } as unknown as GateRequest);
    }),
  );
}

test.each(ENCODERS)('%s: labels are sorted, own ones win, values are sent by their bits', (_, encoder) => {
  const values = [0, -0, 1.5, Number.POSITIVE_INFINITY, 5e-324, Number.NaN] as const;
  const window = windowOf([...values.map((value, i) => [1, i * 1000, value] as const), [1, 10_000, 'end']]);
  const all = decode(window, encoder, { job: 'other', cluster: 'lab', empty: '' });
  expect(all.flat().map(({ labels }) => labels)).toEqual(
    all.map(() => [
      ['__name__', 'm1'],
      ['cluster', 'lab'],
      ['job', 'own'],
      ['zone', 'ü"\n'],
    ]),
  );
  expect(all.flatMap(each => each.flatMap(({ samples }) => samples))).toEqual([
    ...values.slice(0, 5).map((value, i) => [START + i * 1000, bitsOf(value)]),
    [START + 5000, NOT_A_NUMBER],
    [START + 10_000, STALE],
  ]);
});

test('2.0: series carry their metadata', () => {
  const [request] = decode(windowOf([[1, 0, 1]]), version2 as MessageEncoder);
  expect(request?.[0]?.metadata).toEqual({ type: 1, help: 'What it is' });
});

test('samples of a series stay in order, within and between requests', () => {
  const rows = Array.from({ length: 10 }, (_, at) => [1, 2, 3, 4, 5].map(id => [id, at, at] as const));
  const window = windowOf(rows.flat());
  const { shards } = requestsOf(window, version1 as MessageEncoder);
  expect(shards.length).toBe(3);
  const seen = new Map<number, number[]>();
  for (const requests of shards) {
    for (const { series, count } of requests) {
      expect(count).toBeLessThanOrEqual(DIVISION.maxSamplesPerSend);
      for (const { samples } of series)
        for (const i of samples) {
          const id = window.ids[i] as number;
          seen.set(id, [...(seen.get(id) ?? []), window.times[i] as number]);
        }
    }
  }
  const want = Array.from({ length: 10 }, (_, at) => START + at);
  expect([...seen].sort(([a], [b]) => a - b)).toEqual([1, 2, 3, 4, 5].map(id => [id, want]));
});

test('a series that relabelling drops is counted and not sent', () => {
  const drop = {
    ...{ action: 'drop', sourceLabels: ['__name__'], regex: 'm1', separator: ';', modulus: 0 },
    ...{ targetLabel: '', replacement: '$1', nameValidation: 'utf8' },
  };
  const window = windowOf([
    [1, 0, 1],
    [2, 0, 2],
    [1, 1, 1],
  ]);
  const { shards, dropped } = requestsOf(window, version1 as MessageEncoder, {}, [drop] as never);
  expect(dropped).toBe(2);
  expect(shards.flat().map(({ count }) => count)).toEqual([1]);
});

test.each<[samples: number, want: number]>([
  [0, 1],
  [4, 1],
  [5, 2],
  [100, 3],
])('%d samples are worth %d shards', (samples, want) => {
  expect(shardsFor(samples, DIVISION)).toBe(want);
});

test('a division is kept as text; what is none is left', () => {
  expect(parseDivision(textOfDivision(DIVISION))).toEqual(DIVISION);
  expect(parseDivision('')).toBeUndefined();
  expect(parseDivision('3 1 4')).toBeUndefined();
});
