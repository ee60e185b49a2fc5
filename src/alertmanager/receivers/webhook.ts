// Alertmanager's webhook: a notification as JSON, version 4. Source: Alertmanager, "Configuration", <webhook_config>;
// notify/webhook.

import { type Field, isAbsent } from '../../config/decode.js';
import type { HttpClientConfig } from '../../config/http-client/config.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { goJson, goJsonText, type Writable, WrittenJson } from '../../go/json.js';
import { formatRfc3339 } from '../../go/time-layout.js';
import { UTC } from '../../go/time-zone.js';
import { Secret, type SecretSource } from '../../model/secret.js';
import type { Millis } from '../../model/time.js';
import type { Global } from '../config/definition.js';
import { readHttpConfig } from '../config/http-config.js';
import { newerKeys } from '../config/newer-keys.js';
import { readUrlSecret } from '../config/secret.js';
import type { TemplateDecoder } from '../config/template-decoder.js';
import type { Notification, NotifiedAlert } from '../pipeline/notification.js';
import { commonAnnotations, commonLabels, receiverOf, statusOf, visibleEnd } from '../templates/data.js';
import { originOf } from './destination.js';
import { reveal } from './http/reveal.js';
import { WebhookClient } from './http/webhook-client.js';
import { MessageRenderer } from './message.js';
import type { Receiver, ReceiverContext, ReceiverKind } from './receiver.js';

const INTEGRATION = 'webhook';
const KEYS = ['http_config', 'url', 'url_file', 'max_alerts', 'timeout'] as const;

interface WebhookOptions {
  readonly http: HttpClientConfig;
  /** May be a template. */
  readonly url: SecretSource;
  /** 0: all of them. */
  readonly maxAlerts: number;
  /** 0: none but the pipeline's. */
  readonly timeout: Millis;
}

export const webhook: ReceiverKind<WebhookOptions> = {
  integration: INTEGRATION,
  key: 'webhook_configs',
  sendsResolved: true,
  read,
  open,
  destination: ({ url }) => originOf(url),
};

function read(decoder: TemplateDecoder, node: Field, global: Global): WebhookOptions {
  const fields = decoder.fields(node, 'config.plain', KEYS, newerKeys('webhook_configs'));
  const url = readUrl(decoder, fields);
  if (isAbsent(fields.url) && isAbsent(fields.url_file) && node)
    decoder.addMistake(node, 'one of url or url_file must be configured');
  const maxAlerts = decoder.integer(fields.max_alerts);
  if (maxAlerts < 0 && fields.max_alerts)
    decoder.addMistake(fields.max_alerts, `cannot unmarshal !!int \`${maxAlerts}\` into uint64`);
  return {
    http: readHttpConfig(decoder, fields.http_config, global.http),
    url: url ?? new Secret(''),
    maxAlerts,
    timeout: decoder.duration(fields.timeout) ?? 0,
  };
}

/** A URL with a template in it is one only when it is filled in. */
function readUrl(decoder: TemplateDecoder, { url, url_file }: { url?: YamlNode; url_file?: YamlNode }) {
  const isTemplate = !isAbsent(url) && url.kind === 'scalar' && url.text.includes('{{');
  decoder.markSecret(url);
  if (isTemplate) decoder.secretTemplate(url);
  if (isTemplate && isAbsent(url_file)) return new Secret(url.text);
  return readUrlSecret(decoder, { inline: url, file: url_file, names: 'url & url_file' });
}

function open(options: WebhookOptions, context: ReceiverContext): Receiver {
  const { onAnswer } = context;
  const client = new WebhookClient({
    integration: INTEGRATION,
    http: options.http,
    timeout: options.timeout,
    onAnswer,
  });
  return {
    async deliver(notification, signal) {
      const url = new MessageRenderer(INTEGRATION, notification, context).address(
        'url',
        reveal(INTEGRATION, options.url),
      );
      await client.post({ url, body: webhookBody(notification, options.maxAlerts) }, signal);
    },
    close: () => client.close(),
  };
}

/** Ends with a line feed, as Alertmanager's. @param maxAlerts 0: all of them */
export function webhookBody(notification: Notification, maxAlerts = 0): string {
  const { alerts, groupKey, groupLabels, externalUrl } = notification;
  const included = maxAlerts > 0 ? alerts.slice(0, maxAlerts) : alerts;
  const message: Record<string, Writable> = {
    receiver: receiverOf(notification),
    status: statusOf(included),
    alerts: alertsJson(included),
    groupLabels: groupLabels.toJSON(),
    commonLabels: Object.fromEntries(commonLabels(included)),
    commonAnnotations: sorted(commonAnnotations(included)),
    externalURL: externalUrl,
    version: '4',
    groupKey,
    truncatedAlerts: alerts.length - included.length,
  };
  return `${goJson(message)}\n`;
}

/** The same fields as a template's, written without a template's values: there may be thousands, many of one moment. */
function alertsJson(alerts: readonly NotifiedAlert[]): WrittenJson {
  const times = new Map<Millis, string>();
  const time = (at: Millis): string => {
    const known = times.get(at) ?? goJsonText(formatRfc3339(at, UTC));
    times.set(at, known);
    return known;
  };
  return new WrittenJson(`[${alerts.map(alert => alertJson(alert, time)).join(',')}]`);
}

function alertJson(alert: NotifiedAlert, time: (at: Millis) => string): string {
  const { labels, annotations, startsAt, generatorUrl, fingerprint, isResolved } = alert;
  const names = Object.keys(annotations).sort();
  const fields = [
    `"status":"${isResolved ? 'resolved' : 'firing'}"`,
    `"labels":${object(labels.names, i => labels.values[i] as string)}`,
    `"annotations":${object(names, i => annotations[names[i] as string] as string)}`,
    `"startsAt":${time(startsAt)}`,
    `"endsAt":${time(visibleEnd(alert))}`,
    `"generatorURL":${goJsonText(generatorUrl)}`,
    `"fingerprint":${goJsonText(fingerprint)}`,
  ];
  return `{${fields.join(',')}}`;
}

/** An object of strings. */
function object(names: readonly string[], value: (i: number) => string): string {
  let text = '';
  for (let i = 0; i < names.length; i++)
    text += `${i > 0 ? ',' : ''}${goJsonText(names[i] as string)}:${goJsonText(value(i))}`;
  return `{${text}}`;
}

function sorted(pairs: readonly (readonly [name: string, value: string])[]): Record<string, string> {
  return Object.fromEntries([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)));
}
