// Identity of targets, and how they are spread over their interval.

import { expect, test } from 'vitest';
import { offsetOf, placesFor, streamOf } from '../../src/scrape/stream.js';

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
    now => (now + offsetOf('s', 'seed', { interval: 15_000, places: 8 }, now)) % 15_000,
  );
  expect(new Set(places).size).toBe(1);
  expect(places.every(place => place >= 0 && place < 15_000)).toBe(true);
});

test.each([
  { targets: 0, places: 8 },
  { targets: 128, places: 8 },
  { targets: 129, places: 16 },
  { targets: 100, places: 8 },
  { targets: 1000, places: 64 },
])('$targets targets have $places places', ({ targets, places }) => {
  expect(placesFor(targets)).toBe(places);
});

test('with twice as many places a target keeps its own, or has the one behind it', () => {
  for (let i = 0; i < 100; i++) {
    const [few, many] = [8, 16].map(places =>
      offsetOf(`stream ${i}`, 'seed', { interval: 16_000, places }, 0),
    );
    expect([few, (few as number) + 1000]).toContain(many);
  }
});

test('targets are spread evenly', () => {
  const spread = { interval: 10_000, places: placesFor(1000) };
  const places = Array.from({ length: 1000 }, (_, i) => offsetOf(`stream ${i}`, 'seed', spread, 0));
  const tenths = places.map(place => Math.floor(place / 1000));
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = tenths.filter(each => each === tenth).length;
    expect(count).toBeGreaterThan(60);
    expect(count).toBeLessThan(140);
  }
});

test('another machine scrapes at other times', () => {
  const spread = { interval: 15_000, places: 128 };
  expect(offsetOf('s', 'one', spread, 0)).not.toBe(offsetOf('s', 'two', spread, 0));
});
