// What is true of the cluster right now. Comes in: check results, the node's own figures and the rules' verdict; goes
// out: the latest of each.

import type { Maintenance } from '../model/maintenance.js';
import type { CheckResult, Level } from '../model/result.js';
import type { Service } from '../model/service.js';
import type { Millis } from '../model/time.js';
import { UNDECIDED, type Verdict } from './status.js';

/** The monitoring node's own figures, as the host probe gives them; percentages from 0 to 100, sizes in bytes. */
export interface NodeFacts {
  readonly cpu_percent?: number;
  readonly memory?: { readonly total: number; readonly available: number; readonly percent: number };
  readonly disk?: { readonly total: number; readonly free: number; readonly percent: number };
}

interface Place {
  service: Service;
  /** What is believed of it. */
  level: Level;
  /** The last result that was not healthy: what an alert tells while recovery waits to be confirmed. */
  trouble: CheckResult | undefined;
  result: CheckResult | undefined;
}

/** Why the verdict is not of this moment. */
export interface VerdictProblem {
  readonly reason: string;
  /** Wall clock of the last verdict; undefined before the first. */
  readonly since: Millis | undefined;
}

/** A service's confirmed level has changed. */
export interface LevelChange {
  readonly service: Service;
  readonly from: Level;
  readonly to: Level;
  readonly result: CheckResult;
}

/** The latest of every service. */
export class Board {
  readonly #places = new Map<string, Place>();
  #node: NodeFacts = {};
  #maintenance: ReadonlyMap<string, Maintenance> = new Map();
  #verdict: Verdict = UNDECIDED;
  #verdictAt: Millis | undefined;
  #verdictProblem: string | undefined;
  /** Nothing has been seen since {@link loseSight}. */
  #isBlind = false;
  #version = 0;
  readonly #watchers = new Set<() => void>();
  #lastCheck: Millis | undefined;

  /** Changes with everything the board shows. */
  get version(): number {
    return this.#version;
  }

  /** Calls a function after every change, until the returned one is called. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => void this.#watchers.delete(onChange);
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  /** What keeps the rules from being asked; undefined while the verdict is theirs. */
  get verdictProblem(): VerdictProblem | undefined {
    const reason = this.#verdictProblem;
    return reason === undefined ? undefined : { reason, since: this.#verdictAt };
  }

  /** The rules have spoken. @param at wall clock */
  setVerdict(verdict: Verdict, at: Millis): void {
    // It may be about what was seen before the sight was lost.
    this.#verdict = this.#isBlind ? withoutSight(verdict) : verdict;
    this.#verdictAt = at;
    this.#verdictProblem = undefined;
    this.#changed();
  }

  /** The rules could not be asked; the last verdict stays. */
  loseVerdict(reason: string): void {
    this.#verdictProblem = reason;
    this.#changed();
  }

  /** The maintenance a service is in. */
  maintenance(id: string): Maintenance | undefined {
    return this.#maintenance.get(id);
  }

  /** Which services are in maintenance, by id. */
  setMaintenance(maintenance: ReadonlyMap<string, Maintenance>): void {
    this.#maintenance = maintenance;
    this.#changed();
  }

  get node(): NodeFacts {
    return this.#node;
  }

  /** When the latest result came, wall clock. */
  get lastCheck(): Millis | undefined {
    return this.#lastCheck;
  }

  get services(): Service[] {
    return [...this.#places.values()].map(place => place.service);
  }

  service(id: string): Service | undefined {
    return this.#places.get(id)?.service;
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  result(id: string): CheckResult | undefined {
    return this.#places.get(id)?.result;
  }

  /** Why a service is not believed to be well; undefined while it is, or nobody knows. */
  trouble(id: string): CheckResult | undefined {
    const place = this.#places.get(id);
    return place && (place.level === 'down' || place.level === 'slow') ? place.trouble : undefined;
  }

  /** Which services there are, in the order they are shown in. Who stays keeps what is known. */
  setServices(services: readonly Service[]): void {
    const before = new Map(this.#places);
    this.#places.clear();
    for (const service of services) {
      const known = before.get(service.id);
      const place = known?.service.kind === service.kind ? known : nowhere(service);
      place.service = service;
      this.#places.set(service.id, place);
    }
    this.#changed();
  }

  /** Takes a service's result in; tells of a change of its level. A service that is gone is not heard. */
  update(result: CheckResult): LevelChange | undefined {
    const place = this.#places.get(result.target);
    if (!place) return undefined;
    const from = place.level;
    place.result = result;
    place.level = result.level;
    if (result.error !== undefined && !(from === 'slow' && isAsSlow(place.trouble, result)))
      place.trouble = result;
    this.#lastCheck = result.at;
    this.#isBlind = false;
    this.#changed();
    return result.level === from ? undefined : { service: place.service, from, to: result.level, result };
  }

  /** Nothing is known of anybody any more: what is not being seen is not called healthy. */
  loseSight(): void {
    for (const [id, { service }] of this.#places) this.#places.set(id, nowhere(service));
    this.#isBlind = true;
    this.#verdict = withoutSight(this.#verdict);
    this.#changed();
  }

  setNode(facts: NodeFacts): void {
    this.#node = facts;
    this.#changed();
  }

  /** Something that is shown with the board has changed. */
  touch(): void {
    this.#changed();
  }

  #changed(): void {
    this.#version++;
    for (const tell of this.#watchers) tell();
  }
}

function withoutSight(verdict: Verdict): Verdict {
  return verdict.overall === 'healthy' ? { ...verdict, overall: 'degraded' } : verdict;
}

/**
 * Whether a service is slow in the same words but for how slow: the text of an alert must not change with every check.
 */
function isAsSlow(before: CheckResult | undefined, now: CheckResult): boolean {
  const words = ({ error = '' }: CheckResult) => error.replace(/^Slow: [^,]*/, '');
  return before?.status === 'degraded' && now.status === 'degraded' && words(before) === words(now);
}

function nowhere(service: Service): Place {
  return { service, level: 'unknown', trouble: undefined, result: undefined };
}
