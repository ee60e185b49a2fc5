// POST /api/v2/receivers/NAME/test: a test notification through the receiver's real integrations. Alertmanager has no such
// endpoint.

import { z } from 'zod';
import {
  type IntegrationTest,
  testReceiver,
  UnknownReceiver,
} from '../../alertmanager/receiver-test/send.js';
import { receiverKinds } from '../../alertmanager/receivers/index.js';
import type { Millis } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { Complaint, json } from './problem.js';

/** Between two tests of one receiver. */
const PAUSE: Millis = 10_000;

/** When each receiver was tested last, monotonic; of a monitor. */
const tested = new WeakMap<object, Map<string, Millis>>();

export const testReceiverEndpoint = endpoint({
  method: 'POST',
  path: 'receivers/:name/test',
  summary: 'Sends a marked test notification to a receiver and shows what its servers answer',
  inPath: { name: { description: 'Of a receiver in alertmanager.yml', example: 'slack' } },
  query: () =>
    z.object({
      integration: z
        .number()
        .int()
        .min(0)
        .optional()
        .describe('Only this one of the receiver, counted from 0; all of them unless said'),
    }),
  answer: () =>
    z.object({
      receiver: z.string(),
      reached: z.boolean().describe('Whether every integration took it, and there is one'),
      integrations: z.array(
        z.object({
          index: z.number(),
          integration: z.string().meta({ examples: ['slack'] }),
          destination: z.string().describe('Where it was sent, without secrets'),
          outcome: z.enum(['sent', 'failed']),
          answer: z.string().describe('What the server said'),
          status: z.number().optional().describe('Of HTTP or SMTP'),
          duration: z.number().describe('Seconds'),
          retry_after: z.number().optional().describe('Seconds the server asks to wait'),
          remarks: z.array(z.string()).optional().describe('What to look at all the same'),
          advice: z.string().optional().describe('What to do'),
        }),
      ),
    }),
  others: {
    403: { when: 'The page is read-only, or a page of another origin asks' },
    404: { when: 'There is no such receiver or integration' },
    429: { when: 'The receiver was tested a moment ago' },
    500: { when: 'Receivers are elsewhere' },
  },
  async handle(
    { params, query, by, now },
    context: Pick<ApiContext, 'alerting' | 'page' | 'clock' | 'externalUrl'>,
  ) {
    const { config } = notifierOf(context);
    if (context.page().readOnly)
      throw new Complaint(403, 'the page is read-only (page.read_only in monitor.yml)');
    const { name: receiver = '' } = params;
    const tests = await asComplaint(() => {
      const index = indexOf(query.first('integration'));
      if (config.receivers.some(({ name }) => name === receiver)) refuseSoon(context, receiver);
      const { clock } = context;
      const externalUrl = context.externalUrl();
      return testReceiver({ config, kinds: receiverKinds, receiver, index, externalUrl, clock });
    });
    const reached = tests.length > 0 && tests.every(({ outcome }) => outcome === 'sent');
    const details = { receiver, result: reached ? 'sent' : resultOf(tests) };
    context.alerting.audit.add({ at: now, event: 'receiver tested', by, details });
    return json({ receiver, reached, integrations: tests.map(testView) });
  },
});

async function asComplaint(test: () => Promise<IntegrationTest[]>): Promise<IntegrationTest[]> {
  try {
    return await test();
  } catch (error) {
    if (error instanceof UnknownReceiver) throw new Complaint(404, error.message);
    throw error;
  }
}

function indexOf(text: string): number | undefined {
  if (text === '') return undefined;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Complaint(400, `integration must be a number from 0, not ${JSON.stringify(text)}`);
}

/** @throws Complaint 429 */
function refuseSoon({ alerting, clock }: Pick<ApiContext, 'alerting' | 'clock'>, receiver: string): void {
  const times = tested.get(alerting) ?? new Map<string, Millis>();
  tested.set(alerting, times);
  const wait = (times.get(receiver) ?? Number.NEGATIVE_INFINITY) + PAUSE - clock.elapsed();
  if (wait > 0) {
    const seconds = Math.ceil(wait / 1000);
    const message = `the receiver ${receiver} was tested a moment ago; try again in ${seconds} s`;
    throw new Complaint(429, message, { 'retry-after': String(seconds) });
  }
  times.set(receiver, clock.elapsed());
}

function resultOf(tests: readonly IntegrationTest[]): string {
  const failed = tests.filter(({ outcome }) => outcome === 'failed');
  return failed.length === 0 ? 'no integrations' : failed.map(({ answer }) => answer).join('; ');
}

function testView({ duration, retryAfter, remarks, ...test }: IntegrationTest) {
  return {
    ...test,
    duration: Math.round(duration) / 1000,
    retry_after: retryAfter === undefined ? undefined : Math.ceil(retryAfter / 1000),
    remarks: remarks.length > 0 ? remarks : undefined,
  };
}
