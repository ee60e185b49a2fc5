// What an answer means for a delivery: whether trying again helps, and when.

import type { Millis } from '../../../model/time.js';
import type { FailureReason } from '../receiver.js';

/** An answer, its body bounded. */
export interface WebhookResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Client errors that pass: timeout, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);

export function isTaken({ status }: WebhookResponse): boolean {
  return status >= 200 && status < 300;
}

/** The other side refuses what it got and will go on to. */
export function isFinal(status: number): boolean {
  return status < 500 && !PASSING.has(status);
}

/** Source: Alertmanager, notify.GetFailureReasonFromStatusCode. */
export function reasonOf(status: number): FailureReason {
  if (status >= 400 && status < 500) return 'clientError';
  return status >= 500 ? 'serverError' : 'other';
}

/**
 * How long the other side wants to be left alone: the header `Retry-After` (seconds or a date), or `retry_after` of the
 * body as Discord (seconds with a fraction) and Telegram (in `parameters`) say it.
 */
export function retryAfterOf(answer: WebhookResponse, now: Millis): Millis | undefined {
  const header = answer.headers['retry-after'];
  const said = typeof header === 'string' ? header.trim() : '';
  if (/^\d+(\.\d+)?$/.test(said)) return Number(said) * 1000;
  const date = said === '' ? Number.NaN : Date.parse(said);
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  const body = jsonOf(answer.body);
  const seconds = body?.retry_after ?? (body?.parameters as Json | undefined)?.retry_after;
  return typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** A JSON object; undefined for anything else. */
export function jsonOf(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
