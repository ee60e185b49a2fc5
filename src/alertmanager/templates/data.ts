// What a notification's template is filled with. Source: Alertmanager, template/template.go, "Notification template
// reference".

import { asList, asText } from '../../go/arguments.js';
import { GoTime } from '../../go/time.js';
import { ZERO_TIME } from '../../go/time-layout.js';
import { NamedList, NamedMap, Struct, TaggedStruct, type Value } from '../../go/value.js';
import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { Notification, NotifiedAlert } from '../pipeline/notification.js';

const ALERT_NAME = 'alertname';

/** A template's dot; as JSON it is the body of a webhook. */
export function templateData(notification: Notification): TaggedStruct {
  const { alerts, groupLabels, externalUrl } = notification;
  return new TaggedStruct('*template.Data', [
    ['Receiver', 'receiver', receiverOf(notification)],
    ['Status', 'status', statusOf(alerts)],
    ['Alerts', 'alerts', alertList(alerts)],
    ['GroupLabels', 'groupLabels', pairsOf(groupLabels)],
    ['CommonLabels', 'commonLabels', keyValues(commonLabels(alerts))],
    ['CommonAnnotations', 'commonAnnotations', keyValues(commonAnnotations(alerts))],
    ['ExternalURL', 'externalURL', externalUrl],
  ]);
}

/** `firing` while one of them is. */
export function statusOf(alerts: readonly NotifiedAlert[]): 'firing' | 'resolved' {
  return alerts.every(alert => alert.isResolved) ? 'resolved' : 'firing';
}

/** The receiver's name as Alertmanager shows it: through Go's regexp.QuoteMeta. */
export function receiverOf({ receiver }: Notification): string {
  return receiver.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

function alertList(alerts: readonly NotifiedAlert[]): NamedList {
  const all = alerts.map(alertStruct);
  const only = (resolved: boolean) => all.filter((_, i) => alerts[i]?.isResolved === resolved);
  return new NamedList('template.Alerts', all, { Firing: () => only(false), Resolved: () => only(true) });
}

function alertStruct(alert: NotifiedAlert): TaggedStruct {
  return new TaggedStruct('template.Alert', [
    ['Status', 'status', alert.isResolved ? 'resolved' : 'firing'],
    ['Labels', 'labels', pairsOf(alert.labels)],
    ['Annotations', 'annotations', keyValues(Object.entries(alert.annotations))],
    ['StartsAt', 'startsAt', new GoTime(alert.startsAt)],
    ['EndsAt', 'endsAt', new GoTime(visibleEnd(alert))],
    ['GeneratorURL', 'generatorURL', alert.generatorUrl],
    ['Fingerprint', 'fingerprint', alert.fingerprint],
  ]);
}

/** An end in the future is not shown. */
export function visibleEnd({ isResolved, endsAt }: NotifiedAlert): Millis {
  return isResolved ? endsAt : ZERO_TIME;
}

function pairsOf(labels: Labels): NamedMap {
  return keyValues([...labels.pairs()]);
}

type Pair = readonly [name: string, value: string];

/** Labels all alerts have alike. */
export function commonLabels(alerts: readonly NotifiedAlert[]): readonly Pair[] {
  const [first, ...others] = alerts;
  return shared([...(first?.labels.pairs() ?? [])], others, ({ labels }, name) => labels.get(name));
}

/** Annotations all alerts have alike. */
export function commonAnnotations(alerts: readonly NotifiedAlert[]): readonly Pair[] {
  const [first, ...others] = alerts;
  return shared(Object.entries(first?.annotations ?? {}), others, ({ annotations }, name) =>
    Object.hasOwn(annotations, name) ? annotations[name] : undefined,
  );
}

/** Those of the first alert's pairs that the others have, too. */
function shared(
  first: readonly Pair[],
  others: readonly NotifiedAlert[],
  find: (alert: NotifiedAlert, name: string) => string | undefined,
): readonly Pair[] {
  let left = first;
  for (const alert of others) {
    if (left.length === 0) break;
    if (left.some(([name, value]) => find(alert, name) !== value))
      left = left.filter(([name, value]) => find(alert, name) === value);
  }
  return left;
}

/** Alertmanager's KV. */
function keyValues(pairs: readonly Pair[]): NamedMap {
  const sorted = () => [...pairs].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const names = () => sorted().map(([name]) => name);
  const values = () => sorted().map(([, value]) => value);
  const text = () =>
    sorted()
      .map(([name, value]) => `${name}=${value}`)
      .join(', ');
  return new NamedMap(
    'template.KV',
    pairs,
    () => ({
      SortedPairs: () => pairList(sorted()),
      Names: names,
      Values: values,
      Remove: removed => without(pairs, removed),
      String: text,
    }),
    text,
  );
}

/** The alert's name comes first, then the rest in order. */
function rank(name: string): number {
  return name === ALERT_NAME ? 0 : 1;
}

function without(pairs: readonly Pair[], removed: Value): NamedMap {
  const names = new Set(asList(removed).map(asText));
  return keyValues(pairs.filter(([name]) => !names.has(name)));
}

/** Alertmanager's Pairs. */
function pairList(pairs: readonly Pair[]): NamedList {
  const text = () => pairs.map(([name, value]) => `${name}=${value}`).join(', ');
  return new NamedList(
    'template.Pairs',
    pairs.map(([Name, Value]) => new Struct('template.Pair', { Name, Value })),
    {
      Names: () => pairs.map(([name]) => name),
      Values: () => pairs.map(([, value]) => value),
      String: text,
    },
    text,
  );
}
