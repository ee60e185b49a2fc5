// What is stored and waits to be sent: each sample and end once and in order, whatever happens to the process, and for no longer
// than samples are kept.

import { expect, test } from 'vitest';
import type { QueueWindow } from '../../../src/tsdb/outgoing/queue-window.js';
import type { SampleStore } from '../../../src/tsdb/store.js';
import { fill, scrape, storeFixture } from '../store-fixture.js';

const fixture = storeFixture();
const { open, whileBusy } = fixture;

const ALL = 1_000_000;
const read = (store: SampleStore, max = ALL, acknowledged?: QueueWindow, name = 'q', split = 's') =>
  store.nextWindow(name, {
    acknowledged: acknowledged && { to: acknowledged.to, newest: acknowledged.newest },
    max,
    split,
  });

/** `a{x="1"}=3@1000 b=end@2000` in the order in which they are sent. */
function texts(store: SampleStore, window: QueueWindow | undefined): string[] {
  return Array.from(window?.ids ?? [], (id, i) => {
    const value = window?.ends[i] === 1 ? 'end' : window?.values[i];
    return `${store.labelsOf(id)}=${value}@${window?.times[i]}`;
  });
}

/** All that waits, as much as `max` at a time. */
function drain(store: SampleStore, max = ALL, name = 'q'): string[] {
  const found: string[] = [];
  let before: QueueWindow | undefined;
  for (;;) {
    const window = read(store, max, before, name);
    if (!window) return found;
    found.push(...texts(store, window));
    before = window;
  }
}

const pending = (store: SampleStore, name = 'q') =>
  store.queues().queues.find(each => each.name === name)?.pending;

function started(options?: Parameters<typeof open>[0]): SampleStore {
  const store = open(options);
  store.setQueues(['q']);
  return store;
}

test('samples, ends, samples with times of their own, and what rules add, in the order they were stored', () => {
  const store = started();
  store.append(scrape(1000, { 'a x=1': 1, b: 2 }));
  store.appendStreams([{ stream: 't', ...scrape(900, { c: 3 }) }]);
  store.append(scrape(2000, { b: Number.NaN }));
  store.appendStreams([
    {
      ...{ stream: 't', at: 2500, gone: [] },
      parts: [
        {
          source: 's',
          layout: { series: [['__name__', 'd']] },
          values: Float64Array.from([4]),
          timestamps: [2400],
        },
      ],
    },
  ]);
  expect(drain(store)).toEqual([
    'a{x="1"}=1@1000',
    'b=2@1000',
    'c=3@900',
    'a{x="1"}=end@2000',
    'b=end@2000',
    'd=4@2400',
    'c=end@2500',
  ]);
  expect(pending(store)).toBe(0);
});

test('a queue begins with the next scrape, and goes on where it was after a restart', () => {
  const store = open();
  fill(store, 1, 2);
  store.setQueues(['q']);
  fill(store, 3, 4);
  store.close();
  const again = started();
  fill(again, 5, 5);
  expect(pending(again)).toBe(6);
  expect(drain(again).filter(each => each.startsWith('b'))).toEqual(['b=7@3000', 'b=7@4000', 'b=7@5000']);
});

test('what was read and not acknowledged is read again as it was, whatever has come since', () => {
  const store = started();
  fill(store, 1, 3);
  const window = read(store, 4, undefined, 'q', 'divided so') as QueueWindow;
  const sent = texts(store, window);
  expect(sent.length).toBe(4);
  fill(store, 4, 6);
  // As after kill -9: the file is opened without anything having been written at the end.
  const again = started();
  const repeated = read(again, ALL, undefined, 'q', 'divided otherwise') as QueueWindow;
  expect(texts(again, repeated)).toEqual(sent);
  expect(repeated.split).toBe('divided so');
  const rest = read(again, ALL, repeated) as QueueWindow;
  expect(rest.split).toBe('s');
  expect(texts(again, rest)[0]).toBe('a{x="1"}=9@3000');
});

test('an acknowledged window is not read again, after a restart neither', () => {
  const store = started();
  fill(store, 1, 2);
  const window = read(store);
  expect(read(store, 0, window)).toBeUndefined();
  fill(store, 3, 3);
  expect(drain(started())).toEqual(['a{x="1"}=9@3000', 'b=7@3000']);
});

test('receivers are apart: a scrape is kept until all have it, and a receiver that is gone holds nothing', () => {
  const store = open();
  store.setQueues(['fast', 'slow']);
  fill(store, 1, 3);
  expect(drain(store, ALL, 'fast').length).toBe(6);
  expect([pending(store, 'fast'), pending(store, 'slow')]).toEqual([0, 6]);
  expect(drain(store, 2, 'slow').length).toBe(6);
  fill(store, 4, 4);
  store.setQueues(['fast']);
  expect(drain(store, ALL, 'fast').length).toBe(2);
  store.setQueues(['fast', 'slow']);
  fill(store, 5, 5);
  expect(drain(store, ALL, 'slow')).toEqual(['a{x="1"}=15@5000', 'b=7@5000']);
});

test('a long backlog is read in order, also when its samples are in chunks long since', () => {
  const store = started();
  fill(store, 1, 800);
  whileBusy(store);
  expect(pending(store)).toBe(1600);
  const sent = drain(store, 37);
  expect(sent.length).toBe(1600);
  const times = sent.filter(each => each.startsWith('b')).map(each => Number(each.split('@')[1]));
  expect(times).toEqual(Array.from({ length: 800 }, (_, i) => (i + 1) * 1000));
});

test('what is older than retention is dropped and counted', () => {
  fixture.now = 100_000;
  const store = started({ retention: 10_000 });
  fill(store, 81, 100);
  whileBusy(store);
  fixture.now += 60_000;
  fill(store, 151, 160);
  whileBusy(store);
  const [queue] = store.queues().queues;
  expect([queue?.dropped, queue?.pending]).toEqual([40, 20]);
  expect(drain(store)[0]).toBe('a{x="1"}=453@151000');
});

test('without receivers nothing waits', () => {
  const store = open();
  store.setQueues([]);
  fill(store, 1, 5);
  store.setQueues(['q']);
  expect([pending(store), read(store)]).toEqual([0, undefined]);
});

test('what the clock was set back over is not sent', () => {
  fixture.now = 1_000_000;
  const store = started();
  fill(store, 900, 902);
  store.append(scrape(700_000, { b: 8 }));
  expect(drain(store)).toEqual(['b=8@700000']);
});
