// Receivers opened from a line of alertmanager.yml, and notifications for them.

import { readGlobal } from '../../src/alertmanager/config/global.js';
import { TemplateDecoder } from '../../src/alertmanager/config/template-decoder.js';
import { fingerprintOf } from '../../src/alertmanager/fingerprint.js';
import type { Notification, NotifiedAlert } from '../../src/alertmanager/pipeline/notification.js';
import {
  DeliveryError,
  type Receiver,
  type ReceiverKind,
} from '../../src/alertmanager/receivers/receiver.js';
import { SentRecipients } from '../../src/alertmanager/receivers/sent-recipients.js';
import { GoTemplates } from '../../src/alertmanager/templates/render.js';
import { parseYamlTree } from '../../src/config/yaml-tree.js';
import { Labels } from '../../src/model/labels.js';
import { parseModelDuration } from '../../src/promql/duration.js';

export interface Opened {
  readonly receiver: Receiver;
  /** Log entries: level, message, fields. */
  readonly logged: [level: string, message: string, fields: Record<string, unknown>][];
  /** Delivers. @returns the error, if there was one */
  deliver(notification: Notification, signal?: AbortSignal): Promise<DeliveryError | undefined>;
}

/** A receiver's mistakes, `line: reason`. */
export function mistakesIn(kind: ReceiverKind, entry: string, global = ''): string[] {
  return decoded(kind, entry, global).mistakes;
}

function decoded(kind: ReceiverKind, entry: string, global: string) {
  const decoder = new TemplateDecoder(parseModelDuration, '/nowhere');
  const options = kind.read(
    decoder,
    parseYamlTree(entry),
    readGlobal(decoder, global === '' ? undefined : parseYamlTree(global)),
  );
  return { options, mistakes: decoder.problems.map(({ line, reason }) => `${line}: ${reason}`) };
}

/** Opens one. @throws when the configuration has mistakes */
export function open(
  kind: ReceiverKind,
  entry: string,
  { global = '', templates = '' }: { global?: string; templates?: string } = {},
): Opened {
  const { options, mistakes } = decoded(kind, entry, global);
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  const logged: Opened['logged'] = [];
  const receiver = kind.open(options, {
    templates: new GoTemplates(templates === '' ? [] : [{ file: '/etc/own.tmpl', text: templates }]),
    sentRecipients: new SentRecipients(60_000),
    log: (level, message, fields) => logged.push([level, message, fields]),
  });
  return {
    receiver,
    logged,
    async deliver(notification, signal = AbortSignal.timeout(60_000)) {
      try {
        await receiver.deliver(notification, signal);
        return undefined;
      } catch (error) {
        if (error instanceof DeliveryError) return error;
        throw error;
      }
    },
  };
}

/** 2024-01-15T10:30:45.123456Z */
export const STARTED = Date.UTC(2024, 0, 15, 10, 30, 45) + 123.456;
export const ENDED = STARTED + 61_000;

export interface Told {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly isResolved?: boolean;
  readonly generatorUrl?: string;
}

/** An alert of the model server. */
export function alert({ labels, annotations, isResolved = false, generatorUrl }: Told = {}): NotifiedAlert {
  const set = Labels.of({ alertname: 'ServiceDown', severity: 'critical', target: 'tools', ...labels });
  return {
    labels: set,
    annotations: annotations ?? {
      description: 'Tools Server is timeout - Request timed out',
      summary: 'Tools Server',
    },
    startsAt: STARTED,
    endsAt: isResolved ? ENDED : STARTED + 240_000,
    generatorUrl: generatorUrl ?? 'http://127.0.0.1:8000/graph?g0.expr=up&g0.tab=1',
    fingerprint: fingerprintOf(set),
    isResolved,
  };
}

/** A notification of these alerts, grouped by the alert's name. */
export function notification(alerts: readonly NotifiedAlert[] = [alert()], receiver = 'ops'): Notification {
  return {
    receiver,
    groupKey: '{}:{alertname="ServiceDown"}',
    groupLabels: Labels.of({ alertname: 'ServiceDown' }),
    alerts,
    externalUrl: 'http://127.0.0.1:8000',
    at: ENDED + 1000,
  };
}

/** A hundred services that failed at once. */
export function storm(): Notification {
  return notification(
    Array.from({ length: 100 }, (_, i) =>
      alert({ labels: { target: `service-${i}`, severity: i % 10 === 0 ? 'critical' : 'warning' } }),
    ),
  );
}
