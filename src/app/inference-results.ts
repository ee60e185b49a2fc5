// Hands on what models answered: to the metrics and the log. Comes in: results, and which models are asked; goes out: an
// evaluation of the rules where something has changed.

import type { ClusterState } from '../cluster/state.js';
import type { AskedModel, InferenceMetrics } from '../metrics/inference.js';
import type { InferenceResult } from '../model/inference.js';
import type { TargetConfig } from '../probes/config.js';
import { kinds } from '../probes/kinds/index.js';
import type { Logger } from './log.js';

interface InferenceResultsOptions {
  readonly cluster: Pick<ClusterState, 'has'>;
  readonly metrics: InferenceMetrics;
  /** Evaluates the rules. */
  readonly evaluate: () => Promise<void>;
  readonly log: Logger;
}

/** What is known of the services' models. */
export class InferenceResults {
  readonly #options: InferenceResultsOptions;
  /** Models that did not answer when they were asked last, by service. */
  readonly #failing = new Map<string, Set<string>>();
  /** Whether a model is asked, by service that is. */
  #asked: ReadonlyMap<string, (of: AskedModel) => boolean> = new Map();

  constructor(options: InferenceResultsOptions) {
    this.#options = options;
  }

  /** Which models of which services are asked from now on. What is known of others is forgotten. */
  configure(targets: readonly TargetConfig[]): void {
    const asked = new Map<string, (of: AskedModel) => boolean>();
    for (const { id, kind, options } of targets) {
      const models = kinds.find(each => each.kind === kind)?.asks?.(options) ?? [];
      if (models.length === 0) continue;
      const named = models.filter((each): each is AskedModel => each.model !== undefined);
      const isAsked = ({ test, model }: AskedModel) =>
        models.some(each => each.test === test && (each.model ?? model) === model);
      asked.set(id, isAsked);
      this.#options.metrics.setAsked(id, named, isAsked);
    }
    for (const id of this.#asked.keys()) if (!asked.has(id)) this.remove(id);
    this.#asked = asked;
  }

  /** Takes a result. One of a model that is not asked any more, which was under way when the configuration changed, is ignored. */
  add(result: InferenceResult): void {
    const { cluster, metrics, evaluate } = this.#options;
    if (!cluster.has(result.target) || !this.#asked.get(result.target)?.(result)) return;
    metrics.add(result);
    // One failure may be a moment's; the second one is what the rules look for.
    if (this.#logChange(result) || result.consecutiveFailures === 2) void evaluate();
  }

  /** Nothing is known of any model until the thread that asks them is back. */
  workerLost(): void {
    for (const id of this.#asked.keys()) this.#options.metrics.reset(id);
    this.#failing.clear();
  }

  /** Forgets a service. */
  remove(id: string): void {
    this.#options.metrics.remove(id);
    this.#failing.delete(id);
  }

  /** @returns whether a model has begun or ceased to fail */
  #logChange({ target, test, model, outcome }: InferenceResult): boolean {
    const { log } = this.#options;
    const failing = this.#failing.get(target) ?? new Set<string>();
    this.#failing.set(target, failing);
    const key = `${test} ${model}`;
    if (outcome.type === 'failure') {
      if (failing.has(key)) return false;
      failing.add(key);
      log.warn({ target, test, model, reason: outcome.reason, err: outcome.error }, 'Model does not answer');
      return true;
    }
    if (!failing.delete(key)) return false;
    if (outcome.type === 'success') log.info({ target, test, model }, 'Model answers again');
    return true;
  }
}
