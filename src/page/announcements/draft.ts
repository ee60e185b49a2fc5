// What a form of an announcement holds, also in the address. Pure.

import type { DraftText } from '../draft.js';
import type { Announcement } from '../state.js';

export const LEVELS = ['info', 'warning', 'critical'] as const;
type Level = (typeof LEVELS)[number];

/** Longest texts that the monitor takes, in characters. */
const MAX_TITLE = 120;
const MAX_MESSAGE = 2000;

export interface Draft {
  /** Of the announcement that is changed; empty for a new one. */
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly severity: Level;
  /** Milliseconds since the epoch; undefined: at once; NaN: not chosen yet. */
  readonly start: number | undefined;
  /** Milliseconds since the epoch; undefined: until it is removed; NaN: not chosen yet. */
  readonly end: number | undefined;
}

/** Reads and prints a query string. What is not understood counts as not given. */
export const DRAFT_TEXT: DraftText<Draft> = {
  parse(query) {
    const given = new URLSearchParams(query);
    if (given.get('new') !== '1') return undefined;
    const moment = (name: string) => (given.has(name) ? Date.parse(given.get(name) ?? '') : undefined);
    return {
      id: given.get('change') ?? '',
      title: given.get('title') ?? '',
      message: given.get('message') ?? '',
      severity: LEVELS.find(each => each === given.get('severity')) ?? 'info',
      start: moment('start'),
      end: moment('end'),
    };
  },
  print({ id, title, message, severity, start, end }) {
    const query = new URLSearchParams({ new: '1' });
    if (id !== '') query.set('change', id);
    if (title !== '') query.set('title', title);
    if (message !== '') query.set('message', message);
    if (severity !== 'info') query.set('severity', severity);
    if (start !== undefined) query.set('start', printMoment(start));
    if (end !== undefined) query.set('end', printMoment(end));
    return `?${query}`;
  },
};

function printMoment(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : '';
}

/** A form filled with what an announcement says, to be shown from now on. */
export function again(announcement: Announcement): string {
  return DRAFT_TEXT.print({ ...said(announcement), id: '', start: undefined, end: undefined });
}

/** A form that changes an announcement. @param epoch reads the monitor's times */
export function changing(
  announcement: Announcement,
  epoch: (local: string | undefined) => number | undefined,
): string {
  const { id, starts_at: start, ends_at: end } = announcement;
  return DRAFT_TEXT.print({ ...said(announcement), id, start: epoch(start), end: epoch(end) });
}

function said({ title, message, severity }: Announcement): Pick<Draft, 'title' | 'message' | 'severity'> {
  return { title, message, severity: LEVELS.find(each => each === severity) ?? 'info' };
}

/** What is wrong with a draft, by field; empty texts where nothing is. */
export type Faults = Readonly<Record<'title' | 'message' | 'start' | 'end', string>>;

/** @param now milliseconds since the epoch */
export function faultsOf({ id, title, message, start, end }: Draft, now: number): Faults {
  return {
    title: textFault(title, MAX_TITLE, 'Say in a few words what it is about.'),
    message: textFault(message, MAX_MESSAGE, 'Say what the readers should know.'),
    start: Number.isNaN(start) ? 'Choose when it starts.' : '',
    // One that is changed may be over, or end with this.
    end: endFault(end, start, id === '' ? now : Number.NEGATIVE_INFINITY),
  };
}

function textFault(text: string, most: number, missing: string): string {
  if (text.trim() === '') return missing;
  const { length } = [...text];
  return length > most ? `${length} characters are too many: at most ${most}.` : '';
}

function endFault(end: number | undefined, start: number | undefined, now: number): string {
  if (end === undefined) return '';
  if (Number.isNaN(end)) return Number.isNaN(start) ? '' : 'Choose when it ends.';
  if (end <= now) return 'The end is in the past.';
  return start !== undefined && end <= start ? 'The end is before the start.' : '';
}

/** The draft as the monitor takes it. @param draft without faults */
export function contents({ title, message, severity, start, end }: Draft) {
  const moment = (at: number | undefined) => (at === undefined ? undefined : printMoment(at));
  return {
    ...{ title: title.trim(), message: message.trim(), severity },
    ...{ starts_at: moment(start), ends_at: moment(end) },
  };
}
