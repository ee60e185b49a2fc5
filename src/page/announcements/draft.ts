// What a form of an announcement holds, also in the address. Pure.

import type { DraftText } from '../draft.js';
import type { Announcement } from '../state.js';

export const LEVELS = ['info', 'warning', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** Longest texts that the monitor takes, in characters. */
const MAX_TITLE = 120;
const MAX_MESSAGE = 2000;

export interface Draft {
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
      title: given.get('title') ?? '',
      message: given.get('message') ?? '',
      severity: LEVELS.find(each => each === given.get('severity')) ?? 'info',
      start: moment('start'),
      end: moment('end'),
    };
  },
  print({ title, message, severity, start, end }) {
    const query = new URLSearchParams({ new: '1' });
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
export function again({ title, message, severity }: Announcement): string {
  const level = LEVELS.find(each => each === severity) ?? 'info';
  return DRAFT_TEXT.print({ title, message, severity: level, start: undefined, end: undefined });
}

/** What is wrong with a draft, by field; empty texts where nothing is. */
export type Faults = Readonly<Record<'title' | 'message' | 'start' | 'end', string>>;

/** @param now milliseconds since the epoch */
export function faultsOf({ title, message, start, end }: Draft, now: number): Faults {
  return {
    title: textFault(title, MAX_TITLE, 'Say in a few words what it is about.'),
    message: textFault(message, MAX_MESSAGE, 'Say what the readers should know.'),
    start: Number.isNaN(start) ? 'Choose when it starts.' : '',
    end: endFault(end, start, now),
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
export function postable({ title, message, severity, start, end }: Draft) {
  const moment = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
  return {
    ...{ title: title.trim(), message: message.trim(), severity },
    ...{ starts_at: moment(start), ends_at: moment(end) },
  };
}
