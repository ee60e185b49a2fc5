// What a public page may know of the cluster: states and times of the services that are shown. No address, body, error
// text, receiver or node name is in it, because every field is made here of what may be said.

import type { AlertHistoryEntry } from '../../alerts/history.js';
import type { Reason, Status } from '../../model/result.js';
import type { OverallStatus, Service } from '../../model/service.js';
import { isoLocal, type Millis } from '../../model/time.js';
import { certificateDate } from '../certificate-date.js';
import type { ApiContext } from '../context.js';
import { humanizeDuration } from '../humanize.js';
import { incidentTimes } from '../incident-times.js';
import { plannedMaintenance } from '../page/maintenance.js';

type PublicContext = Pick<ApiContext, 'cluster' | 'health' | 'alerting' | 'clock'>;

/** Why a service is not healthy, without saying where it is. */
const REASON_TEXTS: Readonly<Record<Reason, string>> = {
  dns: 'Its name is not found',
  refused: 'It refuses connections',
  timeout: 'It does not answer in time',
  tls: 'Its certificate is not accepted',
  auth: 'It refuses the monitor',
  status: 'It answers with an error',
  body: 'Its answer is not as expected',
  protocol: 'Its answer is not as expected',
};
/** Share of the critical services that must not be down for a degraded cluster, as the shipped rules have it. */
const DEGRADED = 0.7;

/** The services that are shown. */
export function visibleServices({ cluster }: Pick<ApiContext, 'cluster'>): Service[] {
  return cluster.services.filter(({ isHidden }) => !isHidden);
}

/** `/cluster_health` for the public. */
export function publicHealth(known: PublicContext) {
  const { cluster, health, clock } = known;
  const now = clock.now();
  const services = visibleServices(known);
  return {
    timestamp: isoLocal(now),
    overall_status: overallOf(known),
    services: Object.fromEntries(services.map(service => [service.id, publicService(service, known)])),
    cluster_stats: {
      local_node: {},
      total_services: services.length,
      monitoring_uptime: health.uptime(clock.elapsed()),
    },
    alerts: publicAlerts(known).map(({ severity, service, message }) => {
      const name = cluster.service(service)?.name ?? service;
      return `${severity.toUpperCase()}: ${name}: ${message}`;
    }),
    rules: cluster.rulesProblem && 'The rules cannot be asked; what is shown is the last known state',
  };
}

function publicService({ id, name, critical, group }: Service, { cluster }: PublicContext) {
  const result = cluster.result(id);
  if (!result)
    return { name, critical, group, health: { status: 'unknown' as Status, error: 'Not checked yet' } };
  const { status, reason, responseTime, at, since } = result;
  const health = {
    status,
    response_time: Math.round(responseTime * 1e6) / 1e6,
    error: status === 'healthy' ? undefined : textOf(status, reason),
    last_check: isoLocal(at),
    since: isoLocal(since),
  };
  const until = cluster.maintenance(id)?.until;
  const maintenance = until === undefined ? undefined : { until: isoLocal(until), comment: '' };
  return { name, critical, group, maintenance, health };
}

function textOf(status: Status, reason: Reason | undefined): string {
  if (reason !== undefined) return REASON_TEXTS[reason];
  return status === 'degraded' ? 'It is slow' : 'It is not as expected';
}

/** The rules' word, unless a service that is not shown has a part in it. */
function overallOf({ cluster }: PublicContext): OverallStatus {
  const { overall } = cluster.status;
  const isHiddenTrouble = cluster.services.some(
    ({ id, isHidden, critical }) => isHidden && critical && cluster.result(id)?.level !== 'up',
  );
  if (overall === 'healthy' || !isHiddenTrouble) return overall;
  const levels = visibleServices({ cluster })
    .filter(({ critical }) => critical)
    .map(({ id }) => cluster.result(id)?.level ?? 'unknown');
  if (levels.every(level => level === 'up')) return 'healthy';
  const down = levels.filter(level => level === 'down').length;
  return levels.length - down >= DEGRADED * levels.length ? 'degraded' : 'unhealthy';
}

/** The alerts of services that are shown, without those that are not sent. */
export function publicAlerts({ cluster, alerting, clock }: PublicContext) {
  const now = clock.now();
  return cluster.status.alerts.flatMap(({ identity, severity, service, name, startsAt, escalation }) => {
    if (!isShown(service, cluster)) return [];
    const episode = alerting.history.current(identity);
    if (episode && alerting.mutesOf(episode.fingerprint, now).length > 0) return [];
    return {
      severity,
      service,
      message: ruleWords(name),
      timestamp: isoLocal(startsAt),
      duration: humanizeDuration(now - startsAt),
      action_taken: '',
      alertname: name,
      escalation,
      id: episode?.id,
    };
  });
}

/** An entry of `/alert_history` for the public; undefined for one that is not about a service that is shown. */
export function publicIncident(episode: AlertHistoryEntry, { cluster }: PublicContext, now: Millis) {
  const { id, labels, startsAt, endsAt, escalation } = episode;
  const { severity = '', target = '', alertname = '' } = labels;
  if (!isShown(target, cluster)) return undefined;
  return {
    id,
    severity,
    service: target,
    alertname,
    message: ruleWords(alertname),
    timestamp: isoLocal(startsAt),
    starts_at: isoLocal(startsAt),
    ...incidentTimes(episode),
    ends_at: endsAt === undefined ? undefined : isoLocal(endsAt),
    duration: humanizeDuration((endsAt ?? now) - startsAt),
    escalation,
    action_taken: '',
    notifications: [],
    actions: [],
    silenced_by: [],
  };
}

/** Maintenance of services that are shown; its comment is for the operators. */
export function publicMaintenance(known: PublicContext) {
  return plannedMaintenance(known).flatMap(({ id, startsAt, endsAt, isActive, services }) => {
    const shown = services?.filter(each => isShown(each, known.cluster));
    if (shown?.length === 0) return [];
    return {
      id,
      state: isActive ? ('active' as const) : ('planned' as const),
      starts_at: isoLocal(startsAt),
      ends_at: isoLocal(endsAt),
      services: shown,
    };
  });
}

function isShown(id: string, cluster: PublicContext['cluster']): boolean {
  const service = cluster.service(id);
  return service !== undefined && !service.isHidden;
}

/**
 * `/services/ID` for the public: dependencies among services that are shown, and when its certificate ends without whose
 * it is. Undefined for a service that is not shown.
 */
export function publicDetails(id: string, known: Pick<ApiContext, 'cluster' | 'recent'>) {
  const { cluster, recent } = known;
  if (!isShown(id, cluster)) return undefined;
  const certificate = recent.certificateOf(id);
  return {
    id,
    depends_on: cluster.service(id)?.dependsOn.filter(each => isShown(each, cluster)) ?? [],
    dependents: visibleServices(known)
      .filter(each => each.dependsOn.includes(id))
      .map(each => each.id),
    certificate: certificate && { expires: certificateDate(certificate.expires) },
    answers: [],
  };
}

/** A rule's name as words: `ServiceDown` is `Service down`. Its text may name addresses. */
export function ruleWords(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
