// What is true of the cluster right now. Comes in: check results and the node's own figures; goes out: the latest
// of each and the verdict on all. Called by app.ts for every result; the doors read it.

import type { CheckResult, Level } from '../model/result.js';
import type { Service } from '../model/service.js';
import type { Millis } from '../model/time.js';
import { judge, type Known, type Verdict } from './judge.js';

/** The monitoring node's own figures, as the host probe gives them; percentages from 0 to 100, sizes in bytes. */
export interface NodeFacts {
  readonly cpu_percent?: number;
  readonly memory?: { readonly total: number; readonly available: number; readonly percent: number };
  readonly disk?: { readonly total: number; readonly free: number; readonly percent: number };
}

interface Place extends Known {
  service: Service;
  level: Level;
  levelSince: Millis;
  trouble: CheckResult | undefined;
  result: CheckResult | undefined;
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
  #verdict: Verdict = { overall: 'degraded', alerts: [] };
  #version = 0;
  #lastCheck: Millis | undefined;

  /** Changes with everything the board shows. */
  get version(): number {
    return this.#version;
  }

  get verdict(): Verdict {
    return this.#verdict;
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

  /** Which services there are, in the order they are shown in. Who stays keeps what is known. @param at wall clock */
  setServices(services: readonly Service[], at: Millis): void {
    const before = new Map(this.#places);
    this.#places.clear();
    for (const service of services) {
      const known = before.get(service.id);
      const place = known?.service.kind === service.kind ? known : nowhere(service, at);
      place.service = service;
      this.#places.set(service.id, place);
    }
    this.#rejudge();
  }

  /** Takes a service's result in; tells of a change of its level. A service that is gone is not heard. */
  update(result: CheckResult): LevelChange | undefined {
    const place = this.#places.get(result.target);
    if (!place) return undefined;
    const from = place.level;
    place.result = result;
    this.#version++;
    this.#lastCheck = result.at;
    const wasTrouble = place.trouble;
    if (result.error !== undefined) place.trouble = result;
    if (result.level !== from) {
      place.level = result.level;
      place.levelSince = result.at;
      this.#rejudge();
      return { service: place.service, from, to: result.level, result };
    }
    // The wording of an alert follows the trouble it tells of.
    if (
      from !== 'up' &&
      (wasTrouble?.error !== place.trouble?.error || wasTrouble?.status !== place.trouble?.status)
    ) {
      this.#rejudge();
    }
    return undefined;
  }

  /** Nothing is known of anybody any more: what is not being seen is not called healthy. */
  loseSight(at: Millis): void {
    for (const [id, { service }] of this.#places) this.#places.set(id, nowhere(service, at));
    this.#rejudge();
  }

  setNode(facts: NodeFacts): void {
    this.#node = facts;
    this.#version++;
  }

  #rejudge(): void {
    this.#version++;
    this.#verdict = judge(this.#places.values());
  }
}

function nowhere(service: Service, at: Millis): Place {
  return { service, level: 'unknown', levelSince: at, trouble: undefined, result: undefined };
}
