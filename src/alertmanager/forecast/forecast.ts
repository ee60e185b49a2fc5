// What happens next about an alert: which receivers get which notification when, and what keeps one back. Comes in: what
// the embedded Alertmanager knows at a moment, and alerts that are pending; goes out: notifications to come. What fires is
// taken to go on, silences and time intervals to end when they say.

import { alertIdentity, type PendingAlert } from '../../model/alert.js';
import { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import { findingsAbout, isAboutAlerts, isFinding } from '../../rules/concerns.js';
import { type AlertStore, isResolved, type StoredAlert } from '../alert-store.js';
import type { Route } from '../config/definition.js';
import type { AlertGroup, Instant } from '../dispatch/group.js';
import { groupKeyOf, groupLabelsOf, matchingRoutes } from '../dispatch/routes.js';
import { fingerprintOf } from '../fingerprint.js';
import { type Silence, type Silences, silenceState } from '../mute/silences.js';
import type { Integration } from '../pipeline/integration.js';
import { routeChangesAt, routeMutedBy } from '../pipeline/mute.js';
import { openAlerts } from '../pipeline/notification-log.js';
import type { Notifier } from '../pipeline/notifier.js';
import { type Member, nextNotifications } from './flushes.js';
import { type Hold, holdsAt } from './holds.js';

/** A notification to come. */
export interface NextNotification {
  readonly receiver: string;
  /** `slack`, `email`, ...; `log`. */
  readonly integration: string;
  /** Undefined: not before what keeps it back ends. */
  readonly at: Millis | undefined;
  /** The first one about the alert, another one about it, the first of its escalation, or its end. */
  readonly what: 'notification' | 'repeat' | 'escalation' | 'resolved';
  /** Of an escalated copy: how far the alert will have risen. */
  readonly escalation: string | undefined;
  /** What keeps it back when it would be due. */
  readonly heldBy: readonly Hold[];
  /** Attempts of this notification that failed so far. */
  readonly retry: { readonly attempts: number; readonly error: string } | undefined;
}

interface ForecastOptions {
  readonly notifier: Notifier;
  readonly alerts: AlertStore;
  readonly silences: Silences;
  readonly pending: readonly PendingAlert[];
  readonly now: Instant;
}

/** A group with the alerts that are in it and those that will come. */
interface GroupForecast {
  readonly key: string;
  readonly route: Route;
  readonly group: AlertGroup | undefined;
  readonly members: Map<string, Member>;
  readonly byIntegration: Map<string, ReadonlyMap<string, Millis>>;
  /** By integration: alerts it was notified of as firing and not yet as resolved. */
  readonly open: Map<string, ReadonlySet<string>>;
  /** When the group is sent next; undefined before it is asked for. */
  flush: Millis | undefined;
}

interface Muting {
  readonly silences: readonly Silence[];
  readonly inhibitedBy: string | undefined;
}

/** The forecast of one moment; to be thrown away with it. */
export class Forecast {
  readonly #options: ForecastOptions;
  readonly #plans = new Map<Route, Map<string, GroupForecast>>();
  /** An alert with its escalated copies, by identity. */
  readonly #alike = new Map<string, StoredAlert[]>();
  readonly #muting = new Map<string, Muting>();
  /** Alerts of rules that are about other alerts without being copies of them. */
  readonly #others: { readonly alert: StoredAlert; readonly pending: PendingAlert }[] = [];

  constructor(options: ForecastOptions) {
    this.#options = options;
    const { notifier, alerts, pending, now } = options;
    for (const group of notifier.groups) {
      const members = [...group.alerts].map(alert => ({ alert, from: now.at }));
      this.#plansOf(group.route).set(group.key, planOf(group.key, group.route, group, members));
    }
    for (const alert of alerts.all()) this.#note(alert);
    for (const each of pending) this.#expect(each);
  }

  /** What comes next about an alert and its escalations, the earliest first. */
  next(alert: StoredAlert): NextNotification[] {
    const { labels } = alert;
    const alike = this.#alike.get(alertIdentity(labels.toJSON())) ?? [alert];
    const others = isResolved(alert, this.#options.now.at) ? [] : this.#othersAbout(alert);
    return [...alike, ...others]
      .flatMap(each => this.#nextOf(each))
      .sort((a, b) => (a.at ?? Number.POSITIVE_INFINITY) - (b.at ?? Number.POSITIVE_INFINITY));
  }

  #note(alert: StoredAlert): void {
    const identity = alertIdentity(alert.labels.toJSON());
    const alike = this.#alike.get(identity);
    if (alike) alike.push(alert);
    else this.#alike.set(identity, [alert]);
  }

  /** An alert that is pending joins the groups it will come into. */
  #expect(pending: PendingAlert): void {
    const alert = alertOf(pending);
    const { labels, startsAt: from } = alert;
    for (const route of matchingRoutes(this.#options.notifier.config.route, labels)) {
      const plans = this.#plansOf(route);
      const key = groupKeyOf(route, groupLabelsOf(route, labels));
      const plan = plans.get(key) ?? planOf(key, route, undefined, []);
      plans.set(key, plan);
      // One that fires already is there as it is.
      if (!plan.members.has(alert.fingerprint)) plan.members.set(alert.fingerprint, { alert, from });
    }
    const isCopy = this.#alike.has(alertIdentity(pending.labels));
    if (isCopy) this.#note(alert);
    else if (isAboutAlerts(pending.expression)) this.#others.push({ alert, pending });
  }

  #othersAbout({ labels, startsAt }: StoredAlert): StoredAlert[] {
    const { at } = this.#options.now;
    const found = new Map<string, Labels[]>();
    return this.#others.flatMap(({ alert, pending: { expression, addedLabels } }) => {
      const findings = found.get(expression) ?? findingsAbout(expression, { labels, startsAt }, at);
      found.set(expression, findings);
      return findings.some(each => isFinding(each, alert.labels, addedLabels)) ? [alert] : [];
    });
  }

  #nextOf(alert: StoredAlert): NextNotification[] {
    const { notifier } = this.#options;
    return matchingRoutes(notifier.config.route, alert.labels).flatMap(route => {
      const plan = this.#plans.get(route)?.get(groupKeyOf(route, groupLabelsOf(route, alert.labels)));
      const member = plan?.members.get(alert.fingerprint);
      if (!plan || !member) return [];
      const integrations = notifier.integrationsOf(route.receiver);
      return integrations.flatMap(integration => this.#nextTo(integration, plan, member));
    });
  }

  #nextTo(integration: Integration, plan: GroupForecast, { alert, from }: Member): NextNotification[] {
    const { notifier, now } = this.#options;
    const { fingerprint, labels } = alert;
    const at = this.#moments(integration, plan).get(fingerprint);
    const isOver = isResolved(alert, now.at);
    const due = this.#due(integration, plan, from);
    const isHeld = !isOver && (at === undefined || at > due);
    const { silences, inhibitedBy } = this.#mutingOf(alert);
    const heldBy = isHeld ? holdsAt(silences, inhibitedBy, plan.route, due, this.#options) : [];
    if (alert.isUnconfirmed && at === undefined)
      heldBy.push({ reason: 'restart', text: 'not confirmed by its sender since the restart' });
    if (at === undefined && heldBy.length === 0) return [];
    const { escalation = '' } = labels.toJSON();
    const isKnown = this.#open(integration, plan).has(fingerprint);
    const first = from > now.at || escalation !== '' ? 'escalation' : 'notification';
    const progress = notifier.progress(integration, plan);
    const retry = at !== undefined && at <= due ? progress?.retry : undefined;
    return [
      {
        receiver: integration.receiverName,
        integration: integration.kind,
        at,
        what: isOver ? 'resolved' : isKnown ? 'repeat' : first,
        escalation: escalation || undefined,
        heldBy,
        retry: retry && { attempts: retry.attempts, error: retry.error },
      },
    ];
  }

  /** Silences of an alert now and later, and what inhibits it: that is taken to go on. */
  #mutingOf({ fingerprint, labels }: StoredAlert): Muting {
    const known = this.#muting.get(fingerprint);
    if (known) return known;
    const { notifier, silences, now } = this.#options;
    const inhibitedBy = notifier.inhibitedBy(labels, now.at);
    const muting = { silences: silences.ahead(labels, now.at), inhibitedBy };
    this.#muting.set(fingerprint, muting);
    return muting;
  }

  /** When the alerts of a group are next in a notification to an integration. */
  #moments(integration: Integration, plan: GroupForecast): ReadonlyMap<string, Millis> {
    const known = plan.byIntegration.get(integration.id);
    if (known) return known;
    const { notifier, now } = this.#options;
    const { route, members } = plan;
    const { config } = notifier;
    const routeMuted = new Map<Millis, boolean>();
    const isRouteMuted = (at: Millis) => {
      const isMuted = routeMuted.get(at) ?? routeMutedBy(route, config, at) !== undefined;
      routeMuted.set(at, isMuted);
      return isMuted;
    };
    const all = new Set([...members.values()].flatMap(({ alert }) => this.#mutingOf(alert).silences));
    const changes = [...all].flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]);
    const silenceChange = (at: Millis) => earliest(...changes.filter(change => change > at));
    const moments = nextNotifications({
      route,
      members: [...members.values()],
      sendResolved: integration.sendResolved,
      entry: notifier.logged(integration, plan),
      first: this.#first(integration, plan),
      flush: this.#flush(plan),
      now: now.at,
      isMuted: (alert, at) => {
        const { silences, inhibitedBy } = this.#mutingOf(alert);
        if (inhibitedBy !== undefined || isRouteMuted(at)) return true;
        return silences.some(silence => silenceState(silence, at) === 'active');
      },
      mutingChangesAt: at => earliest(silenceChange(at), routeChangesAt(route, config, at)),
    });
    plan.byIntegration.set(integration.id, moments);
    return moments;
  }

  /** When an alert would be in a notification if nothing kept it back and it were new. */
  #due(integration: Integration, plan: GroupForecast, from: Millis): Millis {
    const first = this.#first(integration, plan);
    if (first >= from) return first;
    const flush = this.#flush(plan);
    return (
      flush + Math.max(0, Math.ceil((from - flush) / plan.route.groupInterval)) * plan.route.groupInterval
    );
  }

  /** The next flush, or the next attempt of a notification under way; one being sent is sent now. */
  #first(integration: Integration, plan: GroupForecast): Millis {
    const { notifier, now } = this.#options;
    const progress = notifier.progress(integration, plan);
    if (!progress) return this.#flush(plan);
    const { retry, until } = progress;
    return retry ? this.#wall(Math.min(retry.nextAt, until)) : now.at;
  }

  #flush(plan: GroupForecast): Millis {
    const { group, route, members } = plan;
    // Each alert of a group asks, and the answer takes a look at all of them.
    plan.flush ??= group
      ? this.#wall(group.nextAt)
      : [...members.values()].reduce((first, { from }) => Math.min(first, from), Infinity) + route.groupWait;
    return plan.flush;
  }

  #open(integration: Integration, plan: GroupForecast): ReadonlySet<string> {
    const known = plan.open.get(integration.id);
    if (known) return known;
    const open = openAlerts(this.#options.notifier.logged(integration, plan));
    plan.open.set(integration.id, open);
    return open;
  }

  /** A monotonic moment by the wall clock. */
  #wall(elapsed: Millis): Millis {
    const { now } = this.#options;
    return now.at + Math.max(0, elapsed - now.elapsed);
  }

  #plansOf(route: Route): Map<string, GroupForecast> {
    const known = this.#plans.get(route);
    if (known) return known;
    const made = new Map<string, GroupForecast>();
    this.#plans.set(route, made);
    return made;
  }
}

function planOf(
  key: string,
  route: Route,
  group: AlertGroup | undefined,
  all: readonly Member[],
): GroupForecast {
  const members = new Map(all.map(member => [member.alert.fingerprint, member]));
  return { key, route, group, members, byIntegration: new Map(), open: new Map(), flush: undefined };
}

/** A pending alert as it will be when it fires. */
function alertOf({ labels, firesAt }: PendingAlert): StoredAlert {
  const all = Labels.of(labels);
  return {
    fingerprint: fingerprintOf(all),
    labels: all,
    annotations: {},
    startsAt: firesAt,
    endsAt: Number.POSITIVE_INFINITY,
    updatedAt: firesAt,
    generatorUrl: '',
    isEndGuessed: false,
    isUnconfirmed: false,
  };
}

function earliest(...moments: readonly (Millis | undefined)[]): Millis | undefined {
  const known = moments.filter(moment => moment !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
