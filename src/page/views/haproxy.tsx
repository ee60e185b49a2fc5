// The load balancer: backends with their servers, sessions against limits, queues, errors, and when rules fire.

import './haproxy.css';
import { instant } from '../api.js';
import { type Panel, Panels } from '../chart/panel.js';
import { parts, rateWindow, windowOf } from '../chart/promql.js';
import { RangeButtons } from '../chart/range-buttons.js';
import { inTurn } from '../chart/series.js';
import { useTimeAxis } from '../chart/time-axis.js';
import { useModel } from '../model.js';
import { usePolled } from '../polled.js';
import { AlertRows, sent } from '../view/alerts.js';
import { Body } from '../view/body.js';
import { classOfGroups } from '../view/columns.js';
import { Rules } from '../view/rules.js';
import { Shape } from '../view/shape.js';
import { Link } from '../view/view-link.js';
import { count, span } from '../words.js';
import { type Backend, isUp, PROXIES_QUERY, type ProxyFigures, proxiesOf } from './haproxy/proxies.js';
import { PublicView } from './haproxy/public.js';
import { toneOfState } from './haproxy/states.js';
import { ServerStrips } from './haproxy/strips.js';

/** Milliseconds between two looks. */
const EVERY = 15_000;

const number = (value: number) =>
  value >= 10 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
const byProxy = ({ proxy = '' }: Readonly<Record<string, string>>) => proxy;
const max = (family: string) => (step: number) =>
  `max by (proxy) (max_over_time(${family}[${windowOf(step)}]))`;
const rate = (family: string) => (step: number) => `sum by (proxy) (rate(${family}[${rateWindow(step)}]))`;

const PANELS: readonly Panel[] = [
  {
    title: 'Servers that take requests',
    note: 'by backend',
    query: step => `sum by (proxy) (min_over_time(haproxy_backend_active_servers[${windowOf(step)}]))`,
    name: byProxy,
    print: number,
    isLow: true,
  },
  {
    title: 'Sessions of frontends',
    note: 'share of their limits',
    query: step =>
      `max by (proxy) (max_over_time(langgraph:haproxy_sessions_usage:ratio[${windowOf(step)}]))`,
    name: byProxy,
    print: value => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`,
    limit: 'haproxy_frontend_current_sessions',
    isLow: true,
  },
  {
    title: 'Sessions of backends',
    query: max('haproxy_backend_current_sessions'),
    name: byProxy,
    print: number,
  },
  {
    title: 'Queue',
    note: 'requests that wait for a server',
    query: max('haproxy_backend_current_queue'),
    name: byProxy,
    print: number,
    isLow: true,
  },
  {
    title: 'Requests a second',
    note: 'by backend',
    query: rate('haproxy_backend_http_requests_total'),
    name: byProxy,
    print: number,
  },
  {
    title: 'Errors a second',
    note: 'of all backends',
    query: step =>
      parts(
        Object.fromEntries(
          [
            ['5xx', 'haproxy_backend_http_responses_total{code="5xx"}'],
            ['connection', 'haproxy_backend_connection_errors_total'],
            ['response', 'haproxy_backend_response_errors_total'],
            ['retries', 'haproxy_backend_retry_warnings_total'],
          ].map(([name, family]) => [name, `sum(rate(${family}[${rateWindow(step)}]))`]),
        ),
      ),
    name: ({ part = '' }) => part,
    print: number,
  },
];

export function View() {
  return useModel().isReadOnly ? <PublicView /> : <FullView />;
}

function FullView() {
  const model = useModel();
  const axis = useTimeAxis();
  const { answer, problem } = usePolled(
    PROXIES_QUERY,
    () => inTurn(async () => proxiesOf(await instant(PROXIES_QUERY))),
    EVERY,
  );
  const firing = sent(model.alerts.value.details).filter(({ alertname }) => alertname.startsWith('HAProxy'));
  return (
    <section class="js-only" aria-labelledby="haproxy">
      <h1 id="haproxy">HAProxy</h1>
      {firing.length === 0 ? null : (
        <section class="alerts" aria-label="Alerts of HAProxy">
          <AlertRows alerts={firing} />
        </section>
      )}
      {problem === '' ? null : (
        <p class="notice">Backends cannot be shown: {problem}. It is asked again by itself.</p>
      )}
      {answer === undefined && problem === '' ? <p class="empty">Backends are being read.</p> : null}
      {answer?.backends.length === 0 && answer.frontends.length === 0 ? (
        <None />
      ) : answer === undefined ? null : (
        <>
          <Frontends frontends={answer.frontends} />
          <h2>Backends</h2>
          <ul class={`cards ${classOfGroups([answer.backends.length])}`}>
            {answer.backends.map(backend => (
              <BackendCard key={`${backend.target} ${backend.proxy}`} backend={backend} />
            ))}
          </ul>
          <RangeButtons axis={axis} />
          <div class="charts strips-box">
            <ServerStrips axis={axis} />
          </div>
          <Panels axis={axis} panels={PANELS} />
          <Rules about={/\bhaproxy_/} />
        </>
      )}
    </section>
  );
}

const LINES = `services:
  haproxy:
    name: HAProxy
    kind: haproxy
    url: http://127.0.0.1:8888/health
    stats_url: http://127.0.0.1:9000/haproxy_stats`;

function None() {
  return (
    <div class="empty">
      <p>
        No statistics of an HAProxy are known. With these lines in monitor.yml they appear after the next
        check:
      </p>
      <Body name="Lines for monitor.yml" text={LINES} />
    </div>
  );
}

function Frontends({ frontends }: { frontends: readonly ProxyFigures[] }) {
  if (frontends.length === 0) return null;
  return (
    <>
      <h2>Frontends</h2>
      <ul class="rows">
        {frontends.map(each => (
          <li key={`${each.target} ${each.proxy}`} class="row proxy">
            <Shape of={isUp(each) ? 'healthy' : 'unhealthy'} />
            <strong>{each.proxy}</strong>
            <StateWord of={each} />
            <Sessions of={each} />
          </li>
        ))}
      </ul>
    </>
  );
}

function BackendCard({ backend }: { backend: Backend }) {
  const { target, proxy, servers, queue } = backend;
  return (
    <li class="card backend-card">
      <div class="card-head">
        <Shape of={isUp(backend) ? 'healthy' : 'unhealthy'} />
        <h3>{proxy}</h3>
        <StateWord of={backend} />
      </div>
      <p class="quiet digits">
        <Sessions of={backend} />
        {queue ? `, ${queue} queued` : ''} · <Link to={{ view: 'service', id: target }}>{target}</Link>
      </p>
      <ul class="servers">
        {servers.map(server => (
          <li key={server.server} class="proxy">
            <Shape of={toneOfState(server.state)} />
            <span class="what">{server.server}</span>
            <StateWord of={server} />
            <Sessions of={server} />
          </li>
        ))}
      </ul>
    </li>
  );
}

function StateWord({ of }: { of: ProxyFigures }) {
  return (
    <span class={`digits ${isUp(of) ? 'quiet' : toneOfState(of.state)}`}>
      {of.state || 'unknown'}
      {of.changed === undefined ? '' : ` for ${span(of.changed * 1000)}`}
    </span>
  );
}

function Sessions({ of: { sessions, limit } }: { of: ProxyFigures }) {
  if (sessions === undefined) return null;
  return (
    <span class="quiet digits">
      {limit === undefined ? count(sessions, 'session') : `${sessions} of ${count(limit, 'session')}`}
    </span>
  );
}
