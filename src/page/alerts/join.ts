// Alerts as one list out of what several endpoints say of them: /alerts?detail=true (what is sent about each), the groups
// of /api/v2 (labels, receivers and grouping) and /api/v1/rules (values, expressions, alerts that are pending). Pure.

import type { ApiAlert } from '../silences/api-alert.js';
import type { AlertDetail, Alerts } from '../state.js';
import { severityRank } from '../status.js';

/** A group of /api/v2/alerts/groups. */
export interface ApiGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly receiver: { readonly name: string };
  readonly alerts: readonly ApiAlert[];
}

/** A rule of /api/v1/rules. */
export interface ApiRule {
  readonly name: string;
  readonly query: string;
  /** Seconds. */
  readonly duration: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError?: string | undefined;
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly state: string;
    readonly activeAt: string;
    readonly value: string;
  }[];
}

type AlertState = 'firing' | 'muted' | 'pending';

export interface ShownAlert {
  /** Of all alerts in the list only this one has it. */
  readonly key: string;
  readonly state: AlertState;
  readonly alertname: string;
  readonly severity: string;
  /** A service's id, or what it is about; empty where that is not known. */
  readonly service: string;
  readonly message: string;
  /** When it began; see Model.epoch. Undefined where that is not known. */
  readonly since: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly fingerprint: string | undefined;
  /** Why it is not sent. */
  readonly mutedBy: readonly string[];
  readonly runbook: string | undefined;
  readonly value: string | undefined;
  readonly rule: ApiRule | undefined;
  /** When its rule's expression became true, RFC 3339; `for` before it began. Undefined where that is not known. */
  readonly activeAt: string | undefined;
  /** How far it rises next and when, the earliest first, as long as its escalation rules are pending. */
  readonly escalations: readonly Escalation[];
  /** What /alerts says of it. */
  readonly detail: AlertDetail | undefined;
}

interface Escalation {
  /** `level2` */
  readonly level: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What is known; parts that could not be had are empty. */
interface Sources {
  readonly alerts: Alerts;
  readonly groups: readonly ApiGroup[];
  readonly rules: readonly ApiRule[];
}

/** What the rules say, found by what is known of an alert. Lists of a thousand are searched once, not for each of them. */
interface Evaluated {
  readonly rule: ApiRule;
  readonly alert: ApiRule['alerts'][number];
}
interface RuleIndex {
  /** The first rule of each name. */
  readonly byName: ReadonlyMap<string, ApiRule>;
  /** By an alert's labels, see {@link keyOf}. */
  readonly byLabels: ReadonlyMap<string, Evaluated>;
  /** Firing ones by rule, what they are about and message: of alerts whose labels are not known. */
  readonly byText: ReadonlyMap<string, Evaluated>;
  /** Copies of an alert that are pending, by {@link identityOf} it; the earliest first. */
  readonly escalations: ReadonlyMap<string, readonly Escalation[]>;
}

function indexOf(rules: readonly ApiRule[]): RuleIndex {
  const byName = new Map<string, ApiRule>();
  const byLabels = new Map<string, Evaluated>();
  const byText = new Map<string, Evaluated>();
  const escalations = new Map<string, Escalation[]>();
  for (const rule of rules) {
    const isFirst = !byName.has(rule.name);
    if (isFirst) byName.set(rule.name, rule);
    for (const alert of rule.alerts) {
      const { labels, annotations, state } = alert;
      byLabels.set(keyOf(labels), { rule, alert });
      const text = textOf(rule.name, labels.target ?? '', messageOf(annotations));
      if (isFirst && state === 'firing' && !byText.has(text)) byText.set(text, { rule, alert });
      if (state === 'pending' && labels.escalation) {
        const at = Date.parse(alert.activeAt) + rule.duration * 1000;
        append(escalations, identityOf(labels), { level: labels.escalation, at });
      }
    }
  }
  for (const each of escalations.values()) each.sort((a, b) => a.at - b.at);
  return { byName, byLabels, byText, escalations };
}

/** All alerts: the worst first, the oldest first among equals. */
export function joinAlerts({ alerts, groups, rules }: Sources): ShownAlert[] {
  const details = new Map(alerts.details.map(each => [each.fingerprint, each]));
  const known = new Map<string, ApiAlert>();
  const intervals = new Map<string, (readonly string[])[]>();
  for (const alert of groups.flatMap(group => group.alerts)) {
    known.set(alert.fingerprint, alert);
    append(intervals, alert.fingerprint, alert.status.mutedBy ?? []);
  }
  const index = indexOf(rules);
  const sent = [...known.values()].map(alert => {
    const detail = details.get(alert.fingerprint);
    const mutedBy = detail?.muted_by ?? reasonsOf(alert, intervals.get(alert.fingerprint) ?? []);
    return ofApi(alert, detail, mutedBy, index);
  });
  const others = alerts.details.filter(({ fingerprint }) => !known.has(fingerprint ?? ''));
  const all = [...sent, ...others.map(each => ofDetail(each, index))];
  const listed = new Set(all.map(({ service, message }) => textOf('', service, message)));
  const left = alerts.muted.filter(({ service, message }) => !listed.has(textOf('', service, message)));
  return [...all, ...left.map(ofMuted), ...pendingOf(rules)].sort(
    (a, b) =>
      severityRank(a.severity) - severityRank(b.severity) ||
      compare(a.since ?? '', b.since ?? '') ||
      compare(a.key, b.key),
  );
}

function ofApi(
  { fingerprint, labels, annotations, startsAt }: ApiAlert,
  detail: AlertDetail | undefined,
  mutedBy: readonly string[],
  { byName, byLabels, escalations }: RuleIndex,
): ShownAlert {
  const evaluated = byLabels.get(keyOf(labels));
  return {
    key: fingerprint,
    state: mutedBy.length > 0 ? 'muted' : 'firing',
    alertname: labels.alertname ?? '',
    severity: labels.severity ?? '',
    service: detail?.service ?? labels.target ?? '',
    message: detail?.message ?? messageOf(annotations),
    since: startsAt,
    labels,
    fingerprint,
    mutedBy,
    runbook: annotations.runbook_url,
    value: evaluated?.alert.value,
    rule: evaluated?.rule ?? byName.get(labels.alertname ?? ''),
    activeAt: evaluated?.alert.activeAt,
    escalations: escalations.get(identityOf(labels)) ?? [],
    detail,
  };
}

/** Why an alert is not sent, as far as Alertmanager's API says it. @param intervals for each of its receivers */
function reasonsOf({ status }: ApiAlert, intervals: readonly (readonly string[])[]): string[] {
  const silences = status.silencedBy.map(id => `silence ${id}`);
  const others = status.inhibitedBy.map(by => `alert ${by}`);
  // One receiver that gets it is enough for it to be sent.
  const muting = intervals.every(each => each.length > 0) ? intervals.flat() : [];
  return [...silences, ...others, ...[...new Set(muting)].map(name => `time interval ${name}`)];
}

function ofDetail(detail: AlertDetail, { byName, byText, escalations }: RuleIndex): ShownAlert {
  const { alertname, severity, service, message, timestamp, muted_by: mutedBy = [] } = detail;
  // Where alerts are sent elsewhere only the rules have their labels.
  const evaluated = byText.get(textOf(alertname, service, message))?.alert;
  return {
    key: `detail ${alertname} ${service} ${message}`,
    state: mutedBy.length > 0 ? 'muted' : 'firing',
    alertname,
    severity,
    service,
    message,
    since: timestamp,
    labels: evaluated?.labels ?? {},
    fingerprint: detail.fingerprint,
    mutedBy,
    runbook: detail.runbook_url,
    value: evaluated?.value,
    rule: byName.get(alertname),
    activeAt: evaluated?.activeAt,
    escalations: (evaluated && escalations.get(identityOf(evaluated.labels))) ?? [],
    detail,
  };
}

/** Alerts the rules leave out, because of what a service depends on. */
function ofMuted(muted: Alerts['muted'][number]): ShownAlert {
  const { service, severity, message, muted_by: mutedBy } = muted;
  return {
    key: `muted ${service} ${message}`,
    state: 'muted',
    alertname: '',
    severity,
    service,
    message,
    since: undefined,
    labels: {},
    fingerprint: undefined,
    mutedBy,
    runbook: undefined,
    value: undefined,
    rule: undefined,
    activeAt: undefined,
    escalations: [],
    detail: undefined,
  };
}

/** Alerts whose time has not run out yet. Those that escalate another are what comes next of that one. */
function pendingOf(rules: readonly ApiRule[]): ShownAlert[] {
  return rules.flatMap(rule =>
    rule.alerts
      .filter(({ state, labels }) => state === 'pending' && labels.escalation === undefined)
      .map(({ labels, annotations, activeAt, value }) => ({
        key: `pending ${keyOf(labels)}`,
        state: 'pending' as const,
        alertname: labels.alertname ?? rule.name,
        severity: labels.severity ?? '',
        service: labels.target ?? '',
        message: messageOf(annotations),
        since: activeAt,
        labels,
        fingerprint: undefined,
        mutedBy: [],
        runbook: annotations.runbook_url,
        value,
        rule,
        activeAt,
        escalations: [],
        detail: undefined,
      })),
  );
}

/** Equal for an alert and its escalated copies, for nothing else. */
function identityOf({ escalation, escalates, alertstate, ...labels }: ShownAlert['labels']): string {
  return keyOf({ ...labels, alertname: escalates || labels.alertname || '' });
}

/** Milliseconds since the epoch at which a pending alert fires, unless it ends before. */
export function firesAt({ state, since, rule }: ShownAlert): number | undefined {
  if (state !== 'pending' || since === undefined || rule === undefined) return undefined;
  return Date.parse(since) + rule.duration * 1000;
}

function messageOf({ description, summary }: Readonly<Record<string, string>>): string {
  return description ?? summary ?? '';
}

/** Of alerts with the same rule, subject and message it is the same. */
function textOf(...parts: [rule: string, about: string, message: string]): string {
  return JSON.stringify(parts);
}

function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => compare(a, b)));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
