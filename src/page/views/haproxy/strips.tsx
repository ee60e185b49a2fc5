// A strip of states for each server, or each backend on a page for the public, on the charts' time axis.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type History, useHistory } from '../../chart/series.js';
import { StripField, StripLegend } from '../../chart/strip.js';
import type { TimeAxis } from '../../chart/time-axis.js';
import { useModel } from '../../model.js';
import { count } from '../../words.js';
import {
  backendStatesQuery,
  type ProxyStates,
  proxyStates,
  STATE_LEGEND,
  serverSessionsQuery,
  serverStatesQuery,
} from './states.js';

/** Seconds a step stands for, at least. */
const STEP = 30;
/** Strips that are drawn before the button for more. */
const PAGE = 40;

export function ServerStrips({ axis }: { axis: TimeAxis }) {
  const states = useHistory(axis, serverStatesQuery, STEP);
  const sessions = useHistory(axis, serverSessionsQuery, STEP);
  const known = useMemo(() => withSessions(states.answer, sessions.answer), [states.answer, sessions.answer]);
  return <Strips title="Servers" axis={axis} all={known} problem={states.problem} />;
}

export function BackendStrips({ axis }: { axis: TimeAxis }) {
  const { answer, problem } = useHistory(axis, backendStatesQuery, STEP);
  const known = useMemo(() => answer && proxyStates(answer.span, answer.series), [answer]);
  return <Strips title="Backends" axis={axis} all={known} problem={problem} />;
}

function withSessions(states: History | undefined, sessions: History | undefined) {
  if (states === undefined) return undefined;
  const { span } = states;
  // Sessions of another time wait for their own answer.
  const isSame = sessions?.span.from === span.from && sessions.span.step === span.step;
  return proxyStates(span, states.series, isSame ? sessions?.series : []);
}

interface StripsProps {
  readonly title: string;
  readonly axis: TimeAxis;
  readonly all: readonly ProxyStates[] | undefined;
  readonly problem: string;
}

function Strips({ title, axis, all, problem }: StripsProps) {
  const limit = useSignal(PAGE);
  const shown = all?.slice(0, limit.value) ?? [];
  const rest = (all?.length ?? 0) - shown.length;
  return (
    <figure class="chart strips" aria-label={`States of ${title.toLowerCase()}`}>
      <figcaption>
        <h3>{title}</h3>
        <span class="quiet">{captionOf(all, problem)}</span>
      </figcaption>
      <ul class="strip-rows">
        {shown.map(each => (
          <Row key={`${each.target} ${each.proxy} ${each.server}`} axis={axis} of={each} />
        ))}
      </ul>
      {rest === 0 ? null : (
        <button
          type="button"
          class="fold"
          onClick={() => {
            limit.value += PAGE;
          }}
        >
          Show {Math.min(rest, PAGE)} of {rest} more
        </button>
      )}
      {shown.length === 0 ? null : <StripLegend entries={STATE_LEGEND} />}
    </figure>
  );
}

function captionOf(all: readonly ProxyStates[] | undefined, problem: string): string {
  if (all === undefined) return problem === '' ? 'being read' : 'not known';
  return all.length === 0 ? 'none in this time' : '';
}

function Row({ axis, of: { proxy, server, stretches } }: { axis: TimeAxis; of: ProxyStates }) {
  const model = useModel();
  const at = axis.cursor.value;
  const found =
    at === undefined ? stretches.at(-1) : stretches.findLast(({ from, to }) => from <= at && at <= to);
  const changes = stretches
    .slice(-5)
    .map(({ from, text }) => `${text} from ${model.print(from * 1000).short}`);
  const name = server === '' ? proxy : `${proxy} / ${server}`;
  return (
    <li>
      <span class="strip-name" title={name}>
        {server === '' ? null : <span class="quiet">{proxy} / </span>}
        {server === '' ? proxy : server}
      </span>
      <StripField
        axis={axis}
        stretches={stretches}
        label={`${name}: ${changes.join(', ')}${stretches.length > 5 ? `, the last of ${count(stretches.length, 'stretch')}` : ''}`}
      />
      <span class="strip-now digits quiet">{found?.text ?? 'not known'}</span>
    </li>
  );
}
