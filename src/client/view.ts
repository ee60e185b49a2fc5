// The cluster's health in memory. Comes in: events from follow.ts; goes out: the last state and how old it is. Made by
// LangGraphMonitoring.watch().

import type { ClusterHealth } from './answers.js';
import { type FollowOptions, follow, type Mode } from './follow.js';

/** How long {@link ClusterView.ready} waits by default, in milliseconds. */
const TIMEOUT = 10_000;

export interface ViewOptions extends FollowOptions {
  /** Older than this the state is no longer {@link ClusterView.current}; milliseconds. */
  readonly maxAge: number;
  /** The monitor answers, for the first time or again. */
  readonly onContact: () => void;
}

/** Keeps itself up to date until it is closed. It keeps no process alive: what is not closed ends with the program. */
export class ClusterView {
  readonly #maxAge: number;
  readonly #over = new AbortController();
  readonly #listeners = new Set<(health: ClusterHealth) => void>();
  #health: ClusterHealth | undefined;
  #gist = '';
  #heardAt = Number.NEGATIVE_INFINITY;
  #mode: Mode | 'closed' = 'connecting';

  /** @internal Use LangGraphMonitoring.watch(). */
  constructor({ maxAge, onContact, ...options }: ViewOptions) {
    this.#maxAge = maxAge;
    const follower = {
      onHealth: (health: ClusterHealth) => this.#update(health),
      onAlive: () => {
        this.#heardAt = performance.now();
      },
      onMode: (mode: Mode) => {
        this.#mode = mode;
      },
      onContact,
    };
    void follow(options, follower, this.#over.signal);
  }

  /** The last state that was heard of, however old; undefined before the first. */
  get health(): ClusterHealth | undefined {
    return this.#health;
  }

  /** Milliseconds since the monitor last said or confirmed it; Infinity before the first time. */
  get age(): number {
    return this.#health ? performance.now() - this.#heardAt : Number.POSITIVE_INFINITY;
  }

  /** The state while it is young enough to decide by. */
  get current(): ClusterHealth | undefined {
    return this.#mode !== 'closed' && this.age <= this.#maxAge ? this.#health : undefined;
  }

  /** Whether changes come at once (`streaming`) or are asked for (`polling`), or the monitor is away (`connecting`). */
  get mode(): Mode | 'closed' {
    return this.#mode;
  }

  /** Calls a function when status, alerts or a service's status have changed. @returns how to end that */
  onChange(listener: (health: ClusterHealth) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Waits for the first state, which does keep the process. @param timeout milliseconds, 10,000 unless said @returns
   * false when none came
   */
  ready(timeout: number = TIMEOUT): Promise<boolean> {
    if (this.#health || this.#over.signal.aborted) return Promise.resolve(this.#health !== undefined);
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        off();
        resolve(this.#health !== undefined);
      };
      const timer = setTimeout(done, timeout);
      const off = this.onChange(done);
      this.#over.signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Ends it; what it knew last can still be read. */
  close(): void {
    this.#mode = 'closed';
    this.#over.abort();
    this.#listeners.clear();
  }

  #update(health: ClusterHealth): void {
    this.#health = health;
    this.#heardAt = performance.now();
    const gist = digestOf(health);
    if (gist === this.#gist) return;
    this.#gist = gist;
    for (const listener of [...this.#listeners]) listener(health);
  }
}

/** What a change is a change of. */
function digestOf({ overall_status, alerts, services, rules }: ClusterHealth): string {
  const statuses = Object.entries(services).map(([id, { health }]) => [id, health.status]);
  return JSON.stringify([overall_status, alerts, statuses, rules]);
}
