// Since when something is known of each service: what the rules find before that is about the time before the start.
// Comes in: results; goes out: whether a moment is late enough.

import type { Service } from '../model/service.js';
import type { Millis } from '../model/time.js';

/** When each service was first believed to be up, slow or down since the start. */
export class FirstChecks {
  readonly #knownAt = new Map<string, Millis>();
  /** What each service depends on. */
  #services: ReadonlyMap<string, readonly string[]> = new Map();

  /** Which services there are; those that stay keep what is known. */
  setServices(services: readonly Pick<Service, 'id' | 'dependsOn'>[]): void {
    this.#services = new Map(services.map(({ id, dependsOn }) => [id, dependsOn]));
    for (const id of this.#knownAt.keys()) if (!this.#services.has(id)) this.#knownAt.delete(id);
  }

  /** Something is believed of a service now. @param at wall clock */
  checked(id: string, at: Millis): void {
    if (this.#services.has(id) && !this.#knownAt.has(id)) this.#knownAt.set(id, at);
  }

  /** Whether a service, and what its alerts are muted by, was known before a moment; undefined when it is not watched. */
  isKnown(id: string, before: Millis): boolean | undefined {
    const dependsOn = this.#services.get(id);
    return dependsOn && [id, ...dependsOn].every(each => this.#wasKnown(each, before));
  }

  /** Whether all of them were. */
  areAllKnown(before: Millis): boolean {
    for (const id of this.#services.keys()) if (!this.#wasKnown(id, before)) return false;
    return true;
  }

  #wasKnown(id: string, before: Millis): boolean {
    return (this.#knownAt.get(id) ?? Number.POSITIVE_INFINITY) < before;
  }
}
