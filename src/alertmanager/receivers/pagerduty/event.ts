// A notification as an event of PagerDuty's Events API v2, its fields in Alertmanager's order.
// Source: PagerDuty, "Send an Alert Event"; Alertmanager, notify/pagerduty.

import { createHash } from 'node:crypto';
import { goJson, type Writable } from '../../../go/json.js';
import type { Notification } from '../../pipeline/notification.js';
import { statusOf } from '../../templates/data.js';
import type { MessageRenderer, PlainMessage } from '../message.js';
import { cutRunes } from '../truncate.js';
import type { Detail, PagerdutyOptions } from './options.js';

/** Bytes PagerDuty takes. */
const MAX_EVENT = 512_000;
const MAX_SUMMARY = 1024;
const TOO_LONG = {
  error: 'Custom details have been removed because the original event exceeds the maximum size of 512KB',
};

interface Event {
  readonly routing_key: string;
  readonly dedup_key: string;
  readonly event_action: 'trigger' | 'resolve';
  readonly payload: { readonly [field: string]: Writable };
  readonly client?: string | undefined;
  readonly client_url?: string | undefined;
  readonly images?: readonly Writable[] | undefined;
  readonly links?: readonly Writable[] | undefined;
}

/** What every event of a group has, so that its end finds its beginning. */
function identity(notification: Notification, routingKey: string) {
  return {
    routing_key: routingKey,
    dedup_key: createHash('sha256').update(notification.groupKey).digest('hex'),
    event_action: statusOf(notification.alerts) === 'firing' ? 'trigger' : 'resolve',
  } as const;
}

/** The event as the templates make it. @throws TemplateError */
export function pagerdutyEvent(
  options: PagerdutyOptions,
  notification: Notification,
  routingKey: string,
  renderer: MessageRenderer,
): Event {
  const text = (template: string) => renderer.text(template);
  const details = [...options.details].map(([name, value]) => [name, detailOf(value, text)] as const);
  const images = options.images.map(({ src, alt, href }) => ({
    src: text(src),
    alt: text(alt),
    href: text(href),
  }));
  const links = options.links.map(each => ({ href: text(each.href), text: text(each.text) }));
  return {
    ...identity(notification, routingKey),
    payload: {
      summary: cutRunes(text(options.description), MAX_SUMMARY),
      source: text(options.source),
      severity: text(options.severity),
      class: text(options.class) || undefined,
      component: text(options.component) || undefined,
      group: text(options.group) || undefined,
      custom_details: Object.fromEntries(details.sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    client: text(options.client) || undefined,
    client_url: text(options.clientUrl) || undefined,
    images: some(images.filter(({ src }) => src !== '')),
    links: some(links.filter(({ href }) => href !== '')),
  };
}

/** The event when a template failed. */
export function plainEvent(
  notification: Notification,
  routingKey: string,
  { title, text }: PlainMessage,
): Event {
  return {
    ...identity(notification, routingKey),
    payload: {
      summary: cutRunes(title, MAX_SUMMARY),
      source: 'LangGraph Monitor',
      severity: 'error',
      custom_details: { message: text },
    },
  };
}

/** As JSON, without its details where it would be too large. */
export function eventBody(event: Event): string {
  const whole = `${goJson(event as unknown as Writable)}\n`;
  if (Buffer.byteLength(whole) <= MAX_EVENT) return whole;
  const { images, links, ...rest } = event;
  const payload = { ...event.payload, custom_details: TOO_LONG };
  const short = `${goJson({ ...event, payload } as unknown as Writable)}\n`;
  if (Buffer.byteLength(short) <= MAX_EVENT) return short;
  return `${goJson({ ...rest, payload } as unknown as Writable)}\n`;
}

function detailOf(detail: Detail, text: (template: string) => string): Writable {
  if (typeof detail === 'string') return text(detail);
  if (Array.isArray(detail)) return detail.map(each => detailOf(each as Detail, text));
  const pairs = Object.entries(detail).map(([name, value]) => [text(name), detailOf(value, text)]);
  return Object.fromEntries(pairs);
}

function some<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length > 0 ? items : undefined;
}
