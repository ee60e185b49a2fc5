// A service's history on one time axis: states, response times, failures, incidents, silences, phases of HTTP.

import { useMemo } from 'preact/hooks';
import { Chart } from '../../chart/chart.js';
import { type Line, valuesOf } from '../../chart/lines.js';
import { momentsOf } from '../../chart/range.js';
import { type History, useHistory } from '../../chart/series.js';
import { Strip } from '../../chart/strip.js';
import type { TimeAxis } from '../../chart/time-axis.js';
import { useModel } from '../../model.js';
import { type Polled, usePolledJson } from '../../polled.js';
import type { Incident } from '../../state.js';
import { compareNames, count, seconds } from '../../words.js';
import {
  failureQuery,
  hasStates,
  maintainedQuery,
  phaseQuery,
  responseQuery,
  stateQuery,
  usualQuery,
} from './queries.js';
import { covers, type Silence } from './silence.js';
import { statesOf } from './states.js';
import { usualBand } from './usual.js';

interface Props {
  readonly id: string;
  readonly axis: TimeAxis;
}

/** Milliseconds between two questions for silences. */
const SILENCES_EVERY = 30_000;
/** Seconds a state and a bar of failures stand for, at least. */
const STATE_STEP = 30;
const FAILURE_STEP = 120;
const NOTHING: readonly Line[] = [];
const MEASURES = 'Nothing was measured in this time. The first checks appear within a minute.';

export function ServiceHistory({ id, axis, incidents }: Props & { incidents: readonly Incident[] }) {
  const model = useModel();
  const states = useHistory(axis, step => stateQuery(id, step), STATE_STEP);
  const planned = useHistory(axis, step => maintainedQuery(id, step), STATE_STEP);
  const response = useHistory(axis, step => responseQuery(id, step));
  const usual = useHistory(axis, () => usualQuery(id));
  const failures = useHistory(axis, step => failureQuery(id, step), FAILURE_STEP);
  const phases = useHistory(axis, step => phaseQuery(id, step));
  return (
    <div class="charts">
      <States axis={axis} polled={states} planned={planned.answer} />
      <ResponseTime axis={axis} polled={response} usual={usual.answer} />
      <Failures axis={axis} polled={failures} />
      <Incidents axis={axis} incidents={incidents} />
      {model.isReadOnly ? null : <Silences axis={axis} id={id} />}
      <Phases axis={axis} polled={phases} />
    </div>
  );
}

function States({ axis, polled: asked, planned }: HistoryProps & { planned: History | undefined }) {
  const { answer: history, problem } = asked;
  const model = useModel();
  const stretches = useMemo(() => (history ? stretchesOf(history, planned) : []), [history, planned]);
  const down = stretches.filter(({ tone }) => tone !== 'healthy');
  const label = down.map(({ from, tone }) => `${tone} from ${model.print(from * 1000).short}`).slice(-5);
  return (
    <Strip
      title="State"
      axis={axis}
      stretches={stretches}
      label={
        label.length === 0
          ? 'Healthy all the time'
          : `${count(down.length, 'stretch')} not healthy: ${label.join(', ')}`
      }
      empty={history ? 'not checked in this time' : problem === '' ? 'being read' : 'not known'}
      legend={STATE_LEGEND}
    />
  );
}

const STATE_LEGEND = [
  ['healthy', 'healthy'],
  ['degraded', 'degraded'],
  ['unhealthy', 'unhealthy'],
  ['planned', 'maintenance'],
] as const;

function stretchesOf({ span, series }: History, planned: History | undefined) {
  // Maintenance that was asked for about another time waits for its own answer.
  const isSame = planned?.span.from === span.from && planned.span.step === span.step;
  return statesOf(span, series, hasStates(span.step), isSame ? planned?.series[0] : undefined);
}

interface HistoryProps {
  readonly axis: TimeAxis;
  readonly polled: Polled<History>;
}

function ResponseTime({ axis, polled: asked, usual }: HistoryProps & { usual: History | undefined }) {
  const history = asked.answer;
  const lines = useMemo(() => (history ? responseLines(history, usual) : NOTHING), [history, usual]);
  const times = useMemo(() => timesOf(history), [history]);
  const isLearning = usual !== undefined && usual.series.length === 0;
  return (
    <Chart
      title="Response time"
      {...(isLearning ? { note: 'What is usual appears once six hours are known' } : {})}
      axis={axis}
      times={times}
      lines={lines}
      print={seconds}
      empty={MEASURES}
      polled={asked}
    />
  );
}

function responseLines({ span, series }: History, usual: History | undefined): readonly Line[] {
  const part = (name: string) =>
    valuesOf(
      span,
      series.find(({ metric }) => metric.part === name),
    );
  return [
    ...usualBand(span, usual?.series ?? []),
    { name: '95th percentile', color: '--series-2', values: part('p95') },
    { name: 'median', color: '--series-1', values: part('median') },
  ];
}

function timesOf(history: History | undefined): readonly number[] {
  return history ? momentsOf(history.span) : [];
}

const REASON_COLORS = ['--series-2', '--series-4', '--series-1', '--series-5', '--series-3', '--series-6'];

function Failures({ axis, polled: asked }: HistoryProps) {
  const history = asked.answer;
  const lines = useMemo(
    () => (history ? stacked(history, 'reason', REASON_COLORS, 'bars') : NOTHING),
    [history],
  );
  const times = useMemo(() => timesOf(history), [history]);
  return (
    <Chart
      title="Failed checks"
      note="by reason"
      axis={axis}
      times={times}
      lines={lines}
      print={value => (value < 10 ? value.toFixed(1).replace('.0', '') : value.toFixed(0))}
      isStacked
      isLow
      empty="No check failed in this time."
      polled={asked}
    />
  );
}

/** A line a value of a label, in the order of their names; what goes on after the colours has the last one. */
function stacked(
  { span, series }: History,
  label: string,
  colors: readonly string[],
  kind: 'bars' | 'area',
): Line[] {
  return series
    .map(each => ({ name: each.metric[label] ?? '', values: valuesOf(span, each) }))
    .sort((a, b) => compareNames(a.name, b.name))
    .map(({ name, values }, i) => ({
      name,
      values,
      kind,
      color: colors[Math.min(i, colors.length - 1)] ?? '--fill',
    }));
}

/** In the order of a request; the words are those of the status page, the keys those of the metric. */
const PHASES: Readonly<Record<string, string>> = {
  resolve: 'DNS',
  connect: 'connect',
  tls: 'TLS',
  processing: 'wait',
  transfer: 'transfer',
};

function Phases({ axis, polled: asked }: HistoryProps) {
  const history = asked.answer;
  const lines = useMemo(() => (history ? phaseLines(history) : NOTHING), [history]);
  const times = useMemo(() => timesOf(history), [history]);
  // What is not asked by HTTP has none.
  if (history !== undefined && history.series.length === 0) return null;
  return (
    <Chart
      title="Phases of HTTP"
      axis={axis}
      times={times}
      lines={lines}
      print={seconds}
      isStacked
      empty={MEASURES}
      polled={asked}
    />
  );
}

function phaseLines({ span, series }: History): readonly Line[] {
  return Object.entries(PHASES).flatMap(([phase, name], i): Line[] => {
    const found = series.find(({ metric }) => metric.phase === phase);
    if (!found) return [];
    return [{ name, kind: 'area', color: `--series-${i + 1}`, values: valuesOf(span, found) }];
  });
}

function Incidents({ axis, incidents }: { axis: TimeAxis; incidents: readonly Incident[] }) {
  const model = useModel();
  const stretches = incidents
    .map(({ severity, alertname, message, starts_at: start, ends_at: end }) => ({
      from: (model.epoch(start) ?? 0) / 1000,
      to: (model.epoch(end) ?? model.now.peek()) / 1000,
      tone: severity,
      text: `${alertname}: ${message}`,
    }))
    .reverse();
  return (
    <Strip
      title="Incidents"
      axis={axis}
      stretches={stretches}
      label={`Incidents: ${stretches
        .map(({ text }) => text)
        .slice(-5)
        .join(', ')}`}
      empty="none in this time"
    />
  );
}

function Silences({ id, axis }: Props) {
  const { answer } = usePolledJson<readonly Silence[]>('api/v2/silences', SILENCES_EVERY);
  const stretches = (answer ?? [])
    .filter(silence => covers(silence, id))
    .map(({ startsAt, endsAt, comment, createdBy }) => ({
      from: Date.parse(startsAt) / 1000,
      to: Date.parse(endsAt) / 1000,
      tone: 'planned',
      text: `${comment} (${createdBy})`,
    }))
    .sort((a, b) => a.from - b.from);
  const { from, to } = axis.span.value;
  if (!stretches.some(stretch => stretch.to > from && stretch.from < to)) return null;
  return (
    <Strip
      title="Silences"
      axis={axis}
      stretches={stretches}
      label={`Silences: ${stretches.map(({ text }) => text).join(', ')}`}
      empty=""
    />
  );
}
