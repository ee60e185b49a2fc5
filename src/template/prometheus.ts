// The functions Prometheus gives to the templates of its rules.
// Source: Prometheus, "Template reference"; template/template.go.

import { asList, asNumber, asText, withArity } from '../go/arguments.js';
import { GoDuration } from '../go/duration.js';
import { toTitle } from '../go/letter-case.js';
import { quote } from '../go/quote.js';
import { GoTime } from '../go/time.js';
import { UTC } from '../go/time-zone.js';
import { type GoFunction, type GoList, Struct, type Value } from '../go/value.js';
import { parseDuration } from '../model/duration.js';
import type { Labels } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import { queryEscape } from './builtins.js';
import {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp,
  millisOf,
} from './humanize.js';
import { textFunctions } from './texts.js';

/** Go's longest duration, in milliseconds. */
const MAX_DURATION = 2 ** 63 / 1e6;

/** What the functions of a rule's template look at. */
interface RuleTemplateContext {
  /** Answers `query`; throws what is wrong. */
  readonly query: (expression: string) => readonly { readonly labels: Labels; readonly value: number }[];
  /** Without a slash at the end. */
  readonly externalUrl: string;
  /** When the rule is evaluated. */
  readonly at: Millis;
}

/** Prometheus' functions by name. */
export function prometheusFunctions({
  query,
  externalUrl,
  at,
}: RuleTemplateContext): Map<string, GoFunction> {
  const one = (name: string, body: (value: Value) => Value) => [name, withArity(name, 1, 1, body)] as const;
  const path = new URL(externalUrl).pathname.replace(/\/$/, '');
  return new Map<string, GoFunction>([
    ...textFunctions,
    one('query', text => query(asText(text)).map(({ labels, value }) => sample(labels, value))),
    one('first', list => firstOf(asList(list))),
    ['label', withArity('label', 2, 2, (name, from) => labelOf(asText(name), from))],
    one('value', from => fieldOf(from, 'Value')),
    one('strvalue', from => labelOf('__value__', from)),
    ['sortByLabel', withArity('sortByLabel', 2, 2, (name, list) => sortByLabel(asText(name), asList(list)))],
    ['args', (...args) => new Map(args.map((arg, i) => [`arg${i}`, arg]))],
    one('title', text => asText(text).replace(AFTER_SEPARATOR, toTitle)),
    one('graphLink', text => graphLink(asText(text), 0)),
    one('tableLink', text => graphLink(asText(text), 1)),
    one('stripPort', text => stripPort(asText(text))),
    one('stripDomain', text => stripDomain(asText(text))),
    one('humanize', humanize),
    one('humanize1024', humanize1024),
    one('humanizeDuration', humanizeDuration),
    one('humanizePercentage', humanizePercentage),
    one('humanizeTimestamp', humanizeTimestamp),
    one('toTime', seconds => new GoTime(millisOf(asNumber(seconds)), UTC, '*time.Time')),
    one('toDuration', seconds => new GoDuration(asNumber(seconds))),
    ['now', withArity('now', 0, 0, () => at / 1000)],
    ['pathPrefix', withArity('pathPrefix', 0, 0, () => path)],
    ['externalURL', withArity('externalURL', 0, 0, () => externalUrl)],
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

/**
 * An expression's address in the expression browser, below the monitor's. @param tab 0 for the graph, 1 for the table
 * Source: Prometheus' util/strutil GraphLinkForExpression and TableLinkForExpression.
 */
export function graphLink(expression: string, tab: 0 | 1): string {
  return `/graph?g0.expr=${queryEscape(expression)}&g0.tab=${tab}`;
}

/** A word's first letter by Go's strings.Title: marks beyond ASCII other than white space are within a word. */
const AFTER_SEPARATOR = /(?<=^|[\0-/:-@[-^`{-\x7f]|[^\S\ufeff]|\x85)\p{L}/gu;

function stripPort(hostPort: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(hostPort);
  return match ? (match[1] ?? (match[2] as string)) : hostPort;
}

/** An address stays as it is. */
function stripDomain(hostPort: string): string {
  const bracketed = /^\[.*\](?::.*)?$/.test(hostPort);
  const host = stripPort(hostPort);
  if (bracketed || host.includes(':') || /^\d+(\.\d+){3}$/.test(host)) return hostPort;
  const port = hostPort.slice(host.length);
  return host.split('.')[0] + (port === ':' ? '' : port);
}

/** Prometheus' duration in seconds, also a negative one. @throws */
function seconds(text: string): number {
  const size = text.startsWith('-') ? text.slice(1) : text;
  if (size === '') throw new Error('empty duration string');
  const parsed = size === '0' ? 0 : /^\d\S*[a-z]$/.test(size) ? parseDuration(size) : undefined;
  if (parsed === undefined) throw new Error(`not a valid duration string: ${quote(size)}`);
  if (parsed > MAX_DURATION) throw new Error('duration out of range');
  return (text === size ? parsed : 0 - parsed) / 1000;
}
