// What the page is drawn from: the monitor's public JSON, as any script gets it, and the monitor's version and node.

import type { ClusterHealth, MutedAlert, ServiceEntry, ServiceHealth } from '../client/answers.js';
import { alertsWithout, hiddenOf, withoutHidden } from './hidden.js';
import type { Offset } from './zone.js';

export type { ClusterHealth, MutedAlert, ServiceEntry, ServiceHealth };

/** A service's status in the words of the JSON endpoints. */
export type Status = ServiceHealth['status'];

/** An entry of `details` in `/alerts?detail=true`. */
export interface AlertDetail {
  readonly severity: string;
  /** A service's id, or whatever the alert is about. */
  readonly service: string;
  readonly message: string;
  /** When it began; the monitor's local time. */
  readonly timestamp: string;
  readonly alertname: string;
  readonly id?: string | undefined;
  readonly runbook_url?: string | undefined;
  readonly muted_by?: readonly string[] | undefined;
  readonly dashboard_url?: string | undefined;
  /** As in /api/v2/alerts. */
  readonly fingerprint?: string | undefined;
  readonly escalation?: string | undefined;
  readonly action_taken?: string | undefined;
  /** The last notifications about it, oldest first. */
  readonly told?: readonly SentNotification[] | undefined;
  /** Notifications to come, the earliest first. */
  readonly next?: readonly NextNotification[] | undefined;
  /** Why there are none. */
  readonly nothing_follows?: string | undefined;
}

/** A notification that was sent. */
interface SentNotification {
  readonly at: string;
  readonly receiver: string;
  readonly integration: string;
  readonly status: 'firing' | 'resolved';
  readonly outcome: 'sent' | 'failed';
  readonly error?: string | undefined;
  readonly escalation?: string | undefined;
}

/** A notification to come. */
export interface NextNotification {
  readonly receiver: string;
  readonly integration: string;
  /** Absent while what keeps it back has no known end. */
  readonly at?: string | undefined;
  readonly what: 'notification' | 'repeat' | 'escalation' | 'resolved';
  readonly unless?: string | undefined;
  readonly escalation?: string | undefined;
  readonly held_by?: readonly { readonly text: string; readonly until?: string | undefined }[] | undefined;
  readonly retry?: { readonly attempts: number; readonly error: string } | undefined;
}

/** `/alerts?detail=true` */
export interface Alerts {
  readonly details: readonly AlertDetail[];
  readonly muted: readonly MutedAlert[];
}

/** An entry of `/alert_history`. */
export interface Incident {
  readonly id: string;
  readonly severity: string;
  readonly service: string;
  readonly alertname: string;
  readonly message: string;
  readonly starts_at: string;
  /** Absent where the alert is not about a service being down or slow. */
  readonly first_failed_at?: string | undefined;
  /** When the rule's condition became true. */
  readonly active_at?: string | undefined;
  readonly ends_at?: string | undefined;
  /** How far it rose: level2, level3. */
  readonly escalation?: string | undefined;
  readonly action_taken: string;
  readonly runbook_url?: string | undefined;
  readonly muted_by?: readonly string[] | undefined;
  readonly notifications: readonly Notification[];
  readonly actions: readonly { readonly at: string; readonly action: string; readonly result: string }[];
  readonly silenced_by: readonly {
    readonly at: string;
    readonly id: string;
    readonly created_by: string;
    readonly comment: string;
  }[];
}

/** A message to a receiver; times are the monitor's local time. */
interface Notification {
  readonly at: string;
  readonly receiver: string;
  readonly integration: string;
  readonly status: 'firing' | 'resolved';
  /** Why it failed. */
  readonly error?: string | undefined;
  readonly escalation?: string | undefined;
}

/** An entry of `/announcements`; times are the monitor's local time. */
export interface Announcement {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly severity: string;
  readonly state: 'active' | 'planned' | 'ended';
  readonly starts_at?: string | undefined;
  readonly ends_at?: string | undefined;
  /** It stands in monitor.yml. */
  readonly configured: boolean;
}

/** An entry of `/maintenance`; times are the monitor's local time. */
export interface Maintenance {
  readonly id: string;
  readonly state: 'active' | 'planned';
  readonly starts_at: string;
  readonly ends_at: string;
  /** Ids; absent where no service is named. */
  readonly services?: readonly string[] | undefined;
  /** Absent on a page for the public. */
  readonly comment?: string | undefined;
}

/** What the server draws the first page from and hands to the browser with it. */
export interface PageState {
  readonly title: string;
  readonly description?: string | undefined;
  /** It is for the public: no action is offered, and only the public endpoints are asked. */
  readonly readOnly: boolean;
  readonly version: string;
  /** What the configuration calls the monitoring node. */
  readonly node: string;
  /** Names the page's scripts and settings; the monitor says which it serves in an answer's header `page-build`. */
  readonly build?: string | undefined;
  /** The monitor's local time minus UTC, in minutes, when the page was drawn. */
  readonly utcOffset: number;
  /** The same before and after changes of the clock; where they are absent it is the same at all times. */
  readonly offsets?: readonly [Offset, ...Offset[]] | undefined;
  /** Where the page is below the monitor's address, as {@link parsePlace} reads it: empty, `ui/incidents`. */
  readonly path: string;
  /** The page's query string, with or without `?`. */
  readonly query: string;
  readonly health: ClusterHealth;
  readonly alerts: Alerts;
  readonly announcements: readonly Announcement[];
  readonly maintenance: readonly Maintenance[];
}

/** The parts of a body the page shows; a body can be 64 KiB long. */
const SHOWN = ['models', 'model', 'version'];

/** The same state without the parts of bodies that are not shown. */
export function slim(state: PageState): PageState {
  const hidden = hiddenOf(state.health);
  const health = withoutHidden(state.health);
  const services = Object.entries(health.services).map(([id, entry]) => [id, slimEntry(entry)]);
  const alerts = alertsWithout(state.alerts, hidden);
  return { ...state, alerts, health: { ...health, services: Object.fromEntries(services) } };
}

function slimEntry(entry: ServiceEntry): ServiceEntry {
  const { data, ...health } = entry.health;
  if (typeof data !== 'object' || data === null) return { ...entry, health: health as ServiceHealth };
  const shown = Object.entries(data).filter(([key]) => SHOWN.includes(key));
  return { ...entry, health: { ...health, data: Object.fromEntries(shown) } as ServiceHealth };
}
