// The functions Prometheus gives to the templates of its rules.
// Source: Prometheus, "Template reference"; template/template.go.

import { RE2JS } from 're2js';
import type { Labels } from '../model/labels.js';
import { type Millis, parseDuration } from '../model/time.js';
import { asList, asNumber, asText, takes } from './arguments.js';
import { queryEscape } from './builtins.js';
import {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp,
} from './humanize.js';
import { type GoFunction, type GoList, SafeText, Struct, type Value } from './value.js';

/** What the functions of a rule's template look at. */
export interface RuleSurroundings {
  /** Answers `query`; throws what is wrong. */
  readonly query: (expression: string) => readonly { readonly labels: Labels; readonly value: number }[];
  /** Without a slash at the end. */
  readonly externalUrl: string;
  /** When the rule is evaluated. */
  readonly at: Millis;
}

/** Prometheus' functions by name. */
export function prometheusFunctions({ query, externalUrl, at }: RuleSurroundings): Map<string, GoFunction> {
  const one = (name: string, body: (value: Value) => Value) => [name, takes(name, 1, 1, body)] as const;
  const path = new URL(externalUrl).pathname.replace(/\/$/, '');
  return new Map<string, GoFunction>([
    one('query', text => query(asText(text)).map(({ labels, value }) => sample(labels, value))),
    one('first', list => firstOf(asList(list))),
    ['label', takes('label', 2, 2, (name, from) => labelOf(asText(name), from))],
    one('value', from => fieldOf(from, 'Value')),
    one('strvalue', from => labelOf('__value__', from)),
    ['sortByLabel', takes('sortByLabel', 2, 2, (name, list) => sortByLabel(asText(name), asList(list)))],
    ['args', (...args) => new Map(args.map((arg, i) => [`arg${i}`, arg]))],
    ['reReplaceAll', takes('reReplaceAll', 3, 3, replaceAll)],
    ['match', takes('match', 2, 2, (pattern, text) => regexp(pattern).matcher(asText(text)).find())],
    one('safeHtml', text => new SafeText(asText(text))),
    one('title', text =>
      asText(text).replace(/(^|[^\p{L}\p{Nd}_])(\p{Ll})/gu, (_, gap, char) => gap + char.toUpperCase()),
    ),
    one('toUpper', text => asText(text).toUpperCase()),
    one('toLower', text => asText(text).toLowerCase()),
    one('graphLink', text => graphLink(asText(text), 0)),
    one('tableLink', text => graphLink(asText(text), 1)),
    one('stripPort', text => stripPort(asText(text))),
    one('stripDomain', text => stripDomain(asText(text))),
    one('humanize', humanize),
    one('humanize1024', humanize1024),
    one('humanizeDuration', humanizeDuration),
    one('humanizePercentage', humanizePercentage),
    one('humanizeTimestamp', humanizeTimestamp),
    one('toTime', seconds => moment(asNumber(seconds))),
    one('toDuration', seconds => span(asNumber(seconds))),
    ['now', takes('now', 0, 0, () => at / 1000)],
    ['pathPrefix', takes('pathPrefix', 0, 0, () => path)],
    ['externalURL', takes('externalURL', 0, 0, () => externalUrl)],
    one('parseDuration', text => seconds(asText(text))),
    one('urlQueryEscape', text => queryEscape(asText(text))),
  ]);
}

/** A sample of a query: `.Labels` and `.Value`. */
function sample(labels: Labels, value: number): Struct {
  return new Struct('template.sample', { Labels: new Map(labels.pairs()), Value: value });
}

function firstOf(list: GoList): Value {
  if (list.length === 0) throw new Error('first() called on vector with no elements');
  return list[0];
}

function fieldOf(from: Value, field: string): Value {
  if (from instanceof Struct && from.fields.has(field)) return from.fields.get(field);
  throw new Error(`expected a sample of a query`);
}

function labelOf(name: string, from: Value): Value {
  const labels = fieldOf(from, 'Labels');
  return labels instanceof Map ? (labels.get(name) ?? '') : '';
}

function sortByLabel(name: string, list: GoList): GoList {
  return [...list].sort((a, b) => {
    const [left, right] = [labelOf(name, a), labelOf(name, b)] as [string, string];
    return left === right ? 0 : left < right ? -1 : 1;
  });
}

function regexp(pattern: Value): RE2JS {
  const text = asText(pattern);
  try {
    return RE2JS.compile(text);
  } catch (error) {
    throw new Error(`regexp: Compile(\`${text}\`): ${(error as Error).message}`);
  }
}

/** Go's Regexp.ReplaceAllString: `$1` and `${name}` stand for groups, `$1x` for a group called 1x. */
function replaceAll(pattern: Value, replacement: Value, text: Value): string {
  const matcher = regexp(pattern).matcher(asText(text));
  const template = asText(replacement);
  let result = '';
  let from = 0;
  const input = asText(text);
  while (matcher.find()) {
    result += input.slice(from, matcher.start()) + expand(template, matcher);
    from = matcher.end();
  }
  return result + input.slice(from);
}

type Matcher = ReturnType<RE2JS['matcher']>;

function expand(template: string, matcher: Matcher): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    if (whole === '$$') return '$';
    const name = (bare ?? braced) as string;
    if (/^\d+$/.test(name))
      return Number(name) <= matcher.groupCount() ? (matcher.group(Number(name)) ?? '') : '';
    try {
      return matcher.group(name) ?? '';
    } catch {
      return '';
    }
  });
}

/** Source: Prometheus' util/strutil GraphLinkForExpression. */
function graphLink(expression: string, tab: 0 | 1): string {
  return `/graph?g0.expr=${queryEscape(expression)}&g0.tab=${tab}`;
}

function stripPort(hostPort: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(hostPort);
  return match ? (match[1] ?? (match[2] as string)) : hostPort;
}

/** An address stays as it is. */
function stripDomain(hostPort: string): string {
  const bracketed = /^\[.*\](?::.*)?$/.test(hostPort);
  const host = stripPort(hostPort);
  if (bracketed || host.includes(':') || /^\d+(\.\d+){3}$/.test(host)) return hostPort;
  return host.split('.')[0] + hostPort.slice(host.length);
}

function seconds(text: string): number {
  const parsed = /^[\d\s]/.test(text) && /[a-z]$/.test(text) ? parseDuration(text) : undefined;
  if (parsed === undefined && text !== '0')
    throw new Error(`not a valid duration string: ${JSON.stringify(text)}`);
  return (parsed ?? 0) / 1000;
}

/** Go's time.Time as far as a template asks it. */
function moment(at: number): Struct {
  const date = new Date(at * 1000);
  const text = () =>
    `${date
      .toISOString()
      .replace('T', ' ')
      .replace(/\.?0*Z$/, '')} +0000 UTC`;
  return new Struct(
    '*time.Time',
    {},
    {
      Unix: () => BigInt(Math.floor(at)),
      UnixMilli: () => BigInt(Math.floor(at * 1000)),
      Year: () => BigInt(date.getUTCFullYear()),
      Hour: () => BigInt(date.getUTCHours()),
      Minute: () => BigInt(date.getUTCMinutes()),
      Second: () => BigInt(date.getUTCSeconds()),
      Day: () => BigInt(date.getUTCDate()),
      YearDay: () =>
        BigInt(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / 86_400_000)),
      String: text,
      UTC: () => moment(at),
    },
    text,
  );
}

/** Go's time.Duration as far as a template asks it. */
function span(length: number): Struct {
  return new Struct(
    '*time.Duration',
    {},
    {
      Seconds: () => length,
      Minutes: () => length / 60,
      Hours: () => length / 3600,
      Milliseconds: () => BigInt(Math.trunc(length * 1000)),
      String: () => durationText(length),
    },
    () => durationText(length),
  );
}

/** Go's Duration.String: `1h2m3.5s`, `1.5ms`. */
export function durationText(length: number): string {
  const nanos = BigInt(Math.trunc(length * 1e9));
  if (nanos === 0n) return '0s';
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const whole = size / 1_000_000_000n;
  const hours = whole / 3600n;
  const minutes = (whole / 60n) % 60n;
  const rest = `${decimal(size % 60_000_000_000n, 9)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${rest}`;
  return minutes > 0n ? `${sign}${minutes}m${rest}` : sign + rest;
}

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
