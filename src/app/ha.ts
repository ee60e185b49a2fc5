// Several monitors with one configuration: peers are asked what they see, and one of all sends notifications. Comes in: the section
// `ha`; goes out: metrics for the rules, what peers are answered, and who sends.

import { randomUUID } from 'node:crypto';
import type { Registry } from 'prom-client';
import type { Sharing } from '../alertmanager/pipeline/sharing.js';
import type { Alerting } from '../alerts/alerting.js';
import type { ClusterState } from '../cluster/state.js';
import { Lease } from '../ha/lease.js';
import { Peers } from '../ha/peers.js';
import type { HaSettings, Identity, ReplicaAnswer } from '../ha/settings.js';
import type { SharedKind } from '../ha/shared-states.js';
import { haStatus, type ReplicaStatus } from '../ha/status.js';
import type { Exposition } from '../metrics/exposition.js';
import { HaMetrics, type ServiceViews } from '../metrics/ha.js';
import type { Clock, Millis } from '../model/time.js';
import type { Logger } from './log.js';

/** A service that a peer sees down and this monitor up is checked at once, but no more often than this. */
const RECHECK_INTERVAL: Millis = 10_000;

interface HighAvailabilityOptions {
  readonly registry: Registry;
  readonly cluster: ClusterState;
  readonly exposition: Pick<Exposition, 'markChanged'>;
  readonly alerting: () => Pick<Alerting, 'notificationLog' | 'takeOver'>;
  /** What users make at one of the monitors, and all are to have. */
  readonly kinds: () => readonly SharedKind[];
  /** Evaluates the rules. */
  readonly evaluate: () => Promise<void>;
  /** Checks services at once. */
  readonly check: (ids: readonly string[]) => void;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The caller must close it. */
export class HighAvailability {
  readonly #options: HighAvailabilityOptions;
  readonly #metrics: HaMetrics;
  readonly #id = randomUUID();
  readonly #recheckedAt = new Map<string, Millis>();
  #settings: HaSettings | undefined;
  #peers: Peers | undefined;
  #lease: Lease | undefined;
  #seen = '';

  constructor(options: HighAvailabilityOptions) {
    this.#options = options;
    this.#metrics = new HaMetrics(options.registry);
  }

  /** Who sends; undefined where every monitor does. */
  get sharing(): Sharing | undefined {
    return this.#lease;
  }

  /** What a peer is answered; undefined without peers of its own. */
  get answer(): ReplicaAnswer | undefined {
    const self = this.#self;
    return self && { ...self, lease: this.#lease?.state ?? 'none', services: this.#ownViews() };
  }

  /** What /health says; undefined for one monitor alone. */
  get status(): ReplicaStatus | undefined {
    return this.#settings && haStatus(this.#settings.replica, this.#peers?.states ?? [], this.#lease);
  }

  /** What this monitor sees of a service has changed; to be called before the rules are evaluated. */
  levelChanged(): void {
    if (this.#settings) this.#show();
  }

  /** A user has made or changed what all monitors are to have. */
  share(): void {
    void this.#lease?.share();
  }

  /** Applies the section; undefined: one monitor alone. */
  async configure(settings: HaSettings | undefined): Promise<void> {
    const { clock, log, alerting, kinds } = this.#options;
    const before = this.#settings;
    const logTo = (level: 'info' | 'warn', message: string, fields: Record<string, unknown>) =>
      log[level](fields, message);
    this.#peers?.close();
    const isSame = settings?.lease?.key === before?.lease?.key && settings?.replica === before?.replica;
    await this.#lease?.close({ keep: isSame && settings?.lease !== undefined });
    this.#lease = undefined;
    this.#peers = undefined;
    this.#settings = settings;
    const self = this.#self;
    if (settings && self) {
      const onAnswer = () => this.#onAnswer();
      this.#peers = new Peers({ peers: settings.peers, self, clock, onAnswer, log: logTo });
      this.#lease =
        settings.lease &&
        new Lease({
          settings: settings.lease,
          self,
          clock,
          log: alerting().notificationLog,
          kinds: kinds(),
          isHeldByPeer: () => this.#peers?.isLeaseHeld === true,
          events: {
            onChange: () => this.#show(),
            onSending: () => alerting().takeOver(),
            onTakeover: () => this.#metrics.tookOver(),
            log: logTo,
          },
        });
    }
    this.#show();
  }

  /** To be called when nothing is sent any more: another monitor takes over at once. */
  async close(): Promise<void> {
    this.#peers?.close();
    await this.#lease?.close({ keep: false });
  }

  get #self(): Identity | undefined {
    const settings = this.#settings;
    return settings && { replica: settings.replica, id: this.#id, version: this.#options.version };
  }

  #ownViews(): ReplicaAnswer['services'] {
    const { cluster } = this.#options;
    const views = cluster.services.flatMap(({ id }): [string, boolean][] => {
      const level = cluster.result(id)?.level ?? 'unknown';
      return level === 'unknown' ? [] : [[id, level !== 'down']];
    });
    return Object.fromEntries(views);
  }

  #onAnswer(): void {
    const own = this.#ownViews();
    const answers = (this.#peers?.states ?? []).flatMap(({ answer }) => answer ?? []);
    const now = this.#options.clock.elapsed();
    const doubted = Object.keys(own).filter(
      id =>
        own[id] &&
        answers.some(({ services }) => services[id] === false) &&
        now - (this.#recheckedAt.get(id) ?? Number.NEGATIVE_INFINITY) >= RECHECK_INTERVAL,
    );
    for (const id of doubted) this.#recheckedAt.set(id, now);
    if (doubted.length > 0) this.#options.check(doubted);
    this.#show();
  }

  /** What every monitor sees, this one first. Services that this one does not have are left out. */
  #views(): ServiceViews[] {
    if (!this.#settings || this.#settings.peers.length === 0) return [];
    const { cluster } = this.#options;
    const peers = (this.#peers?.states ?? []).flatMap(({ answer, isConflict }) =>
      answer && !isConflict ? [answer] : [],
    );
    return [{ replica: this.#settings.replica, services: this.#ownViews() }, ...peers].map(
      ({ replica, services }) => ({
        replica,
        services: Object.fromEntries(Object.entries(services).filter(([id]) => cluster.has(id))),
      }),
    );
  }

  #show(): void {
    const { clock, exposition, evaluate } = this.#options;
    const peers = this.#peers?.states ?? [];
    const lease = this.#lease;
    const figures = this.#settings && {
      peers,
      views: this.#views(),
      isConflict: peers.some(({ isConflict }) => isConflict) || lease?.isConflict === true,
      lease: lease && {
        isHeld: lease.state === 'held',
        isUp: lease.problem === undefined,
        renewed: lease.renewed,
      },
    };
    this.#metrics.update(figures, clock.now());
    const seen = JSON.stringify([figures?.views.slice(1), figures?.isConflict]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    exposition.markChanged();
    void evaluate();
  }
}
