// POST /notify/sms: a webhook of Alertmanager, ours or the real one, that ends as a text message. It is answered so that
// the sender retries what may succeed later, and nothing else.
// Source: Alertmanager, "Configuration", <webhook_config>; notify/webhook.

import { z } from 'zod';
import type { SmsReport } from '../../alerts/sms/gateway.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { route } from '../route.js';

/** Bytes. */
const LIMIT = 1024 * 1024;
const MISSING =
  'no account for text messages is configured: set alerting.sms (account_sid, auth_token, from, to) in monitor.yml';

const pairs = z.record(z.string(), z.string());

const webhook = z.object({
  version: z.literal('4', { error: 'expected "4", the version of the webhook that is understood' }),
  groupKey: z.string().meta({ examples: ['{}:{alertname="ServiceDown"}'] }),
  status: z.enum(['firing', 'resolved']),
  truncatedAlerts: z.number().optional(),
  alerts: z
    .array(z.object({ status: z.enum(['firing', 'resolved']), labels: pairs, annotations: pairs }))
    .min(1, 'expected at least one alert'),
});

export const notifySms = route({
  method: 'POST',
  path: '/notify/sms',
  summary: 'Sends a text message: the address for `webhook_configs` of Alertmanager',
  body: { name: 'notification', limit: LIMIT, shape: webhook },
  answer: () =>
    z.object({
      sent: z.array(z.string()).describe('Recipients that got it'),
      had: z.array(z.string()).describe('Recipients that already received it'),
      failures: z
        .array(z.object({ to: z.string(), error: z.string() }))
        .describe('Recipients that cannot get it'),
    }),
  others: {
    400: { when: 'It is no notification, or the service refuses it for good' },
    404: { when: '`alerting.sms` is not configured' },
    503: { when: 'Some recipients did not get it yet; `Retry-After` says when to try again' },
  },
  async handle(_, { sms }: Pick<ApiContext, 'sms'>, { body }) {
    const gateway = sms();
    if (!gateway) throw new HttpError(404, MISSING);
    // A message that is under way may have got through: stopping it half-way has no use.
    const report = await gateway.send(body, new AbortController().signal);
    if (report.outcome === 'retry') throw new HttpError(503, failureText(report), retryHeaders(report));
    if (report.outcome === 'refused') throw new HttpError(400, failureText(report));
    const { sent, had, failures } = report;
    return { body: { sent, had, failures: failures.map(({ to, error }) => ({ to, error: error.message })) } };
  },
});

function failureText({ failures }: SmsReport): string {
  return failures.map(({ to, error }) => `${to}: ${error.message}`).join('; ');
}

function retryHeaders({ retryAfter }: SmsReport): Record<string, string> {
  return retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter / 1000)) };
}
