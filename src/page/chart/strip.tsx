// Stretches of time on the axis of the charts: states, incidents, silences.

import type { ComponentChildren } from 'preact';
import { useModel } from '../model.js';
import { toneOf } from '../view/shape.js';
import type { Stretch } from './stretch.js';
import type { TimeAxis } from './time-axis.js';

interface StripProps {
  readonly title: string;
  readonly axis: TimeAxis;
  readonly stretches: readonly Stretch[];
  /** What screen readers say of it. */
  readonly label: string;
  /** What stands in its place when it has nothing to show. */
  readonly empty: string;
  /** Tones that are explained below it, each with its word. */
  readonly legend?: readonly (readonly [tone: string, word: string])[];
}

const WIDTH = 1000;
const HEIGHT = 16;
/** How high a stretch stands says what its colour says. */
const HEIGHTS: Readonly<Record<string, number>> = { healthy: 9, degraded: 12, unknown: 4, planned: 12 };

export function Strip({ title, axis, stretches, label, empty, legend }: StripProps) {
  const { from, to } = axis.span.value;
  const isEmpty = !stretches.some(stretch => stretch.to > from && stretch.from < to);
  return (
    <figure class="chart strip-chart" aria-label={title}>
      <figcaption>
        <h3>{title}</h3>
        {isEmpty ? <span class="quiet">{empty}</span> : <Pointed axis={axis} stretches={stretches} />}
      </figcaption>
      {isEmpty ? null : <StripField axis={axis} stretches={stretches} label={label} />}
      {legend === undefined || isEmpty ? null : <StripLegend entries={legend} />}
    </figure>
  );
}

/** The strip alone. @param label what screen readers say of it */
export function StripField({ axis, stretches, label }: Pick<StripProps, 'axis' | 'stretches' | 'label'>) {
  const { from, to } = axis.span.value;
  const x = (at: number) => ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * WIDTH;
  const seen = stretches.filter(stretch => stretch.to > from && stretch.from < to);
  return (
    <svg
      class="strip-field"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {seen.map(stretch => {
        const height = HEIGHTS[toneOf(stretch.tone)] ?? HEIGHT;
        return (
          <rect
            key={`${stretch.from} ${stretch.text}`}
            class={classOf(stretch.tone)}
            x={x(stretch.from).toFixed(2)}
            width={Math.max(2, x(stretch.to) - x(stretch.from)).toFixed(2)}
            y={HEIGHT - height}
            height={height}
          >
            <title>{stretch.text}</title>
          </rect>
        );
      })}
      <Cursor axis={axis} x={x} />
    </svg>
  );
}

/** What is planned is an empty frame: told from what was measured without its colour. */
function classOf(tone: string): string {
  return tone === 'planned' ? 'planned frame' : toneOf(tone);
}

/** What the tones of a strip stand for. */
export function StripLegend({ entries }: { entries: NonNullable<StripProps['legend']> }) {
  return (
    <ul class="legend strip-legend quiet" aria-label="What the strip shows">
      {entries.map(([tone, word]) => {
        const height = HEIGHTS[tone] ?? HEIGHT;
        return (
          <li key={tone}>
            <svg class="strip-sample" viewBox={`0 0 16 ${HEIGHT}`} aria-hidden="true">
              <rect class={classOf(tone)} width="16" y={HEIGHT - height} height={height} />
            </svg>
            {word}
          </li>
        );
      })}
    </ul>
  );
}

function Cursor({ axis, x }: { axis: TimeAxis; x: (at: number) => number }) {
  const at = axis.cursor.value;
  if (at === undefined) return null;
  const place = x(at).toFixed(2);
  return <path class="strip-cursor" d={`M${place} 0V${HEIGHT}`} />;
}

/** What is under the cursor, or was last. */
function Pointed({ axis, stretches }: Pick<StripProps, 'axis' | 'stretches'>): ComponentChildren {
  const model = useModel();
  const at = axis.cursor.value;
  const found =
    at === undefined
      ? stretches.findLast(stretch => stretch.from < axis.span.value.to)
      : stretches.findLast(({ from, to }) => from <= at && at <= to);
  return (
    <span class="digits pointed">
      {found === undefined ? <span class="quiet">none</span> : found.text}{' '}
      <span class="quiet">{at === undefined ? 'latest' : model.print(at * 1000).short}</span>
    </span>
  );
}
