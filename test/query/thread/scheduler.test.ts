// The order of requests in the query thread, with a manual clock: a metric named `long` takes as long to read as the script
// says, and the requests of the script arrive meanwhile.

import { describe, expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.js';
import type { LabelMatcher, Series } from '../../../src/model/samples.js';
import type { Millis } from '../../../src/model/time.js';
import type { Priority, QueryThreadEvent, QueryThreadRequest } from '../../../src/query/protocol.js';
import { ResponseBuffer } from '../../../src/query/thread/response-buffer.js';
import { QueryScheduler } from '../../../src/query/thread/scheduler.js';
import { CooperativeTask } from '../../../src/query/thread/task.js';

interface Read {
  /** Milliseconds it takes. */
  readonly takes?: Millis;
  /** Requests that have arrived when it is done. */
  readonly meanwhile?: readonly QueryThreadRequest[];
  /** Samples it reads. */
  readonly samples?: number;
  readonly fails?: string;
}

const ids = new Map<string, number>();
const idOf = (name: string): number => {
  if (!ids.has(name)) ids.set(name, ids.size + 1);
  return ids.get(name) as number;
};
const nameOf = (id: number): string => [...ids].find(([, each]) => each === id)?.[0] as string;

/** Sends a query, named by its first metric. */
function ask(
  query: string,
  { priority = 'user', timeout = 10_000 }: { priority?: Priority; timeout?: number } = {},
): QueryThreadRequest {
  const id = idOf(query.split(' ')[0] as string);
  return { type: 'query', id, priority, timeout, query: { type: 'query', query, time: 0 } };
}
const rule = (query: string): QueryThreadRequest => ask(query, { priority: 'urgent' });
const cancel = (name: string): QueryThreadRequest => ({ type: 'cancel', id: idOf(name) });
const more = (name: string): QueryThreadRequest => ({ type: 'nextChunk', id: idOf(name) });
const ping: QueryThreadRequest = { type: 'ping' };
/** A query whose answer does not fit into one message. */
const askLong = (name: string): QueryThreadRequest => {
  const wide = `label_replace(${name}, "x", "${'x'.repeat(90_000)}", "", "")`;
  return ask(`${name} or label_join(${wide}, "x", "", "x", "x", "x", "x")`);
};

/** Plays requests. @returns the events of the thread, in order */
function play(orders: readonly QueryThreadRequest[], reads: Readonly<Record<string, Read>>): string[] {
  let now = 0;
  const inbox: QueryThreadRequest[] = [];
  const seen: string[] = [];
  const desk = new QueryScheduler({
    source: {
      select(matchers: readonly LabelMatcher[]): Series[] {
        const name = matchers.find(matcher => matcher.name === '__name__')?.value as string;
        const { takes = 0, meanwhile = [], samples = 1, fails } = reads[name] ?? {};
        now += takes;
        inbox.push(...meanwhile);
        if (fails) throw new Error(fails);
        const times = new Float64Array(samples);
        return [{ labels: Labels.of({ __name__: name }), times, values: times, ends: new Float64Array() }];
      },
      series: () => [],
    },
    responses: new ResponseBuffer({ now: () => now, elapsed: () => now }),
    limits: { maxSamples: 10_000_000, maxWaiting: 3, lookback: 300_000, defaultInterval: 60_000 },
    clock: { now: () => now, elapsed: () => now },
    receive: () => inbox.shift(),
    send: event => seen.push(describeReport(event)),
    onRequest: order => seen.push(order.type),
  });
  for (const order of orders) desk.handle(order);
  desk.run();
  return seen;
}

function describeReport(event: QueryThreadEvent): string {
  if (event.type === 'answer') return nameOf(event.id);
  if (event.type === 'chunk') return `rest of ${nameOf(event.id)}`;
  if (event.type === 'error') return `${nameOf(event.id)}: ${event.errorType}: ${event.message}`;
  return event.type === 'log' ? `log: ${event.message}: ${event.fields.err}` : event.type;
}

const TIMED_OUT = 'timeout: query timed out in expression evaluation';

const CASES: [string, readonly QueryThreadRequest[], Record<string, Read>, readonly string[]][] = [
  ['one after the other', [ask('a'), ask('b'), ask('c')], {}, ['a', 'b', 'c']],
  ['urgent ones first', [ask('a'), rule('r'), ask('b')], {}, ['r', 'a', 'b']],
  [
    'an urgent one within one that runs',
    [ask('a')],
    { a: { takes: 3, meanwhile: [rule('r'), rule('s')] } },
    ['r', 's', 'a'],
  ],
  [
    'an urgent one not within an urgent one',
    [rule('r')],
    { r: { takes: 3, meanwhile: [rule('s')] } },
    ['r', 's'],
  ],
  ['a short one within a long one', [ask('a')], { a: { takes: 20, meanwhile: [ask('b')] } }, ['b', 'a']],
  ['a short one within a long rule', [rule('r')], { r: { takes: 20, meanwhile: [ask('b')] } }, ['b', 'r']],
  ['not within one that has just begun', [ask('a')], { a: { takes: 5, meanwhile: [ask('b')] } }, ['a', 'b']],
  [
    'one that waited, once the other turns out to be long',
    [ask('a + long'), ask('b')],
    { long: { takes: 20 } },
    ['b', 'a'],
  ],
  [
    'one that takes too long for that is begun again afterwards',
    [ask('a')],
    { a: { takes: 20, meanwhile: [ask('b + slow'), ask('c')] }, slow: { takes: 300 } },
    ['a', 'c', 'b'],
  ],
  [
    'and one that reads too much',
    [ask('a')],
    { a: { takes: 20, meanwhile: [ask('b + large')] }, large: { samples: 3_000_000 } },
    ['a', 'b'],
  ],
  [
    'others have at most as much time as the long one had itself',
    [ask('a + more')],
    {
      a: { takes: 20, meanwhile: [ask('b'), ask('c')] },
      b: { takes: 9 },
      c: { takes: 9, meanwhile: [ask('d'), ask('e')] },
      d: { takes: 9 },
      more: { takes: 5 },
    },
    ['b', 'c', 'd', 'a', 'e'],
  ],
  [
    'four within each other and no more',
    [ask('a')],
    {
      a: { takes: 20, meanwhile: [ask('b')] },
      b: { takes: 20, meanwhile: [ask('c')] },
      c: { takes: 20, meanwhile: [ask('d')] },
      d: { takes: 20, meanwhile: [ask('e')] },
    },
    ['d', 'e', 'c', 'b', 'a'],
  ],
  [
    'an urgent one within the innermost',
    [ask('a')],
    {
      a: { takes: 20, meanwhile: [ask('b')] },
      b: { takes: 20, meanwhile: [ask('c')] },
      c: { takes: 20, meanwhile: [ask('d')] },
      d: { takes: 20, meanwhile: [rule('r')] },
    },
    ['r', 'd', 'c', 'b', 'a'],
  ],
  ['a query has its time', [ask('a', { timeout: 100 })], { a: { takes: 101 } }, [`a: ${TIMED_OUT}`]],
  [
    "others' time is not its own",
    [ask('a + later', { timeout: 100 })],
    { a: { takes: 60, meanwhile: [rule('r')] }, r: { takes: 90 }, later: { takes: 39 } },
    ['r', 'a'],
  ],
  [
    'but its own is, before and after',
    [ask('a + later', { timeout: 100 })],
    { a: { takes: 60, meanwhile: [rule('r')] }, r: { takes: 90 }, later: { takes: 41 } },
    ['r', `a: ${TIMED_OUT}`],
  ],
  [
    'waiting takes time too',
    [ask('a'), ask('b', { timeout: 50 }), ask('c', { timeout: 70 })],
    // No other request runs in between: it is done in one step.
    { a: { takes: 60, fails: 'x' } },
    [
      'log: A query failed: x',
      'a: internal: the query failed: x',
      'b: timeout: query timed out in query queue',
      'c',
    ],
  ],
  [
    'and is over when it is, whatever goes on',
    [ask('a + more')],
    {
      a: { takes: 20, meanwhile: [ask('b + slow', { timeout: 400 })] },
      slow: { takes: 300 },
      more: { takes: 110 },
    },
    ['b: timeout: query timed out in query queue', 'a'],
  ],
  [
    'too many wait',
    [ask('a'), ask('b'), ask('c'), ask('d'), rule('r')],
    {},
    ['d: unavailable: too many queries: 3 wait already; ask again later', 'r', 'a', 'b', 'c'],
  ],
  [
    'too much text waits',
    [ask('a'), ask(`b + ${' '.repeat(16 * 1024 * 1024)}c`), ask('d'), ask('e')],
    {},
    ['b: unavailable: too many queries: 1 wait already; ask again later', 'a', 'd', 'e'],
  ],
  [
    'one in the background after those that wait, and not refused when many do',
    [ask('a'), ask('b'), ask('c'), ask('d', { priority: 'background' }), rule('r')],
    {},
    ['r', 'a', 'b', 'c', 'd'],
  ],
  [
    'a short one, and an urgent one, within one in the background',
    [ask('a', { priority: 'background' })],
    { a: { takes: 20, meanwhile: [ask('b'), rule('r')] } },
    ['r', 'b', 'a'],
  ],
  [
    'several within one in the background, which took longer than it has worked',
    [ask('a + more + last', { priority: 'background' })],
    {
      a: { takes: 3, meanwhile: [ask('b'), ask('c')] },
      b: { takes: 100 },
      c: { takes: 100 },
      more: { takes: 3, meanwhile: [ask('d')] },
    },
    ['c', 'b', 'd', 'a'],
  ],
  [
    'the rest of a long answer, within another',
    [askLong('a'), ask('b')],
    { b: { takes: 3, meanwhile: [more('a')] } },
    ['a', 'rest of a', 'b'],
  ],
  [
    'the rest of one that has none',
    [ask('a'), ask('b')],
    { b: { takes: 3, meanwhile: [more('a')] } },
    ['a', 'a: unavailable: the rest of the answer is lost; ask again', 'b'],
  ],
  [
    'the rest of a canceled one',
    [askLong('a'), ask('b')],
    { b: { takes: 3, meanwhile: [cancel('a'), more('a')] } },
    ['a', 'a: unavailable: the rest of the answer is lost; ask again', 'b'],
  ],
  ['a canceled one that waits', [ask('a'), ask('b'), cancel('a')], {}, ['b']],
  [
    'a canceled one that runs',
    [ask('a + more'), ask('b')],
    { a: { takes: 3, meanwhile: [cancel('a')] }, more: { fails: 'it went on' } },
    ['b'],
  ],
  [
    'one that is canceled while another is answered within it',
    [ask('a + more')],
    {
      a: { takes: 3, meanwhile: [rule('r')] },
      r: { takes: 3, meanwhile: [cancel('a')] },
      more: { fails: 'it went on' },
    },
    ['r'],
  ],
  ['canceling an unknown query', [ask('a'), cancel('unknown')], {}, ['a']],
  ['other orders at once', [ask('a')], { a: { takes: 3, meanwhile: [ping] } }, ['ping', 'a']],
  [
    'not at every checkpoint',
    [ask('a + more')],
    { a: { takes: 1, meanwhile: [ping] }, more: { takes: 0 } },
    ['a'],
  ],
  [
    'too many samples',
    [ask('a')],
    { a: { samples: 10_000_001 } },
    ['a: execution: query processing would load too many samples into memory in query execution'],
  ],
  [
    'what is wrong with a question',
    [ask('a +')],
    {},
    ['a: bad_data: invalid parameter "query": 1:4: parse error: unexpected end of input'],
  ],
];

test.each(CASES)('%s', (_, orders, reads, want) => {
  expect(play(orders, reads)).toEqual(want);
});

describe('clear', () => {
  test('ends running and waiting queries', () => {
    let desk: QueryScheduler | undefined;
    const seen: string[] = [];
    let now = 0;
    desk = new QueryScheduler({
      source: {
        select() {
          now += 10;
          desk?.cancelAll();
          return [];
        },
        series: () => [],
      },
      responses: new ResponseBuffer({ now: () => now, elapsed: () => now }),
      limits: { maxSamples: 1, maxWaiting: 9, lookback: 1, defaultInterval: 1 },
      clock: { now: () => now, elapsed: () => now },
      receive: () => undefined,
      send: event => seen.push(describeReport(event)),
      onRequest: () => {},
    });
    desk.handle(ask('a + more'));
    desk.handle(ask('b'));
    desk.run();
    expect([seen, now]).toEqual([[], 10]);
  });
});

/** Plays requests that arrive while the rules are evaluated for `takes` milliseconds, 5 at a time. */
function playWithin(
  takes: Millis,
  orders: readonly QueryThreadRequest[],
  reads: Readonly<Record<string, Millis>>,
): string[] {
  let now = 0;
  const inbox = [...orders];
  const seen: string[] = [];
  const clock = { now: () => now, elapsed: () => now };
  const desk = new QueryScheduler({
    source: {
      select(matchers: readonly LabelMatcher[]): Series[] {
        now += reads[matchers.find(({ name }) => name === '__name__')?.value as string] ?? 0;
        return [];
      },
      series: () => [],
    },
    responses: new ResponseBuffer(clock),
    limits: { maxSamples: 10_000_000, maxWaiting: 3, lookback: 300_000, defaultInterval: 60_000 },
    clock,
    receive: () => inbox.shift(),
    send: event => seen.push(describeReport(event)),
    onRequest: order => seen.push(order.type),
    onYield: isQuestionRunning => seen.push(isQuestionRunning ? 'may be done within' : 'may be done'),
  });
  const work = new CooperativeTask();
  work.start(now);
  for (; work.ownTime(now) < takes; now += 5) desk.yieldTo(work);
  seen.push(`evaluated in ${work.ownTime(now)} ms`);
  desk.run();
  return seen.filter(each => !each.startsWith('may be done'));
}

describe('while the rules are evaluated', () => {
  const background = (name: string): QueryThreadRequest => ask(name, { priority: 'background' });
  test.each<[name: string, takes: Millis, orders: readonly QueryThreadRequest[], want: readonly string[]]>([
    ['a short question is answered', 100, [ask('a')], ['a', 'evaluated in 100 ms']],
    ['an urgent one at once', 5, [rule('r')], ['r', 'evaluated in 5 ms']],
    ['a short one not in an evaluation that has just begun', 10, [ask('a')], ['evaluated in 10 ms', 'a']],
    ['other orders at once', 5, [ping], ['ping', 'evaluated in 5 ms']],
    ['what turns out to be long waits', 100, [ask('long + rest')], ['evaluated in 100 ms', 'long']],
    ['a background question waits', 100, [background('b'), ask('a')], ['a', 'evaluated in 100 ms', 'b']],
    [
      'questions take no more time than the evaluation has had',
      15,
      [ask('slow1'), ask('slow2'), ask('slow3')],
      ['slow1', 'slow2', 'evaluated in 15 ms', 'slow3'],
    ],
  ])('%s', (_, takes, orders, want) => {
    const reads = { long: 300, slow1: 9, slow2: 9, slow3: 9 };
    expect(playWithin(takes, orders, reads)).toEqual(want);
  });
});

test('requests that are no queries may run before each query and within one', () => {
  const seen: string[] = [];
  let now = 0;
  const clock = { now: () => now, elapsed: () => now };
  const source = {
    select: () => {
      now += 5;
      return [];
    },
    series: () => [],
  };
  const desk = new QueryScheduler({
    ...{ source, clock, responses: new ResponseBuffer(clock), receive: () => undefined, onRequest: () => {} },
    limits: { maxSamples: 10, maxWaiting: 3, lookback: 300_000, defaultInterval: 60_000 },
    send: event => seen.push(describeReport(event)),
    onYield: isQuestionRunning => seen.push(isQuestionRunning ? 'within' : 'between'),
  });
  desk.handle(ask('a'));
  desk.run();
  expect(seen.join(' ')).toMatch(/^between (within )+a between$/);
});
