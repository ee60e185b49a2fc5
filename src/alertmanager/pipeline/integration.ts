// The receivers of a configuration, opened. Comes in: their definitions; goes out: what a message can be given to. A
// receiver without integrations writes to the log.

import { Semaphore } from '../../concurrency/semaphore.js';
import type { IntegrationDefinition, ReceiverDefinition } from '../config/definition.js';
import { LogReceiver } from '../receivers/log.js';
import type { Receiver, ReceiverContext, ReceiverKind } from '../receivers/receiver.js';

/** Messages one integration may be given at once. */
const WIDTH = 5;

export interface Integration {
  /** The receiver's name. */
  readonly receiverName: string;
  /** `email`, `slack`, ...; `log`. */
  readonly kind: string;
  /** Unlike any other's; the same over restarts. */
  readonly id: string;
  readonly sendResolved: boolean;
  readonly receiver: Receiver;
  readonly semaphore: Semaphore;
}

/** Opens all integrations of a receiver; the caller must close them. @throws what a kind cannot be opened for */
export function openIntegrations(
  { name, integrations }: ReceiverDefinition,
  kinds: readonly ReceiverKind[],
  context: ReceiverContext,
): Integration[] {
  if (integrations.length === 0) return [integrationOf(name, 'log', 0, true, new LogReceiver(context))];
  return integrations.map(definition => {
    const { integration, index, sendResolved } = definition;
    const own = {
      ...context,
      sentRecipients: context.sentRecipients.scopedTo(idOf(name, integration, index)),
    };
    return integrationOf(name, integration, index, sendResolved, open(definition, kinds, own));
  });
}

function open(
  { integration, options }: IntegrationDefinition,
  kinds: readonly ReceiverKind[],
  context: ReceiverContext,
): Receiver {
  const kind = kinds.find(each => each.integration === integration);
  if (!kind) throw new Error(`no receiver of the kind ${integration}`);
  return kind.open(options, context);
}

/** Whose id it is; undefined for what is none. */
export function namesOfId(id: string): Pick<Integration, 'receiverName' | 'kind'> | undefined {
  const [, receiverName, kind] = /^(.*)\/([^/]+)\/\d+$/s.exec(id) ?? [];
  return receiverName === undefined || kind === undefined ? undefined : { receiverName, kind };
}

function idOf(receiverName: string, kind: string, index: number): string {
  return `${receiverName}/${kind}/${index}`;
}

function integrationOf(
  receiverName: string,
  kind: string,
  index: number,
  sendResolved: boolean,
  receiver: Receiver,
): Integration {
  const id = idOf(receiverName, kind, index);
  return { receiverName, kind, id, sendResolved, receiver, semaphore: new Semaphore(WIDTH) };
}
