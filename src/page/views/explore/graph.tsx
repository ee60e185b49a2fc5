// An answer as a graph: a line a series, drag to zoom, a legend that isolates a series.

import { signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Field } from '../../chart/chart.js';
import { placeOf } from '../../chart/keys.js';
import { describe, type Line, type Values } from '../../chart/lines.js';
import { momentsOf, type Span } from '../../chart/range.js';
import { AsTable } from '../../chart/table.js';
import type { Axis } from '../../chart/time-axis.js';
import { usePieces } from '../../view/pieces.js';
import { type ExpressionResult, type Series, seriesOf } from './answer.js';
import { seriesName } from './labels.js';
import type { Panel } from './panels.js';
import { NEW_PANEL, stepOf } from './panels.js';
import { SeriesName } from './table.js';

interface Props {
  readonly answer: ExpressionResult;
  readonly panel: Panel;
  onChange(part: Partial<Panel>): void;
}

/** Lines drawn at first, which take a task that is not felt; and those that are drawn more when asked for. */
const FIRST = 40;
const MORE = 100;
const COLORS = 6;
/** Seconds a panel can be zoomed down to. */
const SHORTEST = 10;

export function Graph({ answer, panel, onChange }: Props) {
  const all = seriesOf(answer.data) ?? [];
  const span = spanOf(answer, panel);
  const axis = usePanelAxis(span, panel, onChange);
  const limit = useSignal(FIRST);
  const isolated = useSignal<string | undefined>(undefined);
  const lines = useMemo(
    () => all.slice(0, limit.value).map((series, n) => lineOf(series, n, span, panel)),
    [answer, limit.value],
  );
  const times = useMemo(() => momentsOf(span), [answer]);
  const listed = usePieces(lines.length);
  if (all.length === 0) return <p class="empty">No series fits the expression in this time.</p>;
  const shown = lines.some(({ name }) => name === isolated.value)
    ? lines.filter(({ name }) => name === isolated.value)
    : lines;
  const place = placeOf(axis.cursor.value, times);
  return (
    <figure class="chart" aria-label="Graph">
      <div class="graph-head">
        <button
          type="button"
          class="toggle"
          aria-pressed={panel.isStacked}
          onClick={() => onChange({ isStacked: !panel.isStacked })}
        >
          Stacked
        </button>
        <span class="quiet">Drag to zoom, double-click or double-tap to zoom out.</span>
      </div>
      <Field
        axis={axis}
        drawn={{
          times,
          lines: shown,
          print: printValue,
          isStacked: panel.isStacked,
          isBinary: false,
          isFree: !panel.isStacked,
        }}
        label={shown
          .slice(0, 10)
          .map(line => describe(line, printValue))
          .join('; ')}
        isLow={false}
      />
      <NotDrawn
        drawn={lines.length}
        total={all.length}
        onMore={more => {
          limit.value = lines.length + more;
        }}
      />
      <ul class="graph-legend">
        {lines.slice(0, listed).map((line, n) => (
          <li key={line.name}>
            <button
              type="button"
              aria-pressed={line.name === isolated.value}
              title="Show this series alone"
              onClick={() => {
                isolated.value = line.name === isolated.value ? undefined : line.name;
              }}
            >
              <svg
                class={`swatch line color-series-${(n % COLORS) + 1}`}
                viewBox="0 0 14 10"
                aria-hidden="true"
              >
                <path d="M0 5h14" />
              </svg>
              <SeriesName labels={all[n]?.metric ?? {}} />
            </button>
            <span class="digits">{valueAt(line.values, place)}</span>
          </li>
        ))}
      </ul>
      <AsTable title="Graph" times={times} lines={shown} print={printValue} />
    </figure>
  );
}

interface NotDrawnProps {
  readonly drawn: number;
  readonly total: number;
  /** Draws so many more. */
  onMore(more: number): void;
}

/** That there are more series than lines, and how to see them; nothing where there are not. */
function NotDrawn({ drawn, total, onMore }: NotDrawnProps) {
  const left = total - drawn;
  if (left <= 0) return null;
  return (
    <p class="notice not-drawn">
      <span>
        The first {drawn} of {total} series are drawn; an aggregation or another matcher shows fewer.
      </span>
      {left > MORE ? (
        <button type="button" class="toggle" onClick={() => onMore(MORE)}>
          Draw {MORE} more
        </button>
      ) : null}
      <button type="button" class="toggle" onClick={() => onMore(left)}>
        Draw all
      </button>
    </p>
  );
}

function spanOf({ at }: ExpressionResult, panel: Panel): Span {
  const step = stepOf(panel);
  const points = Math.floor(panel.range / step);
  return { from: at - panel.range, to: at - panel.range + points * step, step };
}

function lineOf(series: Series, n: number, span: Span, { isStacked }: Panel): Line {
  const values = new Array<number | null>(momentsOf(span).length).fill(null);
  for (const [at, text] of series.values ?? []) {
    const place = Math.round((at - span.from) / span.step);
    const value = Number(text);
    if (place >= 0 && place < values.length && Number.isFinite(value)) values[place] = value;
  }
  return {
    name: seriesName(series.metric),
    color: `--series-${(n % COLORS) + 1}`,
    values,
    kind: isStacked ? 'area' : 'line',
  };
}

/** Zooming chooses the panel's range and end. */
function usePanelAxis(span: Span, panel: Panel, onChange: Props['onChange']): Axis {
  const axis = useMemo(() => {
    const spans = signal(span);
    const latest = { panel, onChange };
    return {
      latest,
      spans,
      span: spans,
      cursor: signal<number | undefined>(undefined),
      zoom(a: number, b: number) {
        const range = Math.max(SHORTEST, Math.ceil(Math.abs(b - a)));
        latest.onChange({ range, end: Math.ceil(Math.max(a, b)) });
      },
      unzoom() {
        const { range, end } = latest.panel;
        latest.onChange({
          range: range * 2,
          end: end === undefined ? undefined : end + Math.floor(range / 2),
        });
      },
      widen() {
        this.unzoom();
      },
      reset() {
        latest.onChange({ range: NEW_PANEL.range, end: undefined });
      },
    };
  }, []);
  axis.latest.panel = panel;
  axis.latest.onChange = onChange;
  // While rendering, so that the field below is drawn over the new span.
  const { from, to, step } = axis.spans.peek();
  if (from !== span.from || to !== span.to || step !== span.step) axis.spans.value = span;
  return axis;
}

function valueAt(values: Values, place: number | undefined): string {
  const value = place === undefined ? values.findLast(each => each !== null) : values[place];
  return value === null || value === undefined ? '–' : printValue(value);
}

/** Six figures that matter, large and small ones with a prefix: `1.25 M`. */
function printValue(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  const prefix = [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e4, 'k'],
  ].find(([scale]) => size >= Number(scale));
  if (prefix) return `${figures(value / (prefix[1] === 'k' ? 1000 : Number(prefix[0])))} ${prefix[1]}`;
  return size >= 1e-3 ? figures(value) : value.toExponential(2);
}

function figures(value: number): string {
  return `${Number(value.toPrecision(5))}`;
}
