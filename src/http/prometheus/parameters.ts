// The API's parameters: how their text is read, what is said of a wrong one, and how /openapi.json describes them.
// Source: Prometheus, web/api/v1/api.go (parseTime, parseDuration, parseLimitParam).

import { z } from 'zod';
import { parseDuration } from '../../model/duration.js';
import { type Millis, parseIso } from '../../model/time.js';
import { quote } from '../../promql/print/quote.js';
import { QueryError, type QueryOptions } from '../../query/engine.js';
import type { PrometheusRequest } from './endpoint.js';
import type { Form } from './form.js';

/** The earliest and the latest moment: every whole millisecond between them is exact. */
export const MIN_TIME: Millis = Number.MIN_SAFE_INTEGER;
export const MAX_TIME: Millis = Number.MAX_SAFE_INTEGER;

/** How Prometheus writes its own earliest and latest moment, which it takes back; years of more than four digits. */
const OPEN_ENDS: ReadonlyMap<string, Millis> = new Map([
  ['-292273086-05-16T16:47:06Z', MIN_TIME],
  ['292277025-08-18T07:12:54.999999999Z', MAX_TIME],
]);
/** Go's largest span is this many nanoseconds. */
const MAX_INT64 = 2 ** 63;
/** What Go's ParseFloat takes, without hexadecimal and infinity. */
const DECIMAL = /^[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;
/** Longest text of a parameter an error message repeats. */
const MAX_SHOWN = 200;

/** How parameters are described. */
export const describe = {
  time: (description: string) =>
    z
      .string()
      .optional()
      .meta({ description: `${description}; Unix seconds or RFC 3339`, examples: ['1700000000'] }),
  span: (description: string, example = '15s') =>
    z
      .string()
      .optional()
      .meta({ description: `${description}; seconds or a duration such as 5m`, examples: [example] }),
  query: () => z.string().meta({ description: 'A PromQL expression', examples: ['up'] }),
  limit: (description: string) =>
    z
      .string()
      .optional()
      .meta({ description, examples: ['100'] }),
  match: () =>
    z
      .array(z.string())
      .optional()
      .meta({ description: 'Selectors of series', examples: ['up'] }),
  text: (description: string, example: string) =>
    z
      .string()
      .optional()
      .meta({ description, examples: [example] }),
};

/** A wrong parameter, as Prometheus reports it. */
export function invalid(name: string, reason: string): QueryError {
  return new QueryError('bad_data', `invalid parameter "${name}": ${reason}`);
}

/** A parameter's text, quoted for an error message. */
function quoted(text: string): string {
  return quote(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text);
}

/** A moment that may be left out, in whole milliseconds. @throws QueryError */
export function optionalTime(form: Form, name: string, absent: Millis): Millis {
  const text = form.first(name);
  if (text === '') return absent;
  const at = parseTime(text);
  if (at === undefined) throw invalid(name, `invalid time value for '${name}': ${noTime(text)}`);
  return at;
}

/** A moment that has to be given, in whole milliseconds. @throws QueryError */
export function requiredTime(form: Form, name: string): Millis {
  const text = form.first(name);
  const at = parseTime(text);
  if (at === undefined) throw invalid(name, noTime(text));
  return at;
}

function noTime(text: string): string {
  return `cannot parse ${quoted(text)} to a valid timestamp`;
}

/** Unix seconds or RFC 3339, cut to whole milliseconds; undefined for anything else. */
function parseTime(text: string): Millis | undefined {
  const seconds = parseDecimal(text);
  if (seconds !== undefined) {
    // The fraction by itself, because the product of a large number is no longer exact.
    const whole = Math.trunc(seconds);
    const millis = whole * 1000 + Math.round((seconds - whole) * 1000);
    return Number.isSafeInteger(millis) ? millis : undefined;
  }
  const [, moment, fraction = '', zone] = RFC3339.exec(text) ?? [];
  if (moment === undefined) return OPEN_ENDS.get(text);
  const at = parseIso(`${moment}.${`${fraction}000`.slice(0, 3)}${zone}`);
  return at === undefined ? undefined : Math.round(at);
}

function parseDecimal(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

/** A span in milliseconds, with a fraction; undefined when it is left out. @throws QueryError */
function optionalSpan(form: Form, name: string): Millis | undefined {
  return form.first(name) === '' ? undefined : requiredSpan(form, name);
}

/** A span that has to be given, in milliseconds, with a fraction. @throws QueryError */
export function requiredSpan(form: Form, name: string): Millis {
  return span(form.first(name), reason => invalid(name, reason));
}

function span(text: string, wrong: (reason: string) => QueryError): Millis {
  const seconds = parseDecimal(text);
  if (seconds !== undefined && Math.abs(seconds) * 1e9 > MAX_INT64)
    throw wrong(`cannot parse ${quoted(text)} to a valid duration. It overflows int64`);
  const parsed = seconds === undefined ? parseDuration(/\s/.test(text) ? '' : text) : seconds * 1000;
  if (parsed === undefined || parsed * 1e6 > MAX_INT64)
    throw wrong(`cannot parse ${quoted(text)} to a valid duration`);
  return parsed;
}

/** How many results there may be; undefined for any number. @throws QueryError */
export function limitOf(form: Form): number | undefined {
  const text = form.first('limit');
  if (text === '') return undefined;
  const limit = parseInteger(text);
  if (typeof limit === 'string') throw invalid('limit', limit);
  if (limit < 0) throw invalid('limit', 'limit must be non-negative');
  return limit > 0 ? limit : undefined;
}

/** A whole number; undefined when it is left out. @throws QueryError in the words of the older endpoints */
export function optionalNumber(form: Form, name: string): number | undefined {
  const text = form.first(name);
  if (text === '') return undefined;
  const number = parseInteger(text);
  if (typeof number === 'string') throw new QueryError('bad_data', `${name} must be a number`);
  return number;
}

/** A whole number, or what Go's Atoi has against it. */
function parseInteger(text: string): number | string {
  if (!/^[+-]?\d+$/.test(text)) return `strconv.Atoi: parsing ${quoted(text)}: invalid syntax`;
  if (Math.abs(Number(text)) >= MAX_INT64) return `strconv.Atoi: parsing ${quoted(text)}: value out of range`;
  return Number(text);
}

/** The `lookback_delta` and `stats` of a question. @throws QueryError */
export function queryOptions(form: Form): { lookback?: Millis; stats?: 'basic' | 'all' } {
  const text = form.first('lookback_delta');
  const stats = form.first('stats');
  const lookback =
    text === ''
      ? 0
      : span(text, why => new QueryError('bad_data', `error parsing lookback delta duration: ${why}`));
  return {
    ...(lookback > 0 && { lookback }),
    ...(stats !== '' && { stats: stats === 'all' ? ('all' as const) : ('basic' as const) }),
  };
}

/** Until when an answer is wanted. @throws QueryError, also when that is over */
export function runOptions({ form, signal }: PrometheusRequest): QueryOptions {
  const timeout = optionalSpan(form, 'timeout');
  if (timeout === undefined) return { signal };
  if (timeout <= 0) throw new QueryError('timeout', 'query timed out in query execution');
  return { signal, timeout };
}

/** When a question is asked of series, and how many answers there may be. @throws QueryError */
export function boundsOf(form: Form): { limit?: number; start: Millis; end: Millis } {
  const limit = limitOf(form);
  const start = optionalTime(form, 'start', MIN_TIME);
  const end = optionalTime(form, 'end', MAX_TIME);
  return { ...(limit !== undefined && { limit }), start, end };
}

/** Names the parameter an engine found wrong: Prometheus 2 leaves that out of a range query, and of labels any does. */
export async function naming<T>(parameter: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof QueryError && error.type === 'bad_data' && BARE.test(error.message))
      throw invalid(parameter, error.message);
    throw error;
  }
}

const BARE = /^(?:\d+:\d+: parse error|match\[\] must contain|invalid expression type)/;

/** The shape of the parameters that ask for names or values of labels. */
export function describeLabelQuery() {
  return z.object({
    'match[]': describe.match(),
    start: describe.time('Of series with samples since then'),
    end: describe.time('Of series with samples until then'),
    limit: describe.limit('How many there may be; 0 is any number'),
  });
}
