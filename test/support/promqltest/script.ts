// A file in Prometheus' test language as commands (promql/promqltest/README.md there). Comes in: its text; goes out:
// what to load, clear and evaluate, and which lines are none of it.

import { RE2JS } from 're2js';
import { parseDuration } from '../../../src/model/duration.js';
import type { Millis } from '../../../src/model/time.js';
import { parseNumber, parseSeries, type SeriesLine, unquote } from '../../../src/promql/series-notation.js';

/** `load STEP` and its series. */
export interface Load {
  readonly kind: 'load';
  readonly line: number;
  readonly step: Millis;
  readonly series: readonly SeriesLine[];
}

export interface Clear {
  readonly kind: 'clear';
}

/** Lines that cannot be understood, or ask for what is not supported. They count as a failing block. */
export interface Broken {
  readonly kind: 'broken';
  readonly line: number;
  readonly text: string;
  readonly problem: string;
}

/** When an expression is evaluated. */
export type When =
  | { readonly mode: 'instant'; readonly at: Millis }
  | { readonly mode: 'range'; readonly times: Times };

/** The moments of a range, both ends in it. */
export interface Times {
  readonly from: Millis;
  readonly to: Millis;
  readonly step: Millis;
}

/** A message has to be this, or to match this. */
export interface Pattern {
  readonly text: string;
  matches(message: string): boolean;
}

/** What an evaluation has to give. */
export interface Expectation {
  readonly fail: readonly Pattern[];
  readonly warn: readonly Pattern[];
  readonly info: readonly Pattern[];
  readonly noWarn: boolean;
  readonly noInfo: boolean;
  readonly ordered: boolean;
  readonly scalar: number | undefined;
  readonly string: string | undefined;
  /** The answer is a range vector with samples at these times. */
  readonly rangeVector: Times | undefined;
  readonly series: readonly SeriesLine[];
}

/** One block. */
export interface Eval {
  readonly kind: 'eval';
  readonly line: number;
  readonly expr: string;
  readonly when: When;
  readonly expected: Expectation;
}

export type Command = Load | Clear | Broken | Eval;

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** The commands of a file in their order; an error stays within its block. */
export function parseScript(text: string): Command[] {
  const lines = text.split('\n').map(line => line.trim());
  const commands: Command[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (isGap(lines[i])) continue;
    const end = endOfBlock(lines, i);
    commands.push(...parseBlock(lines[i] as string, lines.slice(i + 1, end), i + 1));
    i = end - 1;
  }
  return commands;
}

/** A comment ends a block as an empty line does. */
function isGap(line: string | undefined): boolean {
  return line === undefined || line === '' || line.startsWith('#');
}

const COMMAND = /^(clear$|load(_\w+)?\s+\S+$|eval(_\w+)?\s+(instant|range)\s)/i;

/** Only `load` and `eval` have lines of their own; the next command ends them too. */
function endOfBlock(lines: readonly string[], start: number): number {
  let end = start + 1;
  if (!/^(load|eval)/i.test(lines[start] as string)) return end;
  while (!isGap(lines[end]) && !COMMAND.test(lines[end] as string)) end++;
  return end;
}

function parseBlock(head: string, body: readonly string[], line: number): Command[] {
  try {
    if (/^clear$/i.test(head)) return [{ kind: 'clear' }];
    if (/^load/i.test(head)) return parseLoad(head, body, line);
    if (/^eval/i.test(head)) return [parseEval(head, body, line)];
    throw new Error('neither load, clear nor eval');
  } catch (error) {
    return [{ kind: 'broken', line, text: head, problem: (error as Error).message }];
  }
}

/** Native histograms made of classic ones cannot be kept, so `load_with_nhcb` loads the classic ones alone. */
function parseLoad(head: string, body: readonly string[], line: number): Command[] {
  const match = /^load(?:_with_nhcb)?\s+(\S+)$/i.exec(head);
  if (!match) throw new Error('"load STEP" expected');
  const step = span(match[1] as string);
  const series: SeriesLine[] = [];
  const broken: Broken[] = [];
  body.forEach((text, i) => {
    try {
      series.push(parseSeries(text));
    } catch (error) {
      broken.push({ kind: 'broken', line: line + 1 + i, text, problem: (error as Error).message });
    }
  });
  return [{ kind: 'load', line, step, series }, ...broken];
}

const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+at\s+(\S+)\s+(.+)$/i;
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/i;

function parseEval(head: string, body: readonly string[], line: number): Eval {
  const [old, when, expr] = parseEvalLine(head);
  const expected = newExpectation();
  if (old === 'fail' || old === 'warn' || old === 'info') expected[old].push(ANY);
  if (old === 'ordered') expected.ordered = true;
  for (const text of body) expectLine(text, expected);
  checkExpectation(expected, when);
  return { kind: 'eval', line, expr, when, expected };
}

function parseEvalLine(head: string): [old: string | undefined, when: When, expr: string] {
  const instant = INSTANT.exec(head);
  if (instant) return [instant[1], { mode: 'instant', at: span(instant[2] as string) }, instant[3] as string];
  const range = RANGE.exec(head);
  if (!range) throw new Error('"eval instant at T EXPR" or "eval range from A to B step S EXPR" expected');
  return [range[1], { mode: 'range', times: times(range.slice(2, 5)) }, range[5] as string];
}

function times([from, to, step]: readonly string[]): Times {
  const range = { from: span(from as string), to: span(to as string), step: span(step as string) };
  if (range.to < range.from) throw new Error(`the range ends at ${to}, before it begins at ${from}`);
  if (range.step === 0 && range.to > range.from) throw new Error('a step of 0');
  return range;
}

function span(text: string): Millis {
  const millis = parseDuration(text);
  if (millis === undefined) throw new Error(`"${text}" is no duration`);
  return millis;
}

const ANY: Pattern = { text: 'any', matches: () => true };

function newExpectation(): Writable<Expectation> {
  return {
    fail: [],
    warn: [],
    info: [],
    noWarn: false,
    noInfo: false,
    ordered: false,
    scalar: undefined,
    string: undefined,
    rangeVector: undefined,
    series: [],
  };
}

/** A metric called `expect` can still be written `expect{}`. */
function expectLine(text: string, expected: Writable<Expectation>): void {
  const old = /^expected_fail_(message|regexp)\s+(.+)$/.exec(text);
  if (old) {
    expected.fail = [old[1] === 'message' ? literal(old[2] as string) : regexp(old[2] as string)];
  } else if (/^expect\s/.test(text)) {
    expectDirective(text.replace(/^expect\s+/, ''), expected);
  } else {
    const scalar = parseNumber(text);
    if (scalar === undefined) expected.series.push(parseSeries(text));
    else expected.scalar = scalar;
  }
}

function expectDirective(text: string, expected: Writable<Expectation>): void {
  const message = /^(fail|warn|info)(?:\s+(?:(msg|regex):(.+)))?$/.exec(text);
  const range = /^range\s+vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/.exec(text);
  if (message) expected[message[1] as 'fail' | 'warn' | 'info'].push(pattern(message[2], message[3] ?? ''));
  else if (range) expected.rangeVector = times(range.slice(1));
  else if (text.startsWith('string ')) expected.string = unquote(text.slice('string '.length).trim());
  else if (text === 'no_warn') expected.noWarn = true;
  else if (text === 'no_info') expected.noInfo = true;
  else if (text === 'ordered') expected.ordered = true;
  else throw new Error(`"expect ${text}" is not understood`);
}

function pattern(kind: string | undefined, text: string): Pattern {
  if (kind === undefined) return ANY;
  return kind === 'msg' ? literal(text) : regexp(text);
}

function literal(text: string): Pattern {
  const wanted = text.trim();
  return { text: JSON.stringify(wanted), matches: message => message === wanted };
}

function regexp(text: string): Pattern {
  const compiled = RE2JS.compile(text.trim());
  return { text: `/${text.trim()}/`, matches: message => compiled.matcher(message).find() };
}

function checkExpectation(expected: Expectation, when: When): void {
  if (expected.warn.length > 0 && expected.noWarn) throw new Error('warn and no_warn exclude each other');
  if (expected.info.length > 0 && expected.noInfo) throw new Error('info and no_info exclude each other');
  if (expected.fail.length > 1) throw new Error('one error can be expected, not several');
  if (expected.series.some(({ points }) => points.length === 0)) throw new Error('a series without values');
  const one = when.mode === 'instant' && !expected.rangeVector;
  if (one && expected.series.some(({ points }) => points.length > 1))
    throw new Error('several values of an instant vector; a range vector needs "expect range vector"');
}
