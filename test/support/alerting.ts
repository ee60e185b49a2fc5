// Alerting as in the program: a store in a folder, an alertmanager.yml of the test's own, receivers that are real servers.
// The caller must close it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IncomingAlert } from '../../src/alertmanager/alert-store.js';
import { loadAlertmanagerConfig } from '../../src/alertmanager/config/load.js';
import type { ActionDefinition } from '../../src/alerts/actions/definition.js';
import { Alerting } from '../../src/alerts/alerting.js';
import type { AlertmanagerAddress } from '../../src/alerts/sender.js';
import type { Alert } from '../../src/model/alert.js';
import { Labels } from '../../src/model/labels.js';
import { type Clock, systemClock } from '../../src/model/time.js';
import { Store } from '../../src/store/store.js';
import type { Endpoint } from './endpoint.js';

/** All services were checked. */
export const CHECKED = { isKnown: () => true, areAllKnown: () => true };

/** An evaluation that found these alerts and nothing else. */
export function evaluation(alerts: readonly Alert[]) {
  const active = alerts.filter(({ state }) => state === 'firing');
  return { at: Date.now(), unsent: alerts, active, notDue: [], failures: 0 };
}

/** Events of messages: `sent webhook`, `failed webhook serverError`. */
export type Emitted = string[];

export interface World {
  readonly alerting: Alerting;
  readonly store: Store;
  readonly emitted: Emitted;
  /** Log entries: level, message, fields. */
  readonly logged: [level: string, message: string, fields: Record<string, unknown>][];
  /** Makes alerts of our own fire now, or end when `endsAt` is past. */
  send(...alerts: readonly IncomingAlert[]): void;
  /** Applies another alertmanager.yml. */
  reconfigure(alertmanager: string): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly folder: string;
  /** Text of alertmanager.yml; without one there is no embedded Alertmanager. */
  readonly alertmanager?: string;
  readonly alertmanagers?: readonly AlertmanagerAddress[];
  readonly actions?: readonly ActionDefinition[];
  readonly clock?: Clock;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const { folder, alertmanager, alertmanagers, actions = [], clock = systemClock } = options;
  const logged: World['logged'] = [];
  const emitted: Emitted = [];
  const store = new Store({ file: join(folder, 'monitor.db'), retention: 86_400_000, log: () => {} });
  const alerting = new Alerting({
    store,
    clock,
    checked: CHECKED,
    externalUrl: () => 'http://127.0.0.1:8083',
    log: (level, message, fields) => logged.push([level, message, fields]),
    events: {
      onIntegrations: integrations => emitted.push(...integrations.map(({ id }) => `has ${id}`)),
      onAttempt: ({ integration, error }) =>
        emitted.push(`${error ? 'tried' : 'reached'} ${integration.kind}`),
      onNotification: ({ kind }, reason) =>
        emitted.push(reason ? `failed ${kind} ${reason}` : `sent ${kind}`),
      onSuppressed: (reason, alerts) => emitted.push(`${reason} ${alerts}`),
      onAction: (action, isSuccess) => emitted.push(`${action} ${isSuccess}`),
      onMuting: () => {},
      onSent: (_, alerts) => emitted.push(`alertmanager took ${alerts}`),
      onFailed: (_, alerts, reason) => emitted.push(`alertmanager did not take ${alerts}: ${reason}`),
      onDropped: (_, alerts) => emitted.push(`dropped ${alerts}`),
    },
  });
  const reconfigure = (text: string) => {
    const file = join(folder, 'alertmanager.yml');
    writeFileSync(file, text);
    return alerting.configure({ by: 'embedded', config: loadAlertmanagerConfig(file) }, actions);
  };
  if (alertmanager !== undefined) await reconfigure(alertmanager);
  else if (alertmanagers) await alerting.configure({ by: 'alertmanagers', alertmanagers }, actions);
  else await alerting.configure({ by: 'prometheus' }, actions);
  return {
    alerting,
    store,
    emitted,
    logged,
    reconfigure,
    send: (...alerts) => alerting.alerts.upsert(alerts, systemClock.now()),
    async close() {
      await alerting.close();
      store.close();
    },
  };
}

/** An alert that fires, or is over. */
export function firing(labels: Readonly<Record<string, string>>, endsAt?: number): IncomingAlert {
  const all = { alertname: 'ServiceDown', severity: 'critical', ...labels };
  return {
    labels: Labels.of(all),
    annotations: { description: `${all.alertname} of ${labels.target ?? 'no target'}` },
    endsAt: endsAt ?? Date.now() + 240_000,
    generatorUrl: '',
  };
}

export function over(labels: Readonly<Record<string, string>>): IncomingAlert {
  return { ...firing(labels, Date.now() - 1), startsAt: Date.now() - 60_000 };
}

interface WebhookMessage {
  readonly receiver: string;
  readonly status: string;
  readonly groupKey: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Record<string, string> }[];
}

/** Webhook messages of an endpoint: `ops: firing tools, resolved redis`. */
export function webhooksTo(endpoint: Endpoint): string[] {
  return endpoint.requests.map(({ body }) => {
    const { receiver, alerts } = JSON.parse(body) as WebhookMessage;
    const what = alerts.map(({ status, labels }) => `${status} ${labels.target ?? labels.alertname}`);
    return `${receiver}: ${what.join(', ')}`;
  });
}
