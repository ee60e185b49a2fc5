// Charts described by data: what each asks and how it shows the answer.

import { useMemo } from 'preact/hooks';
import { useModel } from '../model.js';
import type { Series } from '../promql.js';
import { compareNames } from '../words.js';
import { Chart } from './chart.js';
import type { ChartProps } from './chart-props.js';
import { type Line, level, valuesOf } from './lines.js';
import { momentsOf } from './range.js';
import { useHistory } from './series.js';
import type { TimeAxis } from './time-axis.js';

const EMPTY = 'Nothing was measured in this time. The first figures appear within a minute.';

/** What one chart asks and shows. */
export interface Panel
  extends Pick<ChartProps, 'title' | 'print' | 'note' | 'isBinary' | 'isStacked' | 'isLow' | 'top'>,
    Partial<Pick<ChartProps, 'empty'>> {
  /** PromQL for a step in seconds. */
  readonly query: (step: number) => string;
  /** A series' name; the same name twice would be one line. */
  readonly name: (metric: Series['metric']) => string;
  readonly kind?: Line['kind'];
  /** The metric whose limit, from the alert rules, is a line of its own. */
  readonly limit?: string;
}

/** One chart below the other, on the same time axis. */
export function Panels({ axis, panels }: { axis: TimeAxis; panels: readonly Panel[] }) {
  return (
    <div class="charts">
      {panels.map(panel => (
        <PanelChart key={panel.title} axis={axis} panel={panel} />
      ))}
    </div>
  );
}

const COLORS = 6;

function PanelChart({ axis, panel }: { axis: TimeAxis; panel: Panel }) {
  const { limits } = useModel();
  const polled = useHistory(axis, panel.query);
  const { answer } = polled;
  const limit = panel.limit === undefined ? undefined : limits.value[panel.limit];
  const times = useMemo(() => (answer ? momentsOf(answer.span) : []), [answer]);
  const lines = useMemo((): Line[] => {
    if (!answer) return [];
    const { span, series } = answer;
    const measured = series
      .map((each): Line => ({ name: panel.name(each.metric), color: '', values: valuesOf(span, each) }))
      .sort((a, b) => compareNames(a.name, b.name))
      .map((line, i) => ({ ...line, kind: panel.kind ?? 'line', color: `--series-${(i % COLORS) + 1}` }));
    if (measured.length === 0 || limit === undefined) return measured;
    const values = level(span, limit);
    return [...measured, { name: 'a rule fires above', color: '--unhealthy', kind: 'limit', values }];
  }, [answer, limit, panel]);
  const { query: _, name: __, kind: ___, limit: ____, ...shown } = panel;
  return <Chart empty={EMPTY} {...shown} polled={polled} axis={axis} times={times} lines={lines} />;
}
