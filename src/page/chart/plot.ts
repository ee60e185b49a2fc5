// A chart's canvas, drawn by uPlot. Styles are set by script alone, which the page's policy allows.

import { effect } from '@preact/signals';
import uPlot from 'uplot';
import { type Line, stack, type Values } from './lines.js';
import { colorOf, followTheme } from './theme.js';
import { timeMarks } from './ticks.js';
import type { Axis } from './time-axis.js';
import { followFingers, type Touched } from './touch.js';

/** Pixels left and right of the field; chart.css has them for strips. */
const LEFT = 60;
const RIGHT = 12;
/** Pixels across a sheet of A4 between its margins. */
const PAPER = 660;
/** Pixels a pointer must be dragged to zoom. */
const DRAGGED = 6;
/** Milliseconds after a touch in which a double click is the browser's word for a double tap. */
const TOUCHED = 800;

export interface Drawn {
  /** Seconds since the epoch. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly isStacked: boolean;
  /** Prints a value beside the field. */
  readonly print: (value: number) => string;
  /** The value at the top; by the values unless said. */
  readonly top?: number | undefined;
  /** Marks at powers of two: bytes. */
  readonly isBinary: boolean;
  /** The value axis begins and ends near the values, rather than at zero. */
  readonly isFree?: boolean;
}

/** The caller must destroy it. */
export class Plot {
  readonly #field: HTMLElement;
  readonly #axis: Axis;
  readonly #ends: (() => void)[] = [];
  #drawn: Drawn | undefined;
  #chart: uPlot | undefined;
  #shape = '';
  /** A pointer moves the cursor here; otherwise it follows that of other charts and of keys. */
  #isPointed = false;
  /** What fingers show at the moment, in place of what the axis says. */
  #preview: { readonly from: number; readonly to: number } | undefined;
  #touchedAt = Number.NEGATIVE_INFINITY;

  constructor(field: HTMLElement, axis: Axis) {
    this.#field = field;
    this.#axis = axis;
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(field);
    field.addEventListener('pointerenter', this.#enter);
    field.addEventListener('pointerleave', this.#leave);
    this.#ends.push(
      () => observer.disconnect(),
      () => field.removeEventListener('pointerenter', this.#enter),
      () => field.removeEventListener('pointerleave', this.#leave),
      followTheme(() => this.#make()),
      onEvents(globalThis, { beforeprint: () => this.#resize(PAPER), afterprint: () => this.#resize() }),
      followFingers(field, this.#touched()),
      effect(() => {
        const { from, to } = axis.span.value;
        this.#chart?.setScale('x', { min: from, max: to });
      }),
      effect(() => this.#point(axis.cursor.value)),
    );
  }

  /** Draws these lines from now on. */
  show(drawn: Drawn): void {
    this.#drawn = drawn;
    const lines = drawn.lines.map(({ name, color, kind }) => [name, color, kind]);
    const shape = JSON.stringify([lines, drawn.isStacked, drawn.top, drawn.isFree]);
    if (shape !== this.#shape || !this.#chart) {
      this.#shape = shape;
      this.#make();
      return;
    }
    this.#chart.setData(dataOf(drawn));
  }

  destroy(): void {
    for (const end of this.#ends) end();
    this.#chart?.destroy();
  }

  readonly #enter = () => {
    this.#isPointed = true;
  };

  /** A finger that is lifted leaves the cursor where it was. */
  readonly #leave = ({ pointerType }: PointerEvent) => {
    this.#isPointed = false;
    if (pointerType === 'mouse') this.#axis.cursor.value = undefined;
  };

  #make(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    if (!this.#drawn || this.#field.clientWidth === 0) return;
    this.#chart = new uPlot(this.#options(this.#drawn), dataOf(this.#drawn), this.#field);
    this.#point(this.#axis.cursor.peek());
  }

  /** @param most pixels wide at most: a canvas that the printer would squeeze has squeezed letters */
  #resize(most = Number.POSITIVE_INFINITY): void {
    const { clientWidth, clientHeight: height } = this.#field;
    const width = Math.min(most, clientWidth);
    if (!this.#chart) this.#make();
    else if (width > 0 && (width !== this.#chart.width || height !== this.#chart.height))
      this.#chart.setSize({ width, height });
  }

  /** Shows the cursor at a moment, wherever it was moved. */
  #point(at: number | undefined): void {
    const chart = this.#chart;
    if (!chart || this.#isPointed) return;
    chart.setCursor({ left: at === undefined ? -10 : chart.valToPos(at, 'x'), top: 0 }, false);
  }

  /** What fingers do in the field. */
  #touched(): Touched {
    const axis = this.#axis;
    const height = () => this.#chart?.over.clientHeight ?? 0;
    return {
      box: () => this.#chart?.over.getBoundingClientRect(),
      onLift: () => {
        this.#touchedAt = performance.now();
      },
      momentAt: left => this.#chart?.posToVal(left, 'x') ?? Number.NaN,
      select: (left, width) => this.#chart?.setSelect({ left, width, top: 0, height: height() }, false),
      preview: span => {
        this.#preview = span;
        const { from, to } = span ?? axis.span.peek();
        this.#chart?.setScale('x', { min: from, max: to });
      },
      point: left => {
        const chart = this.#chart;
        if (chart) axis.cursor.value = chart.data[0][chart.posToIdx(left)];
      },
      zoom: (from, to) => axis.zoom(from, to),
      unzoom: () => axis.unzoom(),
    };
  }

  #options(drawn: Drawn): uPlot.Options {
    const axis = this.#axis;
    const quiet = colorOf('--quiet');
    const line = { stroke: colorOf('--line'), width: 1 };
    const font = '12px system-ui, sans-serif';
    return {
      width: this.#field.clientWidth,
      height: this.#field.clientHeight,
      padding: [8, RIGHT, 0, 0],
      legend: { show: false },
      scales: {
        x: {
          time: true,
          range: () => {
            const { from, to } = this.#preview ?? axis.span.peek();
            return [from, to];
          },
        },
        y: { range: (_, min, max) => (drawn.isFree ? around(min, max) : [0, drawn.top ?? topOf(max)]) },
      },
      axes: [
        {
          stroke: quiet,
          font,
          size: 24,
          gap: 4,
          space: 72,
          grid: line,
          ticks: { show: false },
          values: (_, marks, __, ___, increment) => timeMarks(marks, increment),
        },
        {
          stroke: quiet,
          font,
          size: LEFT,
          gap: 6,
          space: 32,
          grid: line,
          ticks: { show: false },
          ...(drawn.isBinary ? { incrs: Array.from({ length: 60 }, (_, i) => 2 ** i) } : {}),
          values: (_, marks) => marks.map(mark => drawn.print(mark)),
        },
      ],
      ...seriesOf(drawn),
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: DRAGGED },
        bind: {
          dblclick: () => () => {
            if (performance.now() - this.#touchedAt > TOUCHED) axis.unzoom();
            return null;
          },
        },
      },
      hooks: {
        setCursor: [
          chart => {
            if (!this.#isPointed) return;
            const { left, idx } = chart.cursor;
            const isIn = left !== undefined && left >= 0 && idx !== null && idx !== undefined;
            axis.cursor.value = isIn ? chart.data[0][idx] : undefined;
          },
        ],
        setSelect: [
          chart => {
            const { left, width } = chart.select;
            if (width < DRAGGED) return;
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            axis.zoom(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'));
          },
        ],
      },
    };
  }
}

/** @returns ends it */
function onEvents(target: EventTarget, listeners: Readonly<Record<string, () => void>>): () => void {
  const all = Object.entries(listeners);
  for (const [name, listener] of all) target.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of all) target.removeEventListener(name, listener);
  };
}

/** A value axis around the values, with a little room; zero is on it where it is near. */
function around(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  const room = (max - min || Math.abs(max) || 1) * 0.08;
  const isNearZero = min >= 0 && min < (max - min) / 2;
  return [isNearZero ? 0 : min - room, max + room];
}

/** The end of the value axis: a bit above the highest value; zero alone is drawn at the bottom. */
function topOf(max: number | null): number {
  return max === null || max <= 0 ? 1 : max * 1.08;
}

/** Areas and bars are drawn from the topmost down, so that each covers what is below it. */
function orderOf({ lines, isStacked }: Drawn): readonly Line[] {
  return isStacked ? lines.toReversed() : lines;
}

function dataOf(drawn: Drawn): uPlot.AlignedData {
  const values = drawn.isStacked
    ? stack(drawn.lines.map(line => line.values)).toReversed()
    : drawn.lines.flatMap(({ values, low }) => (low === undefined ? [values] : [values, low]));
  return [drawn.times, ...values.map(forPlot)] as uPlot.AlignedData;
}

function forPlot(values: Values): (number | null)[] {
  return [...values];
}

function seriesOf(drawn: Drawn): Pick<uPlot.Options, 'series' | 'bands'> {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const bars = uPlot.paths.bars?.({ size: [0.9, 12, 2], align: -1 });
  for (const { name, color, kind = 'line' } of orderOf(drawn)) {
    const stroke = colorOf(color);
    if (kind === 'band') {
      const edge = { label: name, width: 0, points: { show: false } };
      bands.push({ series: [series.length, series.length + 1], fill: stroke });
      series.push(edge, edge);
    } else if (kind === 'bars')
      series.push({ label: name, fill: stroke, width: 0, points: { show: false }, paths: bars });
    else if (kind === 'area')
      series.push({ label: name, stroke, fill: stroke, width: 1, points: { show: false } });
    else if (kind === 'limit')
      series.push({ label: name, stroke, width: 1, dash: [6, 4], points: { show: false } });
    else if (kind === 'dashes') series.push({ label: name, stroke, width: 1.5, dash: [4, 3] });
    else series.push({ label: name, stroke, width: 1.5 });
  }
  return { series, bands };
}
