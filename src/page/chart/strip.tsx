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
}

const WIDTH = 1000;
const HEIGHT = 16;
/** How high a stretch stands says what its colour says. */
const HEIGHTS: Readonly<Record<string, number>> = { healthy: 9, degraded: 12, unknown: 4, planned: 12 };

export function Strip({ title, axis, stretches, label, empty }: StripProps) {
  const { from, to } = axis.span.value;
  const x = (at: number) => ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * WIDTH;
  const seen = stretches.filter(stretch => stretch.to > from && stretch.from < to);
  return (
    <figure class="chart strip-chart" aria-label={title}>
      <figcaption>
        <h3>{title}</h3>
        {seen.length === 0 ? <span class="quiet">{empty}</span> : <Pointed axis={axis} stretches={seen} />}
      </figcaption>
      {seen.length === 0 ? null : (
        <svg
          class="strip-field"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={label}
        >
          {seen.map(stretch => {
            const tone = toneOf(stretch.tone);
            const height = HEIGHTS[tone] ?? HEIGHT;
            return (
              <rect
                key={`${stretch.from} ${stretch.text}`}
                class={tone}
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
      )}
    </figure>
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
    at === undefined ? stretches.at(-1) : stretches.findLast(({ from, to }) => from <= at && at <= to);
  return (
    <span class="digits pointed">
      {found === undefined ? <span class="quiet">none</span> : found.text}{' '}
      <span class="quiet">{at === undefined ? 'latest' : model.print(at * 1000).shown}</span>
    </span>
  );
}
