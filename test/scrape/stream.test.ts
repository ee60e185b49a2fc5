// Identity of targets, and how they are spread over their interval.

import { expect, test } from 'vitest';
import { offsetOf, streamOf } from '../../src/scrape/stream.js';

const target = (labels: Record<string, string>, url = 'http://a/metrics') => ({
  labels,
  url,
  discoveredLabels: {},
  interval: 15_000,
  timeout: 10_000,
});

test('a stream is the same for the same job, labels and URL', () => {
  const stream = streamOf('p', target({ a: '1', b: '2' }));
  expect(streamOf('p', { ...target({ b: '2', a: '1' }), interval: 1, discoveredLabels: { c: '3' } })).toBe(
    stream,
  );
  const others = [
    streamOf('q', target({ a: '1', b: '2' })),
    streamOf('p', target({ a: '1', b: '3' })),
    streamOf('p', target({ a: '1', b: '2' }, 'http://a/other')),
  ];
  expect(new Set([stream, ...others]).size).toBe(4);
});

test('a target has its place within the interval, whenever it is started', () => {
  const places = [0, 4321, 15_000, 1_700_000_000_000].map(
    now => (now + offsetOf('s', 'seed', 15_000, now)) % 15_000,
  );
  expect(new Set(places).size).toBe(1);
  expect(places.every(place => place >= 0 && place < 15_000)).toBe(true);
});

test('targets are spread evenly', () => {
  const places = Array.from({ length: 1000 }, (_, i) => offsetOf(`stream ${i}`, 'seed', 10_000, 0));
  const tenths = places.map(place => Math.floor(place / 1000));
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = tenths.filter(each => each === tenth).length;
    expect(count).toBeGreaterThan(60);
    expect(count).toBeLessThan(140);
  }
});

test('another machine scrapes at other times', () => {
  expect(offsetOf('s', 'one', 15_000, 0)).not.toBe(offsetOf('s', 'two', 15_000, 0));
});
