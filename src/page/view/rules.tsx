// The alert rules about something: what fires when.

import './rules.css';
import { graphQuery } from '../explain/graph.js';
import { usePolledJson } from '../polled.js';
import { span } from '../words.js';
import { Breakable } from './breakable.js';
import { Shape } from './shape.js';
import { Link } from './view-link.js';

/** A rule of `/api/v1/rules`. */
interface Rule {
  readonly name: string;
  readonly query: string;
  /** Seconds. */
  readonly duration: number;
  readonly state: 'inactive' | 'pending' | 'firing';
  readonly labels?: Readonly<Record<string, string>>;
}

interface RulesAnswer {
  readonly data: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
}

const EVERY = 30_000;
const SHAPES = { inactive: 'healthy', pending: 'degraded', firing: 'unhealthy' };

/** @param about what their expressions contain */
export function Rules({ about }: { about: RegExp }) {
  const { answer, problem } = usePolledJson<RulesAnswer>(
    'api/v1/rules?type=alert&exclude_alerts=true',
    EVERY,
  );
  const rules = (answer?.data.groups ?? [])
    .flatMap(group => group.rules)
    .filter(({ query }) => about.test(query));
  return (
    <section aria-labelledby="rules">
      <h2 id="rules">When rules fire</h2>
      {problem === '' ? null : <p class="notice">Rules cannot be shown: {problem}</p>}
      {answer !== undefined && rules.length === 0 ? <p class="empty">No rule is about this.</p> : null}
      <ul class="rows rules-list">
        {rules.map(({ name, query, duration, state, labels }) => (
          <li key={`${name} ${query}`} class="row">
            <Shape of={SHAPES[state] ?? 'unknown'} />
            <span>
              <Link to={{ view: 'explore', query: graphQuery(query.trim(), undefined, undefined, 0) }}>
                {name}
              </Link>{' '}
              <span class="quiet">{labels?.severity}</span>
              <code>
                <Breakable text={query.trim()} />
              </code>
            </span>
            <span class="quiet digits">
              {state}
              {duration > 0 ? `, after ${span(duration * 1000)}` : ''}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
