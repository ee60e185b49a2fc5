// Alerts as Prometheus sends them, read without the shape that describes them: there may be thousands. Comes in: JSON that was
// parsed; goes out: what the shape makes of it, or nothing, and the shape says what is wrong then.

import type { z } from 'zod';
import type { Millis } from '../../model/time.js';
import type { postableAlerts } from './shapes.js';
import { isUri, readMoment } from './validate.js';

type PostableAlert = z.output<typeof postableAlerts>[number];
type Fields = Readonly<Record<string, unknown>>;

/** Undefined unless all alerts are as they should be, without anything that is rarely there. */
export function readUsualAlerts(body: unknown): PostableAlert[] | undefined {
  if (!Array.isArray(body)) return undefined;
  const alerts: PostableAlert[] = [];
  for (const each of body) {
    const alert = isObject(each) ? readAlert(each) : undefined;
    if (!alert) return undefined;
    alerts.push(alert);
  }
  return alerts;
}

function readAlert({
  labels,
  annotations,
  startsAt,
  endsAt,
  generatorURL,
}: Fields): PostableAlert | undefined {
  if (!isTexts(labels) || !(annotations === undefined || isTexts(annotations))) return undefined;
  if (!isReference(generatorURL)) return undefined;
  const [starts, ends] = [momentOf(startsAt), momentOf(endsAt)];
  if (Number.isNaN(starts) || Number.isNaN(ends)) return undefined;
  return { annotations, endsAt: ends, startsAt: starts, generatorURL, labels };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every(each => typeof each === 'string');
}

function isReference(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && isUri(value));
}

/** NaN for what is none. */
function momentOf(value: unknown): Millis | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? readMoment(value) : Number.NaN;
}
