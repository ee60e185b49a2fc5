// Answers of the embedded engine, with its real thread.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { wholeOf } from '../../src/query/chunked-answer.js';
import type { EmbeddedEngine } from '../../src/query/embedded.js';
import type { ApiQuery } from '../../src/query/engine.js';
import {
  ask,
  BEGIN,
  END,
  engineFixture,
  fill,
  PATIENCE,
  refusalOf,
  SCRAPES,
  SERIES,
  STEP,
} from './embedded-fixture.js';

const fixture = engineFixture();
const { open } = fixture;

describe('answers', () => {
  let engine: EmbeddedEngine;
  beforeAll(async () => {
    fixture.begin();
    engine = open();
    await fill(engine);
  });
  afterAll(async () => {
    await fixture.end();
  });

  const query = (text: string, more = {}): ApiQuery => ({ type: 'query', query: text, time: END, ...more });
  const range = (text: string, more = {}): ApiQuery => {
    return { type: 'query_range', query: text, start: BEGIN, end: BEGIN + 60_000, step: 30_000, ...more };
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
      { type: 'series', match: ['c{i="00"}', 'c{i="19"}'], ...window },
      '[{"__name__":"c","i":"00"},{"__name__":"c","i":"19"}]',
    ],
    ['series of another time', { type: 'series', match: ['c'], start: 0, end: 1000 }, '[]'],
    ['labels', { type: 'labels', match: [], ...window }, '["__name__","i"]'],
    ['names', { type: 'label_values', label: '__name__', match: [], ...window }, '["c"]'],
    [
      'values',
      { type: 'label_values', label: 'i', match: ['c{i=~"1[0-2]"}'], ...window },
      '["10","11","12"]',
    ],
    ['values of no label', { type: 'label_values', label: 'j', match: [], ...window }, '[]'],
    [
      'metadata',
      { type: 'metadata' },
      '{"up":[{"type":"gauge","help":"Is it \\"up\\"?","unit":""}],"down_total":[{"type":"counter","help":"How often.","unit":""}]}',
    ],
    [
      'metadata of one',
      { type: 'metadata', metric: 'down_total' },
      '{"down_total":[{"type":"counter","help":"How often.","unit":""}]}',
    ],
    [
      'metadata with a limit',
      { type: 'metadata', limit: 1 },
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
    ['series', { type: 'series', match: ['c'], ...window, limit: 1 }, '[{"__name__":"c","i":"00"}]'],
    ['labels', { type: 'labels', match: [], ...window, limit: 1 }, '["__name__"]'],
    ['values', { type: 'label_values', label: 'i', match: [], ...window, limit: 2 }, '["00","01"]'],
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
    ['no selector', { type: 'series', match: [], ...window }, 'bad_data: no match[] parameter provided'],
    [
      'a selector that selects all',
      { type: 'labels', match: ['{i=~".*"}'], ...window },
      'bad_data: invalid parameter "match[]": match[] must contain at least one non-empty matcher',
    ],
    [
      'more than a selector',
      { type: 'series', match: ['c + c'], ...window },
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
