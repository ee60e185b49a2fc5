// Answers as lines that a table can hold and a person can read.
//
//   up{service="a"} 1           a sample of an instant query
//   up{service="a"} 1 _ 1       a series of a range query, a place for every step
//   up{service="a"} 1@60 1@90   a range vector, each sample with its seconds since the first sample of all
//   scalar 1, string "a"        values without series
//   refused bad_data            no answer

import { Labels } from '../../../src/model/labels.js';
import { wholeOf } from '../../../src/query/chunked-answer.js';
import { type ApiQuery, type QueryEngine, QueryError } from '../../../src/query/engine.js';
import { BEGIN } from './dataset.js';

type Point = readonly [seconds: number, value: string];

type Value =
  | { resultType: 'scalar'; result: Point }
  | { resultType: 'string'; result: Point }
  | { resultType: 'vector'; result: { metric: Record<string, string>; value: Point }[] }
  | { resultType: 'matrix'; result: { metric: Record<string, string>; values: Point[] }[] };

/** Series or texts. */
type Listed = readonly (string | Record<string, string>)[];

/** The lines of an engine's answer. Series are sorted unless the question says what their order is. */
export async function ask(engine: QueryEngine, question: ApiQuery, inOrder = false): Promise<string[]> {
  try {
    const { data } = await engine.answer(question);
    const text = (await wholeOf(data)).toString('utf8');
    const lines = linesOf(JSON.parse(text) as Value | Listed, question);
    return inOrder ? lines : lines.sort();
  } catch (error) {
    if (error instanceof QueryError) return [`refused ${error.type}`];
    throw error;
  }
}

function linesOf(data: Value | Listed, question: ApiQuery): string[] {
  return 'resultType' in data ? valueLines(data, question) : data.map(listedLine);
}

function listedLine(each: Listed[number]): string {
  return typeof each === 'string' ? each : Labels.of(each).toString();
}

function valueLines(data: Value, question: ApiQuery): string[] {
  if (data.resultType === 'scalar') return [`scalar ${data.result[1]}`];
  if (data.resultType === 'string') return [`string ${JSON.stringify(data.result[1])}`];
  if (data.resultType === 'vector')
    return data.result.map(({ metric, value }) => `${Labels.of(metric)} ${value[1]}`);
  return data.result.map(({ metric, values }) => `${Labels.of(metric)} ${cellsOf(values, question)}`);
}

function cellsOf(values: readonly Point[], question: ApiQuery): string {
  if (question.type !== 'query_range')
    return values.map(([seconds, value]) => `${value}@${seconds - BEGIN / 1000}`).join(' ');
  const byTime = new Map(values.map(([seconds, value]) => [Math.round(seconds * 1000), value]));
  const cells: string[] = [];
  for (let at = question.start; at <= question.end; at += question.step) {
    cells.push(byTime.get(at) ?? '_');
    byTime.delete(at);
  }
  // A point that is at no step.
  for (const [at, value] of byTime) cells.push(`${value}@${(at - BEGIN) / 1000}`);
  return cells.join(' ');
}

const NUMBER = /(?<=[ ])[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|Inf)(?=[ @]|$)|NaN(?=[ @]|$)/g;
const TOLERANCE = 1e-9;

/** Whether two answers are the same but for the last digits of their values. */
export function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, i) => isSameLine(line, other[i] as string));
}

function isSameLine(one: string, other: string): boolean {
  if (one === other) return true;
  if (one.replace(NUMBER, '#') !== other.replace(NUMBER, '#')) return false;
  const others = numbersOf(other);
  return numbersOf(one).every((value, i) => isClose(value, others[i] as number));
}

function numbersOf(line: string): number[] {
  return [...line.matchAll(NUMBER)].map(([text]) => Number(text.replace('Inf', 'Infinity')));
}

function isClose(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
