// The load balancer for the public: which backends there are, how they are and how many of their servers are up. Names
// of servers are often those of machines, and sessions say what a cluster can bear: neither is shown.

import { useMemo } from 'preact/hooks';
import { instant } from '../../api.js';
import { parts } from '../../chart/promql.js';
import { RangeButtons } from '../../chart/range-buttons.js';
import { inTurn } from '../../chart/series.js';
import { useTimeAxis } from '../../chart/time-axis.js';
import { groupBy } from '../../group-by.js';
import { usePolled } from '../../polled.js';
import type { Series } from '../../promql.js';
import { Shape } from '../../view/shape.js';
import { toneOfState } from './states.js';
import { BackendStrips } from './strips.js';

/** Milliseconds between two looks. */
const EVERY = 15_000;

const QUERY = parts({
  state: 'max by (target, proxy, state) (haproxy_backend_status) == 1',
  servers: 'max by (target, proxy, state) (haproxy_backend_agg_server_status)',
});

/** A backend, and how many servers it has. */
interface PublicBackend {
  readonly target: string;
  readonly proxy: string;
  readonly state: string;
  readonly up: number;
  readonly all: number;
}

export function PublicView() {
  const axis = useTimeAxis();
  const { answer, problem } = usePolled(QUERY, () => inTurn(() => instant(QUERY)), EVERY);
  const backends = useMemo(() => backendsOf(answer ?? []), [answer]);
  return (
    <section class="js-only" aria-labelledby="haproxy">
      <h1 id="haproxy">HAProxy</h1>
      {problem === '' ? null : (
        <p class="notice">Backends cannot be shown: {problem}. They are asked for again in 15 seconds.</p>
      )}
      {answer === undefined && problem === '' ? <p class="empty">Backends are being read.</p> : null}
      {answer !== undefined && backends.length === 0 ? (
        <p class="empty">No load balancer is shown here.</p>
      ) : null}
      {backends.length === 0 ? null : (
        <>
          <h2>Backends</h2>
          <ul class="rows">
            {backends.map(each => (
              <Row key={`${each.target} ${each.proxy}`} of={each} />
            ))}
          </ul>
          <RangeButtons axis={axis} />
          <div class="charts">
            <BackendStrips axis={axis} />
          </div>
        </>
      )}
    </section>
  );
}

function Row({ of: { proxy, state, up, all } }: { of: PublicBackend }) {
  const isUp = state === 'UP';
  return (
    <li class="row proxy">
      <Shape of={toneOfState(state)} />
      <strong>{proxy}</strong>
      <span class={isUp ? 'quiet' : 'unhealthy'}>{state || 'unknown'}</span>
      <span class={up < all ? 'degraded digits' : 'quiet digits'}>
        {all === 0 ? 'no server' : `${up} of ${all} ${all === 1 ? 'server' : 'servers'} up`}
      </span>
    </li>
  );
}

/** Those that are not up first. */
function backendsOf(series: readonly Series[]): PublicBackend[] {
  const found = groupBy(series, ({ metric: { target, proxy } }) => JSON.stringify([target, proxy]));
  return [...found.values()]
    .map(own => {
      const { target = '', proxy = '' } = own[0]?.metric ?? {};
      const servers = own.filter(({ metric }) => metric.part === 'servers');
      const sum = (of: readonly Series[]) => of.reduce((all, { value }) => all + Number(value[1]), 0);
      const state = own.find(({ metric }) => metric.part === 'state')?.metric.state ?? '';
      return {
        ...{ target, proxy, state, all: sum(servers) },
        up: sum(servers.filter(({ metric }) => metric.state === 'UP')),
      };
    })
    .sort(
      (a, b) => Number(a.state === 'UP') - Number(b.state === 'UP') || a.proxy.localeCompare(b.proxy, 'en'),
    );
}
