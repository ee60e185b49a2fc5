// A test notification through a receiver's real integrations, each opened for it alone. Comes in: a configuration and the
// receiver's name; goes out: what each server said. The notification log, groups and history know nothing of it.

import { formatDuration } from '../../model/duration.js';
import type { Clock, Millis } from '../../model/time.js';
import type { AlertmanagerConfig, IntegrationDefinition, ReceiverDefinition } from '../config/definition.js';
import { DeliveryError, type ReceiverContext, type ReceiverKind } from '../receivers/receiver.js';
import { SentRecipients } from '../receivers/sent-recipients.js';
import { GoTemplates } from '../templates/render.js';
import { adviceFor } from './advice.js';
import { testNotifications } from './message.js';

/** How long one answer is waited for. */
const TEST_TIMEOUT: Millis = 10_000;

/** What came of it for one integration. */
export interface IntegrationTest {
  /** `slack`, `email`, ... */
  readonly integration: string;
  /** Its place among the receiver's integrations, from 0. */
  readonly index: number;
  /** Where it was sent, without secrets. */
  readonly destination: string;
  readonly outcome: 'sent' | 'failed';
  /** What the server said. One line without secrets. */
  readonly answer: string;
  /** Of HTTP or SMTP; undefined when there was none. */
  readonly status: number | undefined;
  readonly duration: Millis;
  /** The server asked to be left alone for this long. */
  readonly retryAfter: Millis | undefined;
  /** What to look at although it was sent: a template that failed. */
  readonly remarks: readonly string[];
  /** What to do, when it failed. */
  readonly advice: string | undefined;
}

interface ReceiverTestOptions {
  readonly config: Pick<AlertmanagerConfig, 'receivers' | 'templates'>;
  readonly kinds: readonly ReceiverKind[];
  readonly receiver: string;
  /** Only this integration. */
  readonly index?: number | undefined;
  readonly externalUrl: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly timeout?: Millis;
}

/** There is no such receiver or integration. */
export class UnknownReceiver extends Error {}

/**
 * Sends to all integrations of a receiver at once, one attempt each. None: it only writes to the log.
 * @throws UnknownReceiver, which names those there are
 */
export async function testReceiver(options: ReceiverTestOptions): Promise<IntegrationTest[]> {
  const { integrations } = receiverOf(options);
  const templates = new GoTemplates(options.config.templates);
  const { index } = options;
  const all = [...integrations.entries()].filter(([i]) => index === undefined || i === index);
  return Promise.all(all.map(([i, definition]) => testIntegration(definition, i, templates, options)));
}

function receiverOf({ config, receiver: name, index }: ReceiverTestOptions): ReceiverDefinition {
  const receiver = config.receivers.find(each => each.name === name);
  const names = config.receivers.map(each => each.name).join(', ');
  if (!receiver)
    throw new UnknownReceiver(`there is no receiver ${JSON.stringify(name)}; there are: ${names}`);
  const count = receiver.integrations.length;
  if (index === undefined || index < count) return receiver;
  const known = receiver.integrations.map(({ integration }, i) => `${i} (${integration})`).join(', ');
  throw new UnknownReceiver(
    `the receiver ${JSON.stringify(name)} has no integration ${index}; ${count === 0 ? 'it has none' : `there are: ${known}`}`,
  );
}

async function testIntegration(
  { integration, options: own }: IntegrationDefinition,
  index: number,
  templates: GoTemplates,
  options: ReceiverTestOptions,
): Promise<IntegrationTest> {
  const { clock, kinds, receiver, externalUrl, timeout = TEST_TIMEOUT } = options;
  const kind = kinds.find(each => each.integration === integration) as ReceiverKind;
  const remarks: string[] = [];
  let answer: { readonly status: number; readonly words: string } | undefined;
  const context: ReceiverContext = {
    templates,
    sentRecipients: new SentRecipients(timeout),
    log: (level, message, { error }) => void (level === 'warn' && remarks.push(`${message}: ${error}`)),
    onAnswer: (status, words) => {
      answer = { status, words };
    },
  };
  const late = AbortSignal.timeout(timeout);
  const signal = options.signal ? AbortSignal.any([late, options.signal]) : late;
  const begun = clock.elapsed();
  const { firing, resolved } = testNotifications({ receiver, externalUrl, at: clock.now() });
  const error = await deliver(kind, own, context, async opened => {
    await opened.deliver(firing, signal);
    // What opens an incident closes it.
    if (kind.opensIncidents) await opened.deliver(resolved, signal);
  });
  return {
    integration,
    index,
    destination: kind.destination(own),
    outcome: error ? 'failed' : 'sent',
    answer: error?.message ?? answer?.words ?? 'taken',
    status: error ? error.status : answer?.status,
    duration: clock.elapsed() - begun,
    retryAfter: error?.retryAfter,
    remarks,
    advice: error && adviceFor(error),
  };
}

async function deliver(
  kind: ReceiverKind,
  options: unknown,
  context: ReceiverContext,
  send: (opened: ReturnType<ReceiverKind['open']>) => Promise<void>,
): Promise<DeliveryError | undefined> {
  try {
    const opened = kind.open(options, context);
    try {
      await send(opened);
    } finally {
      opened.close();
    }
    return undefined;
  } catch (error) {
    return error instanceof DeliveryError
      ? error
      : new DeliveryError((error as Error).message.split('\n')[0] ?? '');
  }
}

/** One result in one line, and what to do in the next. */
export function describeTest(test: IntegrationTest): string[] {
  const { index, integration, destination, outcome, answer, duration, remarks, advice } = test;
  const took = formatDuration(Math.max(1, Math.round(duration)));
  return [
    `${index} ${integration} to ${destination}: ${outcome} in ${took}: ${answer}`,
    ...remarks.map(remark => `    warning: ${remark}`),
    ...(advice ? [`    ${advice}`] : []),
  ];
}
