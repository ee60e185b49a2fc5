// The embedded engine under load: heavy queries, evaluations of rules, long answers.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmbeddedEngine } from '../../src/query/embedded.js';
import type { ApiQuery, QueryError, QueryOptions } from '../../src/query/engine.js';
import { readRuleFile } from '../../src/rules/read.js';
import { toTransfer } from '../../src/rules/transfer.js';
import {
  ask,
  BEGIN,
  COUNT,
  DEADLY,
  END,
  engineFixture,
  fill,
  HEAVY,
  refusalOf,
  SCRAPES,
  SERIES,
  STEP,
  STEPS,
  scrape,
  valueAt,
} from './embedded-fixture.js';

const fixture = engineFixture();
const { open } = fixture;

describe('while a heavy query runs', () => {
  let engine: EmbeddedEngine;
  let client: AbortController;
  let heavy: Promise<string>;
  let isOver: boolean;

  beforeEach(async () => {
    fixture.begin();
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
    await fixture.end();
  });

  test('a scrape is stored and a short query answered', async () => {
    await engine.append(scrape(SCRAPES));
    const question: ApiQuery = { type: 'query', query: 'c{i="01"}', time: END + STEP };
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
  /** Reads two and a half million samples that it makes itself, each time: that lasts longer than two answers take. */
  const HEAVY = 'count_over_time(vector(1)[72h:100ms]) + 0 * time()';
  const rules = [
    { record: 'first', expr: 'sum(c) * 0 + 1' },
    { record: 'heavy', expr: HEAVY },
    { record: 'second', expr: 'first + 1' },
  ];
  const file = toTransfer(readRuleFile('r.yml', JSON.stringify({ groups: [{ name: 'g', rules }] })));

  test('short queries are answered, and scrapes that arrive meanwhile are stored afterwards', async () => {
    fixture.begin();
    const engine = open();
    const settings = { files: [file], externalUrl: '', externalLabels: {}, interval: STEP, status: 'second' };
    engine.setRules(settings);
    const done: string[] = [];
    const noted = <T>(name: string, asked: Promise<T>): Promise<T> => {
      return asked.then(result => [done.push(name), result] as const).then(([, result]) => result);
    };
    await engine.append(scrape(0));
    const evaluated = noted('first scrape', engine.append(scrape(1)));
    const next = noted('second scrape', engine.append(scrape(2)));
    const at = (query: string): ApiQuery => ({ type: 'query', query, time: BEGIN + STEP });
    await noted('question', ask(engine, at('c{i="03"}')));
    await noted('rules', engine.rules(new URLSearchParams()));
    await Promise.all([evaluated, next]);
    expect(done).toEqual(['question', 'rules', 'first scrape', 'second scrape']);
    expect((await evaluated)?.status).toBe(2);
    expect((await next)?.evaluation).toMatchObject({ failures: 0, samples: 3 });
    expect(await ask(engine, at('second'))).toContain('"2"');
    await fixture.end();
  });
});

describe('a long answer', () => {
  let engine: EmbeddedEngine;
  beforeEach(async () => {
    fixture.begin();
    engine = open();
    await fill(engine);
  });
  afterEach(async () => {
    await fixture.end();
  });

  /** Megabytes. */
  const long = (query: string): ApiQuery => ({
    type: 'query_range',
    query,
    start: BEGIN,
    end: BEGIN + 117 * (STEPS - 1),
    step: 117,
  });

  /** An answer that is a stream, and its iterator. */
  async function begin(options: QueryOptions = {}) {
    const { data } = await engine.answer(long('c'), options);
    if (typeof data === 'string' || data instanceof Uint8Array) throw new Error('it came at once');
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
    engine = open({ file: join(fixture.folder, 'mortal.db'), heapLimit: 48 });
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
