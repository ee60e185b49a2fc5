// What a form of a silence holds, in the address, too, so that a link leads to a filled form and a reload loses nothing.
// Pure.

import { clockAt } from '../words.js';
import { type MatcherText, parseMatcher, printMatcher, toApi } from './matchers.js';
import { MAINTENANCE, type PostableSilence } from './silence.js';

/** Durations with a button, in milliseconds, by their names in the address. */
export const SPANS: Readonly<Record<string, number>> = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '8h': 8 * 3_600_000,
};
export const SPAN_NAMES: Readonly<Record<string, string>> = { '15m': '15 min', '1h': '1 h', '8h': '8 h' };

export interface Draft {
  /** Of the silence that is changed; empty for a new one. */
  readonly id: string;
  readonly matchers: readonly MatcherText[];
  /** Milliseconds since the epoch; undefined: now; NaN: not chosen yet. */
  readonly start: number | undefined;
  /** One of {@link SPANS}; empty where `end` says it. */
  readonly span: string;
  /** Milliseconds since the epoch; NaN: not chosen yet. */
  readonly end: number;
  readonly comment: string;
}

const EMPTY: MatcherText = { name: '', operator: '=', value: '' };

/** Reads a query string; undefined when it does not ask for a form. What is not understood counts as not given. */
export function parseDraft(query: string): Draft | undefined {
  const given = new URLSearchParams(query);
  if (given.get('new') !== '1') return undefined;
  const matchers = given.getAll('matcher').flatMap(text => parseMatcher(text) ?? []);
  const end = momentOf(given.get('end'));
  const span = given.get('for') ?? '';
  return {
    id: given.get('replace') ?? '',
    matchers: matchers.length > 0 ? matchers : [EMPTY],
    start: given.has('start') ? momentOf(given.get('start')) : undefined,
    span: Object.hasOwn(SPANS, span) ? span : given.has('end') ? '' : '1h',
    end,
    comment: given.get('comment') ?? '',
  };
}

/** The query string of a form. */
export function printDraft({ id, matchers, start, span, end, comment }: Draft): string {
  const query = new URLSearchParams({ new: '1' });
  if (id !== '') query.set('replace', id);
  for (const each of matchers)
    if (each.name !== '' || each.value !== '') query.append('matcher', printMatcher(each));
  if (start !== undefined) query.set('start', printMoment(start));
  if (span === '') query.set('end', printMoment(end));
  else if (span !== '1h') query.set('for', span);
  if (comment !== '') query.set('comment', comment);
  return `?${query}`;
}

/** Of a planned maintenance: from the next full hour on, for an hour. @param now milliseconds since the epoch */
export function maintenanceDraft(now: number): Draft {
  const start = (Math.floor(now / 3_600_000) + 1) * 3_600_000;
  return { id: '', matchers: [EMPTY], start, span: '1h', end: Number.NaN, comment: MAINTENANCE };
}

function momentOf(text: string | null): number {
  return text === null ? Number.NaN : Date.parse(text);
}

function printMoment(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : '';
}

/** What is wrong with a draft, by field; empty texts where nothing is. */
export interface Faults {
  readonly matchers: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly author: string;
  readonly comment: string;
}

/** @param now milliseconds since the epoch */
export function faultsOf(draft: Draft, author: string, now: number): Faults {
  const { matchers, start, comment } = draft;
  const end = endOf(draft, now);
  return {
    matchers: matchers.map(each => matcherFault(each, matchers)),
    start: start !== undefined && !Number.isFinite(start) ? 'Choose when it starts.' : '',
    end: endFault(end, start, now),
    author: author.trim() === '' ? 'Say who makes it.' : '',
    comment:
      comment.trim() === '' || comment.trim() === MAINTENANCE.trim()
        ? 'Say why, for those who find it later.'
        : '',
  };
}

export function isFaultless({ matchers, start, end, author, comment }: Faults): boolean {
  return [...matchers, start, end, author, comment].every(fault => fault === '');
}

/** Alertmanager refuses a silence of all alerts. */
function matcherFault({ name, operator, value }: MatcherText, all: readonly MatcherText[]): string {
  if (name === '') return 'Give the name of a label.';
  const isAny = (each: MatcherText) => each.operator === '=' && each.value === '';
  return operator === '=' && value === '' && all.every(isAny) ? 'Give a value.' : '';
}

function endFault(end: number, start: number | undefined, now: number): string {
  if (!Number.isFinite(end)) return Number.isNaN(start) ? '' : 'Choose when it ends.';
  if (end <= now) return 'The end is in the past.';
  return start !== undefined && end <= start ? 'The end is before the start.' : '';
}

/** When it ends, in milliseconds since the epoch; NaN where that is not known yet. */
export function endOf({ start, span, end }: Draft, now: number): number {
  return span === '' ? end : (start ?? now) + (SPANS[span] ?? Number.NaN);
}

/** The draft as the monitor takes it. @param draft without faults */
export function postable(draft: Draft, author: string, now: number): PostableSilence {
  const { id, matchers, start, comment } = draft;
  return {
    ...(id === '' ? {} : { id }),
    matchers: matchers.map(toApi),
    startsAt: new Date(start ?? now).toISOString(),
    endsAt: new Date(endOf(draft, now)).toISOString(),
    createdBy: author.trim(),
    comment: comment.trim(),
  };
}

/** A moment as a field for date and time has it, in the browser's zone; empty where it is not chosen yet. */
export function fieldOf(at: number): string {
  if (!Number.isFinite(at)) return '';
  const { date, time } = clockAt(at, -new Date(at).getTimezoneOffset());
  return `${date}T${time.slice(0, 5)}`;
}

/** What a field for date and time says, in milliseconds since the epoch; NaN while it is not complete. */
export function ofField(text: string): number {
  return text === '' ? Number.NaN : new Date(text).getTime();
}
