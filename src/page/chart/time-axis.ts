// The time axis that the charts of a view share: what it spans, where its cursor is, and what zooming does.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Model, useModel } from '../model.js';
import {
  parseRange,
  RANGES,
  type Range,
  type RangeName,
  type Span,
  spanOf,
  withRange,
  zoomOf,
} from './range.js';

/** What a chart needs of its time axis. */
export interface Axis {
  readonly span: ReadonlySignal<Span>;
  /** The moment that is pointed at, in seconds since the epoch. */
  readonly cursor: Signal<number | undefined>;
  /** Shows the time between two moments, in seconds since the epoch. */
  zoom(a: number, b: number): void;
  /** Goes back a step, as a double click does. */
  unzoom(): void;
  /** Shows more time, around the same middle. */
  widen(): void;
  /** Goes back to what was shown before zooming. */
  reset(): void;
}

export class TimeAxis implements Axis {
  /** What the address says. */
  readonly range: ReadonlySignal<Range>;
  /** Up to now, or what was zoomed into. Changes with each step that time goes on. */
  readonly span: ReadonlySignal<Span>;
  /** Names the span for questions: stays the same while time goes on. */
  readonly key: ReadonlySignal<string>;
  /** The moment that is pointed at, in seconds since the epoch. */
  readonly cursor = signal<number | undefined>(undefined);
  /** Why a question about its time has no answer; empty while all have. */
  readonly problem: ReadonlySignal<string>;
  readonly #problems = signal<ReadonlyMap<string, string>>(new Map());
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
    const query = computed(() => model.place.value.query);
    this.range = computed(() => parseRange(query.value));
    // A number is the same as the one before, an object is not: nothing is drawn again each second.
    const end = computed(() => spanOf(this.range.value, model.now.value / 1000).to);
    this.span = computed(() => spanOf(this.range.value, end.value));
    this.problem = computed(() => this.#problems.value.values().next().value ?? '');
    this.key = computed(() => withRange('', this.range.value) || 'shortest');
  }

  /** Notes whether a question could be answered. @param problem empty when it could */
  note(question: string, problem: string): void {
    if ((this.#problems.peek().get(question) ?? '') === problem) return;
    const noted = new Map(this.#problems.peek());
    if (problem === '') noted.delete(question);
    else noted.set(question, problem);
    this.#problems.value = noted;
  }

  /** Shows a range up to now. */
  show(name: RangeName): void {
    this.#ask({ name });
  }

  /** Zooms into the time between two moments, in seconds since the epoch; what is later than now is moved back. */
  zoom(a: number, b: number): void {
    const { name } = this.range.peek();
    const { from, to } = zoomOf(a, b);
    const latest = spanOf({ name }, this.#model.now.peek() / 1000);
    const late = Math.max(0, to - Math.ceil(latest.to));
    // All of the range up to now is the range itself, which goes on with time.
    const isRange = late > 0 && to - from >= latest.to - latest.from - latest.step;
    this.#ask(isRange ? { name } : { name, zoom: { from: from - late, to: to - late } });
  }

  /** Leaves what was zoomed into. */
  unzoom(): void {
    const { name, zoom } = this.range.peek();
    if (zoom) this.#ask({ name });
  }

  /** Shows four times as much, at most the range. */
  widen(): void {
    const { name, zoom } = this.range.peek();
    if (!zoom) return;
    const reach = (zoom.to - zoom.from) * 2;
    const middle = (zoom.from + zoom.to) / 2;
    if (reach * 2 >= RANGES[name]) this.reset();
    else this.zoom(middle - reach, middle + reach);
  }

  reset(): void {
    this.unzoom();
  }

  #ask(range: Range): void {
    this.cursor.value = undefined;
    this.#model.setQuery(withRange(this.#model.place.peek().query, range));
  }
}

/** The axis of a view; call it once in a view. */
export function useTimeAxis(): TimeAxis {
  const model = useModel();
  return useMemo(() => new TimeAxis(model), [model]);
}
