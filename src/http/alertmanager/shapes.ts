// The shapes of Alertmanager's JSON, as /openapi.json describes them and as requests are read.
// Source: Alertmanager, api/v2/openapi.yaml.

import { z } from 'zod';
import type { Millis } from '../../model/time.js';
import { lazily } from '../lazily.js';
import { moment, pairs, uri } from './validate.js';

const labelSet = z.record(z.string(), z.string());
const dateTime = z.string().meta({ examples: ['2024-01-15T10:30:45.123Z'] });

export const receiver = z.object({ name: z.string() });

export const gettableAlert = lazily(() =>
  z.object({
    annotations: labelSet,
    endsAt: dateTime.describe('When it ended, or until when it is believed'),
    fingerprint: z.string(),
    receivers: z.array(receiver),
    startsAt: dateTime,
    status: z.object({
      inhibitedBy: z.array(z.string()).describe('Fingerprints of alerts'),
      mutedBy: z.array(z.string()).describe('Names of time intervals; in groups only'),
      silencedBy: z.array(z.string()).describe('Ids of silences'),
      state: z.enum(['unprocessed', 'active', 'suppressed']),
    }),
    updatedAt: dateTime,
    generatorURL: z.string().optional(),
    labels: labelSet,
  }),
);

export const alertGroup = lazily(() =>
  z.object({ alerts: z.array(gettableAlert()), labels: labelSet, receiver }),
);

/** The order of the fields is that of complaints about them. */
export const postableAlerts = z.array(
  z.object({
    annotations: pairs().nullish(),
    endsAt: moment().nullish(),
    startsAt: moment().nullish(),
    generatorURL: uri().nullish(),
    labels: pairs(),
  }),
);

const matcher = z.object({
  isEqual: z.boolean().describe('Not one that says "not"'),
  isRegex: z.boolean(),
  name: z.string(),
  value: z.string(),
});

export const gettableSilence = lazily(() =>
  z.object({
    id: z.string(),
    status: z.object({ state: z.enum(['expired', 'active', 'pending']) }),
    updatedAt: dateTime,
    comment: z.string(),
    createdBy: z.string(),
    endsAt: dateTime,
    matchers: z.array(matcher),
    startsAt: dateTime,
  }),
);

/** The order of the fields is that of complaints about them. */
export const postableSilence = z.object({
  id: z.string().nullish().describe('Of the silence whose place it takes'),
  comment: z.string(),
  createdBy: z.string(),
  endsAt: moment(),
  matchers: z.array(matcher.extend({ isEqual: z.boolean().nullish() })).min(1),
  startsAt: moment(),
});

export type GettableAlert = z.output<ReturnType<typeof gettableAlert>>;
export type GettableSilence = z.output<ReturnType<typeof gettableSilence>>;

/** A moment as Alertmanager prints it: UTC, whole milliseconds. */
export function printed(at: Millis): string {
  return new Date(at).toISOString();
}
