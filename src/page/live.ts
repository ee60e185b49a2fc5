// Keeps the page alive: the monitor's events in, the model's signals out. Notices within five seconds that the monitor
// does not answer, and that it is back.

import { batch } from '@preact/signals';
import { checkMonitor, endpoint, getJson } from './api.js';
import { alertsWithout } from './hidden.js';
import type { Histories } from './history.js';
import type { Model } from './model.js';
import { noticeBuild } from './newer.js';
import { Pace } from './pace.js';
import { refusedReload } from './reload.js';
import { backends, limits } from './resources.js';
import type { Alerts, Announcement, ClusterHealth, Incident, Maintenance } from './state.js';

/** Milliseconds between two checks that the monitor answers. */
const CHECK_EVERY = 2000;
/** Milliseconds after which each part is loaded again. */
const AGES = {
  health: 15_000,
  alerts: 30_000,
  incidents: 60_000,
  backends: 15_000,
  limits: 600_000,
  news: 30_000,
  reload: 15_000,
};
/** Milliseconds between two attempts to get events where the browser has given up. */
const REOPEN = 5000;
const INCIDENTS = 5;

export class Live {
  readonly #model: Model;
  readonly #histories: Histories;
  /** When each part was loaded last, by performance.now(). */
  readonly #loadedAt = new Map<keyof typeof AGES, number>();
  #events: EventSource | undefined;
  #openedAt = Number.NEGATIVE_INFINITY;
  /** The monitor's clock minus performance.now(). */
  #offset: number;
  /** Alerts as the last event had them. */
  #alerts: string;
  /** Data of the last event. */
  #lastEvent = '';
  readonly #updates = new Pace(() => this.#apply(JSON.parse(this.#lastEvent) as ClusterHealth));
  readonly #refreshes = new Pace(() => this.#alertsChanged());

  constructor(model: Model, histories: Histories) {
    this.#model = model;
    this.#histories = histories;
    this.#offset = model.now.peek() - performance.now();
    this.#alerts = alertsOf(model.health.peek());
  }

  /** Goes on as long as the page is there. */
  start(): void {
    this.#loadedAt.set('health', performance.now()).set('alerts', performance.now());
    this.#open();
    setInterval(() => {
      this.#model.now.value = performance.now() + this.#offset;
    }, 1000);
    document.addEventListener('visibilitychange', () => void this.#round());
    const again = () => setTimeout(() => void this.#round().finally(again), CHECK_EVERY);
    void this.#round().finally(again);
  }

  async #round(): Promise<void> {
    if (document.hidden) return;
    const answer = (await checkMonitor()) ?? (await checkMonitor());
    const isRefused = answer?.isRefused === true;
    const wasAway = this.#model.isAway.peek();
    batch(() => {
      this.#model.isAway.value = answer === undefined || isRefused;
      this.#model.isRefused.value = isRefused;
    });
    if (answer === undefined || isRefused) return;
    noticeBuild(this.#model, answer.build);
    if (wasAway) this.#loadedAt.clear();
    if (this.#events?.readyState !== EventSource.OPEN) this.#open();
    // A part that cannot be had stays as it is; the others go on.
    void this.#refresh().catch(() => undefined);
  }

  async #refresh(): Promise<void> {
    const model = this.#model;
    await this.#every('health', async () => this.#apply(await getJson<ClusterHealth>('cluster_health')));
    await this.#every('alerts', async () => {
      model.alerts.value = alertsWithout(await getJson<Alerts>('alerts?detail=true'), model.hidden);
    });
    await this.#every('incidents', async () => {
      const answer = await getJson<{ alert_history: Incident[] }>(`alert_history?limit=${INCIDENTS}`);
      model.incidents.value = answer.alert_history.filter(({ service }) => !model.hidden.has(service));
    });
    await this.#every('news', async () => {
      const { announcements } = await getJson<{ announcements: Announcement[] }>('announcements');
      const { maintenance } = await getJson<{ maintenance: Maintenance[] }>('maintenance');
      batch(() => {
        model.announcements.value = announcements;
        model.maintenance.value = maintenance;
      });
    });
    await this.#histories.refresh();
    // What the services stand on is not for the public.
    if (model.about.readOnly) return;
    await this.#every('backends', async () => {
      model.backends.value = await backends();
    });
    await this.#every('reload', async () => {
      model.refusedReload.value = await refusedReload();
    });
    await this.#every('limits', async () => {
      model.limits.value = await limits();
    });
  }

  async #every(part: keyof typeof AGES, load: () => Promise<void>): Promise<void> {
    const now = performance.now();
    if (now - (this.#loadedAt.get(part) ?? Number.NEGATIVE_INFINITY) < AGES[part]) return;
    this.#loadedAt.set(part, now);
    await load().catch(() => undefined);
  }

  /** A stream the browser tries to get again by itself is left to it, unless that takes long. */
  #open(): void {
    const now = performance.now();
    if (now - this.#openedAt < REOPEN) return;
    this.#openedAt = now;
    this.#events?.close();
    this.#events = new EventSource(endpoint('events'));
    this.#events.addEventListener('health', event => {
      this.#lastEvent = event.data;
      this.#updates.request();
    });
  }

  #apply(health: ClusterHealth): void {
    this.#model.update(health);
    this.#offset = this.#model.now.peek() - performance.now();
    this.#loadedAt.set('health', performance.now());
    const alerts = alertsOf(health);
    if (alerts === this.#alerts) return;
    this.#alerts = alerts;
    this.#refreshes.request();
  }

  /** Alerts have changed. */
  #alertsChanged(): Promise<void> {
    this.#loadedAt.delete('alerts');
    this.#loadedAt.delete('incidents');
    return this.#refresh().catch(() => undefined);
  }
}

function alertsOf({ alerts, muted }: ClusterHealth): string {
  return JSON.stringify([alerts, muted]);
}
