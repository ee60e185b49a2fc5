// Capacity: what the past says about tomorrow. Limits and when they are reached, what to do, when it is busy, and where
// response times are heading.

import './capacity.css';
import { useModel } from '../model.js';
import { usePolledJson } from '../polled.js';
import { Link } from '../view/view-link.js';
import { count } from '../words.js';
import { Advice, type Advised } from './capacity/advice.js';
import { EVERY } from './capacity/pace.js';
import { ProjectionCharts, type Projections, verdict } from './capacity/projections.js';
import { Services } from './capacity/services.js';
import { WeekOfLoad } from './capacity/week.js';

/** Days of the past that may be chosen; the first is shown when nothing is. */
const PERIODS = [35, 7, 90];

export function View() {
  const model = useModel();
  const asked = Number(new URLSearchParams(model.place.value.query).get('days'));
  const days = PERIODS.find(each => each === asked) ?? (PERIODS[0] as number);
  const projections = usePolledJson<Projections>(`capacity_projections?days=${days}`, EVERY);
  const advised = usePolledJson<Advised>(`capacity_report?days=${days}`, EVERY);
  return (
    <section class="reports capacity js-only" aria-labelledby="capacity">
      <div class="report-head">
        <h1 id="capacity">Capacity</h1>
        <p class="lead">{projections.answer ? verdict(projections.answer) : null}</p>
      </div>
      <Choices days={days} />
      {projections.problem === '' ? null : (
        <p class="notice">Projections cannot be shown: {projections.problem}</p>
      )}
      <Advice polled={advised} />
      {projections.answer ? <ProjectionCharts of={projections.answer} /> : null}
      <WeekOfLoad days={days} />
      <Services days={days} />
      {projections.answer || projections.problem !== '' ? null : <p class="quiet">The past is being read.</p>}
    </section>
  );
}

function Choices({ days }: { days: number }) {
  const model = useModel();
  const choose = (wanted: number) => {
    const query = new URLSearchParams(model.place.peek().query);
    query.set('days', `${wanted}`);
    if (wanted === PERIODS[0]) query.delete('days');
    model.setQuery(query.size === 0 ? '' : `?${query}`);
  };
  return (
    <div class="links take">
      <fieldset class="segments">
        <legend class="hidden">What the figures rest on</legend>
        {PERIODS.toSorted((a, b) => a - b).map(each => (
          <button key={each} type="button" aria-pressed={each === days} onClick={() => choose(each)}>
            {count(each, 'day')}
          </button>
        ))}
      </fieldset>
      <button type="button" class="fold" onClick={() => window.print()}>
        Print
      </button>
      <a href={`${model.root.value}capacity_report?days=${days}`}>JSON</a>
      <Link to={{ view: 'reports' }}>Uptime and outages</Link>
    </div>
  );
}
