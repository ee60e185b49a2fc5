// Which time the charts show: buttons for ranges up to now, and the way back from what was zoomed into.

import { useModel } from '../model.js';
import { span as lengthOf } from '../words.js';
import { RANGE_NAMES } from './range.js';
import type { TimeAxis } from './time-axis.js';

export function RangeButtons({ axis }: { axis: TimeAxis }) {
  const { name, zoom } = axis.range.value;
  return (
    <>
      <div class="range">
        <fieldset class="segments">
          <legend class="hidden">Time shown</legend>
          {RANGE_NAMES.map(each => (
            <button
              key={each}
              type="button"
              aria-pressed={zoom === undefined && each === name}
              onClick={() => axis.show(each)}
            >
              {each}
            </button>
          ))}
        </fieldset>
        {zoom === undefined ? (
          <span class="quiet">Drag in a chart, or press +, to zoom</span>
        ) : (
          <>
            <Zoomed from={zoom.from} to={zoom.to} />
            <button type="button" class="toggle" onClick={() => axis.unzoom()}>
              Back to {name}
            </button>
          </>
        )}
      </div>
      <NoHistory axis={axis} />
    </>
  );
}

/** The query backend does not answer. */
function NoHistory({ axis }: { axis: TimeAxis }) {
  const problem = axis.problem.value;
  // Rules that are in the same backend say nothing of alerts either.
  const live = useModel().health.value.rules === undefined ? 'States, alerts and incidents' : 'States';
  if (problem === '') return null;
  return (
    <p class="notice" role="status">
      History cannot be read: {problem}. {live} do not depend on it and stay live; it is asked again by
      itself.
    </p>
  );
}

function Zoomed({ from, to }: { from: number; to: number }) {
  const model = useModel();
  const [begin, end] = [model.print(from * 1000), model.print(to * 1000)];
  return (
    <span class="digits">
      <time title={begin.full}>{begin.short}</time> – <time title={end.full}>{end.short}</time>{' '}
      <span class="quiet">({lengthOf((to - from) * 1000)})</span>
    </span>
  );
}
