// The engine over our own samples, with its real thread.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Scrape } from '../../src/model/scrape.js';
import { wholeOf } from '../../src/query/chunked-answer.js';
import { EmbeddedEngine, type EmbeddedOptions } from '../../src/query/embedded.js';
import { type ApiQuery, QueryError, type QueryOptions } from '../../src/query/engine.js';
import { readRuleFile } from '../../src/rules/read.js';
import { toTransfer } from '../../src/rules/transfer.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { DIST } from '../support/monitor.js';

const BEGIN = 1_700_000_000_000;
const STEP = 30_000;
const SCRAPES = 40;
const END = BEGIN + (SCRAPES - 1) * STEP;
const SERIES = 20;
const PATIENCE = { timeout: 15_000, interval: 10 };
/** Seconds of work, and small in memory. */
const HEAVY: ApiQuery = {
  ask: 'query_range',
  query: 'quantile_over_time(0.5, c[20m:100ms])',
  start: BEGIN,
  end: END,
  step: 117,
};
/** Steps of 117 ms over all scrapes. */
const STEPS = 10_001;
/** More memory than there is: each of these doubles a label's value. */
const DEADLY: ApiQuery = {
  ask: 'query',
  query: Array.from({ length: 23 }).reduce<string>(
    inner => `label_join(${inner}, "x", "", "x", "x")`,
    'label_replace(c, "x", "y", "", "")',
  ),
  time: END,
};
const COUNT: ApiQuery = { ask: 'query', query: 'count(c)', time: END };

let folder: string;
const engines: EmbeddedEngine[] = [];

function open(more: Partial<EmbeddedOptions> = {}): EmbeddedEngine {
  const engine = new EmbeddedEngine({
    file: join(folder, 'samples.db'),
    retention: 100 * 365 * 86_400_000,
    maxBytes: 0,
    timeout: 60_000,
    limits: { maxSamples: 20_000_000, maxWaiting: 20, lookback: 300_000, defaultInterval: 60_000 },
    metadata: () => [
      { name: 'up', type: 'gauge', help: 'Is it "up"?', unit: '' },
      { name: 'down_total', type: 'counter', help: 'How often.', unit: '' },
    ],
    log: () => {},
    threadFile: new URL('query/thread/thread.js', DIST),
    ...more,
  });
  engines.push(engine);
  return engine;
}

async function closeAll(): Promise<void> {
  for (const engine of engines.splice(0)) await engine.close();
}

/** Scrape number `k`: series `i` of the counter is at `i * k`. */
function scrape(k: number): Scrape {
  const values = Float64Array.from({ length: SERIES }, (_, i) => i * k);
  const series = Array.from({ length: SERIES }, (_, i) => ['__name__', 'c', 'i', String(i).padStart(2, '0')]);
  return { at: BEGIN + k * STEP, gone: [], parts: [{ source: 's', layout: { series }, values }] };
}

/** What series `i` shows at a moment, Unix seconds. */
function valueAt(i: number, at: number): string {
  return String(i * Math.floor((at * 1000 - BEGIN) / STEP + 1e-6));
}

async function fill(engine: EmbeddedEngine): Promise<void> {
  await Promise.all(Array.from({ length: SCRAPES }, (_, k) => engine.append(scrape(k))));
}

async function ask(engine: EmbeddedEngine, question: ApiQuery): Promise<string> {
  return (await wholeOf((await engine.answer(question)).data)).toString('utf8');
}

async function refusalOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => new Error('it was answered'),
    thrown => thrown,
  );
  return error instanceof QueryError ? `${error.type}: ${error.message}` : `not a QueryError: ${error}`;
}

describe('answers', () => {
  let engine: EmbeddedEngine;
  beforeAll(async () => {
    folder = makeFolder('query');
    engine = open();
    await fill(engine);
  });
  afterAll(async () => {
    await closeAll();
    removeFolder(folder);
  });

  const query = (text: string, more = {}): ApiQuery => ({ ask: 'query', query: text, time: END, ...more });
  const range = (text: string, more = {}): ApiQuery => {
    return { ask: 'query_range', query: text, start: BEGIN, end: BEGIN + 60_000, step: 30_000, ...more };
  };
  const window = { start: BEGIN, end: END };

  test.each<[string, ApiQuery, string]>([
    [
      'a vector',
      query('c{i=~"0[12]"}'),
      '{"resultType":"vector","result":[{"metric":{"__name__":"c","i":"01"},"value":[1700001170,"39"]},{"metric":{"__name__":"c","i":"02"},"value":[1700001170,"78"]}]}',
    ],
    ['an empty vector', query('nothing'), '{"resultType":"vector","result":[]}'],
    ['a scalar', query('1e21'), '{"resultType":"scalar","result":[1700001170,"1000000000000000000000"]}'],
    [
      'a vector of the same',
      query('vector(1e21)'),
      '{"resultType":"vector","result":[{"metric":{},"value":[1700001170,"1e+21"]}]}',
    ],
    ['a string', query('"ä\\n"', { time: 1 }), '{"resultType":"string","result":[0.001,"ä\\n"]}'],
    [
      'a matrix',
      query('c{i="03"}[1m]'),
      '{"resultType":"matrix","result":[{"metric":{"__name__":"c","i":"03"},"values":[[1700001140,"114"],[1700001170,"117"]]}]}',
    ],
    [
      'a range',
      range('c{i="03"} / 7'),
      '{"resultType":"matrix","result":[{"metric":{"i":"03"},"values":[[1700000000,"0"],[1700000030,"0.42857142857142855"],[1700000060,"0.8571428571428571"]]}]}',
    ],
    [
      'a scalar over a range',
      range('time()', { step: 60_000 }),
      '{"resultType":"matrix","result":[{"metric":{},"values":[[1700000000,"1700000000"],[1700000060,"1700000060"]]}]}',
    ],
    [
      'the longest range there may be',
      range('vector(1) > 1', { end: BEGIN + 11_000_000, step: 1000 }),
      '{"resultType":"matrix","result":[]}',
    ],
    [
      'another lookback',
      query('c{i="01"}', { time: END + 20_000, lookback: 10_000 }),
      '{"resultType":"vector","result":[]}',
    ],
    [
      'label values as JSON',
      query('label_replace(vector(1), "x", "a\\"\\\\\\t€\\u0001", "", "")'),
      '{"resultType":"vector","result":[{"metric":{"x":"a\\"\\\\\\t€\\u0001"},"value":[1700001170,"1"]}]}',
    ],
    [
      'series',
      { ask: 'series', match: ['c{i="00"}', 'c{i="19"}'], ...window },
      '[{"__name__":"c","i":"00"},{"__name__":"c","i":"19"}]',
    ],
    ['series of another time', { ask: 'series', match: ['c'], start: 0, end: 1000 }, '[]'],
    ['labels', { ask: 'labels', match: [], ...window }, '["__name__","i"]'],
    ['names', { ask: 'label_values', label: '__name__', match: [], ...window }, '["c"]'],
    ['values', { ask: 'label_values', label: 'i', match: ['c{i=~"1[0-2]"}'], ...window }, '["10","11","12"]'],
    ['values of no label', { ask: 'label_values', label: 'j', match: [], ...window }, '[]'],
    [
      'metadata',
      { ask: 'metadata' },
      '{"up":[{"type":"gauge","help":"Is it \\"up\\"?","unit":""}],"down_total":[{"type":"counter","help":"How often.","unit":""}]}',
    ],
    [
      'metadata of one',
      { ask: 'metadata', metric: 'down_total' },
      '{"down_total":[{"type":"counter","help":"How often.","unit":""}]}',
    ],
    [
      'metadata with a limit',
      { ask: 'metadata', limit: 1 },
      '{"up":[{"type":"gauge","help":"Is it \\"up\\"?","unit":""}]}',
    ],
  ])('%s', async (_, question, want) => {
    const { data, warnings, infos } = await engine.answer(question);
    expect((await wholeOf(data)).toString('utf8')).toBe(want);
    expect([warnings, infos]).toEqual([[], []]);
  });

  test.each<[string, ApiQuery, string]>([
    [
      'a vector',
      query('c', { limit: 1 }),
      '{"resultType":"vector","result":[{"metric":{"__name__":"c","i":"00"},"value":[1700001170,"0"]}]}',
    ],
    ['series', { ask: 'series', match: ['c'], ...window, limit: 1 }, '[{"__name__":"c","i":"00"}]'],
    ['labels', { ask: 'labels', match: [], ...window, limit: 1 }, '["__name__"]'],
    ['values', { ask: 'label_values', label: 'i', match: [], ...window, limit: 2 }, '["00","01"]'],
  ])('cut off: %s', async (_, question, want) => {
    const { data, warnings } = await engine.answer(question);
    expect([(await wholeOf(data)).toString('utf8'), warnings]).toEqual([
      want,
      ['results truncated due to limit'],
    ]);
  });

  test('statistics', async () => {
    const { stats } = JSON.parse(await ask(engine, query('sum(c)', { stats: 'all' })));
    expect(stats.samples.totalQueryableSamples).toBeGreaterThanOrEqual(SERIES);
    expect(Object.keys(stats.timings)).toContain('evalTotalTime');
  });

  test('annotations', async () => {
    const { infos } = await engine.answer(query('rate(c{i="01"}[1m])'));
    expect(infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "c" (1:6)',
    ]);
  });

  test.each<[string, ApiQuery, string]>([
    [
      'no PromQL',
      query('sum('),
      'bad_data: invalid parameter "query": 1:5: parse error: unclosed left parenthesis',
    ],
    [
      'a range query for a range vector',
      range('(c[5m])'),
      'bad_data: invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    ],
    [
      'a range query for a string',
      range('"a"'),
      'bad_data: invalid parameter "query": invalid expression type "string" for range query, must be Scalar or instant Vector',
    ],
    [
      'a range too long',
      range('1', { end: BEGIN + 11_001_000, step: 1000 }),
      'bad_data: exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    ],
    [
      'no step',
      range('1', { step: 0 }),
      'bad_data: invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    ],
    [
      'an end before the start',
      range('1', { end: 0 }),
      'bad_data: invalid parameter "end": end timestamp must not be before start time',
    ],
    [
      'no answer',
      query('label_replace(c, "i", "", "", "")'),
      'execution: vector cannot contain metrics with the same labelset',
    ],
    [
      'too many samples',
      query('count_over_time(c[20m:1ms])'),
      'execution: query processing would load too many samples into memory in query execution',
    ],
    ['no selector', { ask: 'series', match: [], ...window }, 'bad_data: no match[] parameter provided'],
    [
      'a selector that selects all',
      { ask: 'labels', match: ['{i=~".*"}'], ...window },
      'bad_data: invalid parameter "match[]": match[] must contain at least one non-empty matcher',
    ],
    [
      'more than a selector',
      { ask: 'series', match: ['c + c'], ...window },
      'bad_data: invalid parameter "match[]": 1:3: parse error: unexpected <op:+>',
    ],
  ])('refusal: %s', async (_, question, want) => {
    expect(await refusalOf(engine.answer(question))).toBe(want);
  });

  test('values for the program', async () => {
    const { samples } = await engine.instant('c{i=~"0[12]"}', END);
    expect(samples.map(({ labels, value }) => [labels.toString(), value])).toEqual([
      ['c{i="01"}', 39],
      ['c{i="02"}', 78],
    ]);
    expect((await engine.instant('1/0', END)).samples.map(({ value }) => value)).toEqual([
      Number.POSITIVE_INFINITY,
    ]);
    const { series } = await engine.range('c{i="02"}', { from: BEGIN, to: BEGIN + 60_000, step: STEP });
    expect(series.map(({ labels, times, values }) => [labels.get('i'), [...times], [...values]])).toEqual([
      ['02', [BEGIN, BEGIN + STEP, BEGIN + 2 * STEP], [0, 2, 4]],
    ]);
    expect(await refusalOf(engine.instant('"a"', END))).toBe(
      'execution: a vector or scalar was expected, and the expression is a string',
    );
  });

  test('status', async () => {
    await vi.waitFor(() => expect(engine.status.samplesAppended).toBe(SCRAPES * SERIES), PATIENCE);
    expect(engine.status).toMatchObject({ series: SERIES, errors: 0, oldest: BEGIN, problem: undefined });
  });
});

describe('while a heavy query runs', () => {
  let engine: EmbeddedEngine;
  let client: AbortController;
  let heavy: Promise<string>;
  let isOver: boolean;

  beforeEach(async () => {
    folder = makeFolder('query');
    engine = open();
    await fill(engine);
    await ask(engine, COUNT);
    client = new AbortController();
    isOver = false;
    heavy = refusalOf(engine.answer(HEAVY, { signal: client.signal })).finally(() => {
      isOver = true;
    });
  });
  afterEach(async () => {
    client.abort();
    await heavy;
    await closeAll();
    removeFolder(folder);
  });

  test('a scrape is stored and a short query answered', async () => {
    await engine.append(scrape(SCRAPES));
    const question: ApiQuery = { ask: 'query', query: 'c{i="01"}', time: END + STEP };
    expect(JSON.parse(await ask(engine, question)).result[0].value).toEqual([(END + STEP) / 1000, '40']);
    expect(isOver).toBe(false);
  });

  test("a rule's query is answered", async () => {
    expect((await engine.instant('sum(c)', END)).samples[0]?.value).toBe((39 * 19 * 20) / 2);
    expect(isOver).toBe(false);
  });

  test('several heavy ones and many short ones', async () => {
    const others = [1, 2, 3].map(() => refusalOf(engine.answer(HEAVY, { signal: client.signal })));
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(engine, COUNT)));
    expect(new Set(answers).size).toBe(1);
    expect(isOver).toBe(false);
    client.abort();
    expect(await Promise.all(others)).toEqual(
      [1, 2, 3].map(() => 'canceled: query was canceled in expression evaluation'),
    );
  });

  test('it is cancelled when its client disconnects', async () => {
    client.abort();
    expect(await heavy).toBe('canceled: query was canceled in expression evaluation');
    // A query that is not short is answered by a thread that has nothing else to do.
    const slow: ApiQuery = { ...HEAVY, step: 11_700 } as ApiQuery;
    expect((await ask(engine, slow)).length).toBeGreaterThan(1000);
  });

  test('it ends at its timeout', async () => {
    expect(await refusalOf(engine.answer(HEAVY, { timeout: 300 }))).toMatch(
      /^timeout: query timed out in (expression evaluation|query queue)$/,
    );
  });

  test('the monitor can stop', async () => {
    await engine.close();
    expect(await heavy).toBe('unavailable: the monitor is stopping');
    expect(await refusalOf(engine.answer(COUNT))).toBe('unavailable: the monitor is stopping');
    const again = open();
    expect(JSON.parse(await ask(again, COUNT)).result[0].value[1]).toBe(String(SERIES));
  });
});

describe('while the rules are evaluated', () => {
  /** Reads half a million samples that it makes itself. */
  const HEAVY = 'count_over_time(vector(1)[12h:100ms])';
  const rules = [
    { record: 'first', expr: 'sum(c) * 0 + 1' },
    { record: 'heavy', expr: HEAVY },
    { record: 'second', expr: 'first + 1' },
  ];
  const file = toTransfer(readRuleFile('r.yml', JSON.stringify({ groups: [{ name: 'g', rules }] })));

  test('short queries are answered, and scrapes that arrive meanwhile are stored afterwards', async () => {
    folder = makeFolder('query');
    const engine = open();
    const settings = { files: [file], externalUrl: '', interval: STEP, status: 'second' };
    engine.setRules(settings);
    const done: string[] = [];
    const noted = <T>(name: string, asked: Promise<T>): Promise<T> => {
      return asked.then(result => [done.push(name), result] as const).then(([, result]) => result);
    };
    await engine.append(scrape(0));
    const evaluated = noted('first scrape', engine.append(scrape(1)));
    const next = noted('second scrape', engine.append(scrape(2)));
    const at = (query: string): ApiQuery => ({ ask: 'query', query, time: BEGIN + STEP });
    await noted('question', ask(engine, at('c{i="03"}')));
    await noted('rules', engine.rules(new URLSearchParams()));
    await Promise.all([evaluated, next]);
    expect(done).toEqual(['question', 'rules', 'first scrape', 'second scrape']);
    expect((await evaluated)?.status).toBe(2);
    expect((await next)?.evaluation).toMatchObject({ failures: 0, samples: 3 });
    expect(await ask(engine, at('second'))).toContain('"2"');
    await closeAll();
    removeFolder(folder);
  });
});

describe('a long answer', () => {
  let engine: EmbeddedEngine;
  beforeEach(async () => {
    folder = makeFolder('query');
    engine = open();
    await fill(engine);
  });
  afterEach(async () => {
    await closeAll();
    removeFolder(folder);
  });

  /** Megabytes. */
  const long = (query: string): ApiQuery => ({
    ask: 'query_range',
    query,
    start: BEGIN,
    end: BEGIN + 117 * (STEPS - 1),
    step: 117,
  });

  /** An answer that is a stream, and its iterator. */
  async function begin(options: QueryOptions = {}) {
    const { data } = await engine.answer(long('c'), options);
    if (data instanceof Uint8Array) throw new Error('it came at once');
    return { length: data.length, pieces: data[Symbol.asyncIterator]() };
  }

  /** How many bytes come until it ends or fails, and why. */
  async function drain(pieces: AsyncIterator<Uint8Array>): Promise<{ bytes: number; why: string }> {
    let bytes = 0;
    try {
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) bytes += next.value.length;
      return { bytes, why: 'whole' };
    } catch (error) {
      return { bytes, why: (error as QueryError).message };
    }
  }

  test('is whole', async () => {
    const { resultType, result } = JSON.parse(await ask(engine, long('c')));
    expect(resultType).toBe('matrix');
    expect(result).toHaveLength(SERIES);
    for (const [i, { metric, values }] of result.entries()) {
      expect(metric).toEqual({ __name__: 'c', i: String(i).padStart(2, '0') });
      expect(values).toHaveLength(STEPS);
      expect(values.every(([at, value]: [number, string]) => value === valueAt(i, at))).toBe(true);
    }
  });

  test('several at once, each in its own order', async () => {
    const want = await ask(engine, long('c'));
    const all = await Promise.all([long('c'), long('-(c)'), long('c')].map(each => ask(engine, each)));
    expect([all[0] === want, all[2] === want]).toEqual([true, true]);
    expect(all[1]).not.toBe(want);
    expect(JSON.parse(all[1] as string).result).toHaveLength(SERIES);
  });

  test('comes while a heavy one runs', async () => {
    const client = new AbortController();
    const { length, pieces } = await begin();
    const heavy = refusalOf(engine.answer(HEAVY, { signal: client.signal }));
    expect(await drain(pieces)).toEqual({ bytes: length, why: 'whole' });
    client.abort();
    expect(await heavy).toBe('canceled: query was canceled in expression evaluation');
  });

  test('ends when its client disconnects', async () => {
    const client = new AbortController();
    const { length, pieces } = await begin({ signal: client.signal });
    await pieces.next();
    client.abort();
    const { bytes, why } = await drain(pieces);
    expect(bytes).toBeLessThan(length / 2);
    expect(why).toBe('query was canceled in expression evaluation');
  });

  test('ends when the monitor stops', async () => {
    const { pieces } = await begin();
    await pieces.next();
    await engine.close();
    expect((await drain(pieces)).why).toBe('the monitor is stopping');
  });

  test.each<[string, (pieces: AsyncIterator<Uint8Array>) => Promise<unknown>]>([
    ['before any of it was fetched', async () => {}],
    ['in the midst', pieces => pieces.next()],
  ])('is an error for its client when the thread dies: %s', async (_, fetchSome) => {
    engine = open({ file: join(folder, 'mortal.db'), heapLimit: 48 });
    await fill(engine);
    const { length, pieces } = await begin();
    await fetchSome(pieces);
    expect(await refusalOf(engine.answer(DEADLY))).toMatch(
      /^execution: the query thread died: out of memory/,
    );
    const { bytes, why } = await drain(pieces);
    expect(bytes).toBeLessThan(length / 2);
    expect(why).toMatch(/^the query thread died: out of memory|^the rest of the answer is lost; ask again$/);
  });
});

describe('a thread that', () => {
  beforeEach(() => {
    folder = makeFolder('query');
  });
  afterEach(async () => {
    await closeAll();
    removeFolder(folder);
  });

  test('has no memory left dies, and the next one has all samples', async () => {
    const log: string[] = [];
    const onRestart = vi.fn();
    const engine = open({
      heapLimit: 48,
      onRestart,
      log: (level, message, { err }) => log.push(`${level}: ${message}: ${err}`),
    });
    await fill(engine);
    expect(JSON.parse(await ask(engine, COUNT)).result[0].value[1]).toBe(String(SERIES));
    expect(await refusalOf(engine.answer(DEADLY))).toBe(
      'execution: the query thread died: out of memory; try a smaller query, or ask again',
    );
    expect(JSON.parse(await ask(engine, COUNT)).result[0].value[1]).toBe(String(SERIES));
    await engine.append(scrape(SCRAPES));
    const at = { ask: 'query', query: 'c{i="01"}', time: END + STEP } as const;
    expect(JSON.parse(await ask(engine, at)).result[0].value[1]).toBe('40');
    expect(onRestart).toHaveBeenCalledTimes(1);
    expect(log).toContain('error: The thread that answers queries died; it is started again: out of memory');
  });

  test('gives no sign of life is ended', async () => {
    const engine = open({ threadFile: new URL('threads/mute.mjs', import.meta.url), pingEvery: 50 });
    expect(await refusalOf(engine.answer(COUNT))).toMatch(
      // Three, or more on a busy machine.
      /^execution: the query thread died: no sign of life after ([3-9]|\d\d+) pings; try a smaller query, or ask again$/,
    );
  });

  test.skipIf(!existsSync('/proc/thread-self'))('gets little of a busy machine is not ended', async () => {
    const log = vi.fn();
    const engine = open({ threadFile: new URL('threads/slow.mjs', import.meta.url), pingEvery: 200, log });
    expect(await refusalOf(engine.answer(COUNT))).toMatch(/^execution: answered after \d+ pings$/);
    expect(log).not.toHaveBeenCalled();
  });

  test('cannot start is retried with increasing delays', async () => {
    const log = vi.fn();
    const engine = open({ threadFile: new URL('threads/stillborn.mjs', import.meta.url), log });
    expect(await refusalOf(engine.answer(COUNT))).toBe(
      'execution: the query thread died: no such library; try a smaller query, or ask again',
    );
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(2), PATIENCE);
    expect(log.mock.calls.map(([, , { in: wait }]) => wait)).toEqual(['0s', '1s']);
    expect(await refusalOf(engine.answer(COUNT))).toBe(
      'unavailable: the query thread died and starts again; ask again in 1 s',
    );
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(3), PATIENCE);
    expect(log.mock.calls[2]?.[2]).toEqual({ err: 'no such library', in: '2s' });
  });
});
