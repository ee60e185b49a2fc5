// What one evaluation carries with it: its settings, the query's own start and end, what it has spent, what it noticed.

import type { SampleSource } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { AtModifier, Position } from '../ast.js';
import { EvaluationError, lineAndColumn } from '../error.js';

import { type Steps, timeOf } from '../value.js';

/** Annotations kept of each sort; a query over a thousand bad series says enough with these. */
const MAX_ANNOTATIONS = 100;

/** Between two checkpoints of {@link Scope.checkpointAfter}: some tens of microseconds. */
const STEPS_PER_CHECKPOINT = 1000;
/** What a series takes beside its steps, in steps. */
const STEPS_OF_A_SERIES = 20;

export class Scope {
  readonly options: EvaluateOptions;
  readonly #text: string;
  readonly #start: Millis;
  readonly #end: Millis;
  readonly #warnings = new Set<string>();
  readonly #infos = new Set<string>();
  #samples = 0;
  #steps = 0;
  #until = Number.POSITIVE_INFINITY;

  constructor(text: string, steps: Steps, options: EvaluateOptions) {
    this.options = options;
    this.#text = text;
    this.#start = steps.start;
    this.#end = steps.end ?? timeOf(steps, steps.count - 1);
  }

  checkpoint(): void {
    this.options.checkpoint();
  }

  /** The same for a series at so many steps, where a step takes some nanoseconds: a checkpoint takes longer than the work at one step. */
  checkpointAfter(steps: number): void {
    this.#steps += steps + STEPS_OF_A_SERIES;
    if (this.#steps < STEPS_PER_CHECKPOINT) return;
    this.#steps = 0;
    this.checkpoint();
  }

  /** Counts samples; @throws EvaluationError when there are too many. */
  spend(samples: number): void {
    this.#samples += samples;
    if (this.#samples > this.options.maxSamples)
      throw new EvaluationError(
        'query processing would load too many samples into memory in query execution',
      );
  }

  /** The value is another one from a moment on, though nothing that it is made of changes. */
  holdsUntil(at: Millis): void {
    if (at < this.#until) this.#until = at;
  }

  warn(message: string, position: Position): void {
    this.#note(this.#warnings, 'warning', message, position);
  }

  info(message: string, position: Position): void {
    this.#note(this.#infos, 'info', message, position);
  }

  /** Where an `@` points to: the query's bounds for `start()` and `end()`, also inside a subquery. */
  momentOf(at: AtModifier): Millis {
    if (at === 'start') return this.#start;
    return at === 'end' ? this.#end : at.time;
  }

  findings(): { warnings: string[]; infos: string[]; samples: number; until: Millis } {
    return {
      warnings: [...this.#warnings],
      infos: [...this.#infos],
      samples: this.#samples,
      until: this.#until,
    };
  }

  #note(annotations: Set<string>, sort: string, message: string, { from }: Position): void {
    if (annotations.size < MAX_ANNOTATIONS)
      annotations.add(`PromQL ${sort}: ${message} (${lineAndColumn(this.#text, from)})`);
  }
}

export interface EvaluateOptions {
  readonly source: SampleSource;
  /** How long a sample counts as present: 5 minutes in Prometheus. */
  readonly lookback: Millis;
  /** Step of a subquery that names none. */
  readonly defaultInterval: Millis;
  /** Samples that may be in memory for one evaluation. */
  readonly maxSamples: number;
  /** Called at least every millisecond or so of work; throws to end the evaluation. */
  readonly checkpoint: () => void;
}
