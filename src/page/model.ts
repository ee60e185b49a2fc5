// What the page knows, as signals: filled by the server's state first and by live.ts from then on. Components read it
// from their context, so that each rendering on the server has one of its own.

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createContext, type FunctionComponent } from 'preact';
import { useContext } from 'preact/hooks';
import { parseView, printView, type View } from './address.js';
import { hiddenOf, withoutHidden } from './hidden.js';
import { openOf, withOpen } from './open.js';
import { type Place, parsePlace, rootOf } from './place.js';
import type { RefusedReload } from './reload.js';
import { type Group, groupServices } from './services.js';
import type {
  Alerts,
  Announcement,
  ClusterHealth,
  Incident,
  Maintenance,
  PageState,
  ServiceEntry,
} from './state.js';
import { type Summary, summarize } from './status.js';
import { clockAt, epoch, zoneName } from './words.js';
import { Zone } from './zone.js';

/** A bar's tick: what one minute, hour or day was like. */
export interface Tick {
  /** Milliseconds since the epoch: its end. */
  readonly at: number;
  /** The worst state of that time; undefined when nothing was checked. */
  readonly status: string | undefined;
  /** Share of the time the service was up; undefined when nothing was checked. */
  readonly up: number | undefined;
  /** Share of it that was planned maintenance, which {@link up} leaves out. */
  readonly planned: number;
  /** Seconds; the longest response time. */
  readonly slowest: number | undefined;
}

/** What a card shows of the past. Parts that have not been asked for yet are undefined. */
export interface History {
  readonly ticks?: readonly Tick[];
  /** Response times of the last hour in seconds, oldest first; NaN where nothing was measured. */
  readonly median?: readonly number[];
  readonly p95?: readonly number[];
  /** Share of 24 h, 7 d, 30 d; undefined where nothing is known. */
  readonly uptime?: readonly (number | undefined)[];
  /** Seconds: the mean response time of the last day. */
  readonly usual?: number | undefined;
}

/** A load balancer's backend. */
export interface Backend {
  readonly name: string;
  readonly status: string;
  readonly sessions: number;
  readonly queue: number;
  readonly servers: number;
}

export class Model {
  readonly about: Pick<PageState, 'title' | 'description' | 'readOnly' | 'version' | 'node'>;
  /** The monitor's. */
  readonly zone: Zone;
  /** Offers no action. */
  readonly isReadOnly: boolean;
  readonly health: Signal<ClusterHealth>;
  readonly alerts: Signal<Alerts>;
  readonly announcements: Signal<readonly Announcement[]>;
  readonly maintenance: Signal<readonly Maintenance[]>;
  /** Ids of services that are checked but not shown. */
  hidden: ReadonlySet<string> = new Set();
  /** Which view is shown; the browser's address follows it. */
  readonly place: Signal<Place>;
  /** What draws it; undefined for the overview. Changes together with {@link place}. */
  readonly component: Signal<FunctionComponent | undefined>;
  /** What stands before relative links. */
  readonly root: ReadonlySignal<string>;
  /** What the overview's address says. */
  readonly view: ReadonlySignal<View>;
  /** The monitor's clock, in milliseconds since the epoch. */
  readonly now: Signal<number>;
  /** The monitor does not answer any more. */
  readonly isAway = signal(false);
  /** It is away because it does not know the reader any more. */
  readonly isRefused = signal(false);
  /** Names the page's scripts and settings; empty where it is not known. */
  readonly build: string;
  /** The monitor serves another page by now. */
  readonly isOutdated = signal(false);
  /** Things a reload would lose. */
  readonly unsaved = signal(0);
  /** Times are the reader's; before the page is alive they are the monitor's, which is all the server knows. */
  readonly isReader = signal(false);
  readonly incidents = signal<readonly Incident[] | undefined>(undefined);
  readonly backends = signal<readonly Backend[]>([]);
  /** Limits by metric, as the alert rules have them, between 0 and 1. */
  readonly limits = signal<Readonly<Record<string, number>>>({});
  /** The last reload of the configuration, when it was refused. */
  readonly refusedReload = signal<RefusedReload | undefined>(undefined);
  /** Why there is no history; empty while there is. */
  readonly historyProblem = signal('');
  /** A pointer or the focus is in the list: nothing there may move meanwhile. */
  readonly isHeld = signal(false);
  readonly summary: ReadonlySignal<Summary>;
  readonly groups: ReadonlySignal<readonly Group[]>;
  /** The newest check of any service, in milliseconds since the epoch. */
  readonly checkedAt: ReadonlySignal<number | undefined>;
  /** Services' names by id; the same map as long as no name changes. */
  readonly names: ReadonlySignal<ReadonlyMap<string, string>>;
  /** Why alerts of a service are not sent, by its id. */
  readonly #muted: ReadonlySignal<ReadonlyMap<string, string>>;
  readonly #histories = new Map<string, Signal<History>>();
  #order: readonly string[] = [];
  #names: ReadonlyMap<string, string> = new Map();

  constructor(state: PageState, component?: FunctionComponent) {
    const { title, description, readOnly, version, node } = state;
    this.about = { title, description, readOnly, version, node };
    const now = epoch(state.health.timestamp, state.utcOffset);
    this.zone = new Zone(state.offsets ?? [[0, state.utcOffset]]);
    this.build = state.build ?? '';
    this.announcements = signal(state.announcements);
    this.maintenance = signal(state.maintenance);
    this.isReadOnly = readOnly === true;
    this.health = signal(state.health);
    this.alerts = signal(state.alerts);
    this.place = signal(parsePlace(state.path, state.query) ?? { view: 'overview', query: '' });
    this.component = signal(component);
    this.root = computed(() => rootOf(this.place.value));
    this.view = computed(() => parseView(this.place.value.query));
    this.now = signal(Number.isFinite(now) ? now : 0);
    this.summary = computed(() => summarize(this.health.value, this.alerts.value));
    this.groups = computed(() => this.#group());
    this.names = computed(() => this.#named());
    this.#muted = computed(
      () =>
        new Map(
          (this.health.value.muted ?? [])
            .map(({ service, muted_by }) => [service, muted_by.join('; ')] as const)
            // Of several the first is shown.
            .reverse(),
        ),
    );
    this.checkedAt = computed(() => {
      const checks = Object.values(this.health.value.services).map(({ health }) => health.last_check ?? '');
      return this.epoch(checks.reduce((newest, check) => (check > newest ? check : newest), ''));
    });
  }

  /** Changes what the overview's address says. */
  show(part: Partial<View>): void {
    this.setQuery(printView({ ...this.view.peek(), ...part }));
  }

  /** Changes the query of the current view; its details stay open. @param query empty, or with `?` */
  setQuery(query: string): void {
    const place = this.place.peek();
    this.place.value = { ...place, query: withOpen(query, openOf(place.query)) };
  }

  /** A service by its id, which comes from outside and may be the name of anything. */
  service(id: string): ServiceEntry | undefined {
    const { services } = this.health.value;
    return Object.hasOwn(services, id) ? services[id] : undefined;
  }

  /** A service's name by its id; undefined where there is no such service. */
  name(id: string): string | undefined {
    return this.names.value.get(id);
  }

  /** Why a service's alerts are not sent; undefined where none is kept back. */
  mutedBy(id: string): string | undefined {
    return this.#muted.value.get(id);
  }

  /** A service's past, filled when its card is seen. */
  history(id: string): Signal<History> {
    const known = this.#histories.get(id);
    if (known) return known;
    const made = signal<History>({});
    this.#histories.set(id, made);
    return made;
  }

  /** The monitor's local time, or one that ends in `Z`, in milliseconds since the epoch. */
  epoch(local: string | undefined): number | undefined {
    if (!local) return undefined;
    // The APIs of Prometheus and Alertmanager say their zone.
    if (local.endsWith('Z')) return Date.parse(local);
    const at = this.zone.epoch(local, this.now.peek());
    return Number.isFinite(at) ? at : undefined;
  }

  /** A moment as shown (`14:02`, with the date when it is another day) and as its tooltip has it. */
  print(at: number): { readonly short: string; readonly full: string } {
    const { date, time } = this.#clock(at);
    const today = this.#clock(this.now.peek()).date;
    const there = this.zone.clockAt(at);
    return {
      short: date === today ? time.slice(0, 5) : `${date} ${time.slice(0, 5)}`,
      full: `${there.date} ${there.time} ${zoneName(this.zone.offsetAt(at))} on the monitor`,
    };
  }

  /** The day of a moment: `Today`, `Yesterday`, `2024-01-15`. */
  day(at: number): string {
    const today = this.#clock(this.now.peek()).date;
    const { date } = this.#clock(at);
    if (date === today) return 'Today';
    // Not 24 hours ago: a day may have 25.
    const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
    return date === yesterday ? 'Yesterday' : date;
  }

  /** A moment's time of day, whatever the day: `14:02:33`. */
  time(at: number): string {
    return this.#clock(at).time;
  }

  /** Whether two of the monitor's local times are of one day of the reader's. */
  isSameDay(a: string, b: string): boolean {
    return this.#clock(this.epoch(a) ?? 0).date === this.#clock(this.epoch(b) ?? 0).date;
  }

  #clock(at: number) {
    return this.isReader.value ? clockAt(at, -new Date(at).getTimezoneOffset()) : this.zone.clockAt(at);
  }

  /** Takes what the monitor says now; entries that did not change stay the same objects. */
  update(full: ClusterHealth): void {
    this.hidden = hiddenOf(full);
    const health = withoutHidden(full);
    const old = this.health.peek().services;
    const services = { ...health.services };
    for (const [id, entry] of Object.entries(services)) {
      const known = Object.hasOwn(old, id) ? old[id] : undefined;
      if (known !== undefined && isSame(known, entry)) services[id] = known;
    }
    batch(() => {
      this.health.value = { ...health, services };
      this.now.value = this.epoch(health.timestamp) ?? this.now.peek();
    });
  }

  #named(): ReadonlyMap<string, string> {
    const entries = Object.entries(this.health.value.services);
    const isSame =
      entries.length === this.#names.size && entries.every(([id, { name }]) => this.#names.get(id) === name);
    if (!isSame) this.#names = new Map(entries.map(([id, { name }]) => [id, name]));
    return this.#names;
  }

  #group(): readonly Group[] {
    const { services } = this.health.value;
    const order = this.isHeld.value ? this.#order : [];
    const groups = groupServices(services, this.view.value, order);
    this.#order = groups.flatMap(({ entries }) => entries.map(([id]) => id));
    return groups;
  }
}

/** Whether two values of JSON say the same. As text a thousand services would take a part of every frame. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(name => Object.hasOwn(b, name) && isSame(a[name as never], b[name as never]))
  );
}

const ModelContext = createContext<Model | undefined>(undefined);

export const ModelProvider = ModelContext.Provider;

/** The model of the page a component stands in. */
export function useModel(): Model {
  const model = useContext(ModelContext);
  if (!model) throw new Error('a component stands outside of a page');
  return model;
}
