// Which of the other monitors have made checks since the storage was asked last. Comes in: when there were samples of each, and
// the newest check that was read of each; goes out: what is to be asked for next.

import type { Labels } from '../model/labels.js';
import { monitorOf, type ShardNews } from './shard-queries.js';

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface SeenMonitor {
  readonly instance: string;
  /** The time of its newest samples. Seconds, as all here. */
  scrapedAt: number;
  /** Checks up to this moment, by the monitor's own clock, were read once all samples of their time were there. */
  after: number;
  /** The newest check that was read. */
  newest: number;
  /**
   * Samples of one time reach the storage in several requests: what was read when the first of them was seen is read once more
   * with the next question.
   */
  isRepeated: boolean;
}

/** A check's result takes a moment to become a metric: it may be in later samples than its time says. */
const LATENESS = 5;

/** What is to be asked for, and what it changes once it was answered. */
export interface ShardPlan {
  /** Undefined when nothing is new. */
  readonly news: ShardNews | undefined;
  /** Monitors that have no samples any more, as {@link monitorOf} names them. */
  readonly gone: readonly string[];
  /** To be called with the checks that were answered. */
  readonly done: (checked: readonly Sample[]) => void;
}

/** The other monitors as the storage knows them. */
export class ShardMonitors {
  #monitors = new Map<string, SeenMonitor>();

  /** @param samples of each monitor, whose values are their times */
  plan(samples: readonly Sample[]): ShardPlan {
    const monitors = new Map<string, SeenMonitor>();
    const asked = new Map<string, SeenMonitor>();
    for (const { labels, value: scrapedAt } of samples) {
      const id = monitorOf(labels);
      const before = this.#monitors.get(id);
      const instance = labels.get('instance') ?? '';
      const seen = before ?? { instance, scrapedAt: 0, after: 0, newest: 0, isRepeated: false };
      monitors.set(id, seen);
      const isNew = scrapedAt > seen.scrapedAt;
      if (isNew || seen.isRepeated) asked.set(id, afterAnswer(seen, scrapedAt, isNew));
    }
    const gone = [...this.#monitors.keys()].filter(id => !monitors.has(id));
    return {
      news: asked.size === 0 ? undefined : newsOf([...asked.values()]),
      gone,
      done: checked => {
        this.#monitors = new Map([...monitors, ...asked]);
        this.#noteNewest(asked, checked);
      },
    };
  }

  #noteNewest(asked: ReadonlyMap<string, SeenMonitor>, checked: readonly Sample[]): void {
    const newest = new Map<string, number>();
    for (const { labels, value } of checked) {
      const id = monitorOf(labels);
      newest.set(id, Math.max(value, newest.get(id) ?? 0));
    }
    // Without any check since then a clock was set back, or there is none: everything is asked for once more.
    for (const [id, monitor] of asked) {
      monitor.newest = newest.get(id) ?? 0;
      if (monitor.newest === 0) monitor.after = 0;
    }
  }
}

/** @param isNew there are samples that were not read yet */
function afterAnswer(seen: SeenMonitor, scrapedAt: number, isNew: boolean): SeenMonitor {
  if (!isNew) return { ...seen, isRepeated: false };
  // Where the samples before were not read for a second time, both are read now.
  const after = seen.isRepeated ? seen.after : Math.max(0, seen.newest - LATENESS);
  return { ...seen, scrapedAt, after, isRepeated: true };
}

function newsOf(asked: readonly SeenMonitor[]): ShardNews {
  const instances = [...new Set(asked.map(({ instance }) => instance))];
  return { instances: instances.sort(), after: Math.min(...asked.map(({ after }) => after)) };
}
