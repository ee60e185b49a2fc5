// What of the alerts is shown, in which groups; in the address of their view. Pure.

import type { ApiGroup, ShownAlert } from './join.js';

/** How alerts are grouped: as they are sent, by service, by rule, not at all. */
export type GroupBy = 'sent' | 'service' | 'rule' | 'none';
export const GROUP_NAMES: Readonly<Record<GroupBy, string>> = {
  sent: 'As sent',
  service: 'By service',
  rule: 'By rule',
  none: 'One list',
};

export interface AlertFilter {
  /** Text an alert's name, service, message or labels contain; empty for all. */
  readonly text: string;
  readonly severity: string;
  readonly by: GroupBy;
}

/** Reads a query string. What is not understood counts as not given. */
export function parseAlertFilter(query: string): AlertFilter {
  const given = new URLSearchParams(query);
  const by = given.get('group') ?? 'sent';
  return {
    text: given.get('q') ?? '',
    severity: given.get('severity') ?? '',
    by: Object.hasOwn(GROUP_NAMES, by) ? (by as GroupBy) : 'sent',
  };
}

/** The query string: empty when nothing is chosen, else with `?`. */
export function printAlertFilter({ text, severity, by }: AlertFilter): string {
  const query = new URLSearchParams();
  if (text !== '') query.set('q', text);
  if (severity !== '') query.set('severity', severity);
  if (by !== 'sent') query.set('group', by);
  const printed = query.toString();
  return printed === '' ? '' : `?${printed}`;
}

/** @param name the service's */
export function fits(alert: ShownAlert, { text, severity }: AlertFilter, name: string): boolean {
  if (severity !== '' && alert.severity !== severity) return false;
  const wanted = text.toLowerCase();
  const labels = Object.entries(alert.labels).map(([label, value]) => `${label}="${value}"`);
  return [alert.alertname, alert.service, name, alert.message, ...alert.mutedBy, ...labels].some(each =>
    each.toLowerCase().includes(wanted),
  );
}

export interface AlertGroup {
  readonly key: string;
  /** Empty where they are not grouped. */
  readonly name: string;
  /** What alerts of a group as it is sent have in common. */
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly ShownAlert[];
}

/** Alerts in their groups, in the order they come in. @param nameOf a service's name, of its id */
export function groupAlerts(
  alerts: readonly ShownAlert[],
  groups: readonly ApiGroup[],
  by: GroupBy,
  nameOf: (service: string) => string,
): AlertGroup[] {
  if (by === 'sent') return asSent(alerts, groups);
  const found = new Map<string, ShownAlert[]>();
  for (const alert of alerts) {
    const name = by === 'none' ? '' : by === 'rule' ? alert.alertname : nameOf(alert.service) || 'No service';
    const known = found.get(name);
    if (known) known.push(alert);
    else found.set(name, [alert]);
  }
  return [...found].map(([name, those]) => ({ key: name, name, labels: {}, alerts: those }));
}

/** The same as long as the group is there, whichever alerts it holds: what is open in it stays. @param used by other groups */
function keyOf(
  { labels, receivers }: { labels: ApiGroup['labels']; receivers: readonly string[] },
  used: Map<string, number>,
): string {
  const key = JSON.stringify([labels, receivers]);
  const before = used.get(key) ?? 0;
  used.set(key, before + 1);
  return before === 0 ? key : `${key} ${before}`;
}

/** Groups of several receivers that hold the same alerts are one. */
function asSent(alerts: readonly ShownAlert[], groups: readonly ApiGroup[]): AlertGroup[] {
  const found = new Map<string, { receivers: string[]; labels: ApiGroup['labels']; alerts: ShownAlert[] }>();
  const positions = new Map(alerts.map((each, i) => [each.fingerprint, i]));
  const left = new Set(alerts);
  for (const { receiver, labels, alerts: members } of groups) {
    const own = new Set(members.map(({ fingerprint }) => positions.get(fingerprint) ?? -1));
    own.delete(-1);
    const those = [...own].sort((a, b) => a - b).map(i => alerts[i] as ShownAlert);
    if (those.length === 0) continue;
    for (const each of those) left.delete(each);
    const key = JSON.stringify([labels, those.map(each => each.key)]);
    const known = found.get(key);
    if (known) known.receivers.push(receiver.name);
    else found.set(key, { receivers: [receiver.name], labels, alerts: those });
  }
  const keys = new Map<string, number>();
  const sent = [...found.values()].map(group => ({
    key: keyOf(group, keys),
    name: `To ${group.receivers.join(', ')}`,
    labels: group.labels,
    alerts: group.alerts,
  }));
  const first = (group: AlertGroup) => positions.get(group.alerts[0]?.fingerprint) ?? 0;
  sent.sort((a, b) => first(a) - first(b));
  if (left.size === 0) return sent;
  const name = sent.length === 0 ? '' : 'In no group';
  return [...sent, { key: 'left', name, labels: {}, alerts: [...left] }];
}
