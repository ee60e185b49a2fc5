// The pool of a job: what its groups of targets come to. Source: Prometheus, scrape/scrape.go.

import { compileRelabel } from '../../relabel/relabel.js';
import type { ScrapeJob, TargetGroup } from '../config/definition.js';
import type { ScrapePool, ScrapeTarget } from '../target.js';
import { type PopulationContext, populateGroup } from './populate.js';

/** A pool, and what of its groups is not scraped. */
export interface DiscoveredPool {
  readonly pool: ScrapePool;
  /** Labels of dropped targets as discovered; at most as many as `keep_dropped_targets` says. */
  readonly dropped: readonly Readonly<Record<string, string>>[];
  /** How many were dropped in all. */
  readonly droppedCount: number;
  /** Why others are no targets. */
  readonly problems: readonly string[];
}

/** Makes pools of one job; what relabelling needs is made once. */
export class PoolBuilder {
  readonly #job: ScrapeJob;
  readonly #context: PopulationContext;

  constructor(job: ScrapeJob) {
    this.#job = job;
    this.#context = { ...job, relabel: compileRelabel(job.relabelConfigs) };
  }

  /** Of targets with the same labels and URL the first one counts. */
  build(groups: readonly TargetGroup[]): DiscoveredPool {
    const populated = groups.map(group => populateGroup(this.#context, group));
    const targets = new Map<string, ScrapeTarget>();
    for (const { key, target } of populated.flatMap(each => each.targets))
      if (!targets.has(key)) targets.set(key, target);
    const dropped = populated.flatMap(each => each.dropped);
    const { name, options, targetLimit: limit, keepDroppedTargets } = this.#job;
    const count = targets.size;
    const isOver = limit > 0 && count > limit;
    return {
      pool: {
        name,
        options,
        targets: [...targets.values()],
        ...(isOver && { problem: `target_limit exceeded (number of targets: ${count}, limit: ${limit})` }),
      },
      dropped: keepDroppedTargets > 0 ? dropped.slice(0, keepDroppedTargets) : dropped,
      droppedCount: dropped.length,
      problems: populated.flatMap(each => each.problems),
    };
  }
}
