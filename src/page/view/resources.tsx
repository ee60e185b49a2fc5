// The load balancer's backends, Redis and the node: how full, and where a rule would fire.

import { type Backend, type Model, useModel } from '../model.js';
import { bytes, count } from '../words.js';
import { Shape } from './shape.js';
import { Link } from './view-link.js';

export function Resources() {
  const model = useModel();
  const { backends } = model;
  return (
    <section class="resources js-only" aria-labelledby="resources">
      <h2 id="resources">Load balancer, cache, node</h2>
      <ul class="cards compact">
        <Node />
        {redisServices(model).map(([id, { name, health }]) => (
          <Redis key={id} name={name} health={health} />
        ))}
        {backends.value.length === 0 ? null : <Backends backends={backends.value} />}
      </ul>
    </section>
  );
}

/** How many cards there are. */
export function resourceCount(model: Model): number {
  return 1 + redisServices(model).length + Number(model.backends.value.length > 0);
}

function redisServices({ health }: Model) {
  return Object.entries(health.value.services).filter(([, { health }]) => health.redis_version !== undefined);
}

function Node() {
  const { about, health, limits } = useModel();
  const { cpu_percent, memory_percent, disk_percent } = health.value.cluster_stats.local_node;
  const { host_cpu_usage_ratio, host_memory_usage_ratio, host_filesystem_usage_ratio } = limits.value;
  const figures = [cpu_percent, memory_percent, disk_percent];
  return (
    <li class="card">
      <h3>
        <Link to={{ view: 'node' }}>{about.node}</Link>
      </h3>
      {figures.every(figure => figure === undefined) ? (
        <p class="quiet">Measured with the first scan.</p>
      ) : (
        <>
          <Gauge name="CPU" share={share(cpu_percent)} limit={host_cpu_usage_ratio} />
          <Gauge name="Memory" share={share(memory_percent)} limit={host_memory_usage_ratio} />
          <Gauge name="Disk" share={share(disk_percent)} limit={host_filesystem_usage_ratio} />
        </>
      )}
    </li>
  );
}

function share(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : percent / 100;
}

function Redis({ name, health }: { name: string; health: Readonly<Record<string, unknown>> }) {
  const { limits } = useModel();
  const used = number(health.used_memory);
  const most = number(health.maxmemory);
  const hits = number(health.keyspace_hits) ?? 0;
  const questions = hits + (number(health.keyspace_misses) ?? 0);
  const clients = number(health.connected_clients);
  const operations = number(health.instantaneous_ops_per_sec);
  return (
    <li class="card">
      <h3>{name}</h3>
      {used !== undefined && most ? (
        <Gauge
          name="Memory"
          share={used / most}
          limit={limits.value.redis_memory_used_bytes}
          text={`${bytes(used)} of ${bytes(most)}`}
        />
      ) : (
        <p>{used === undefined ? null : `${bytes(used)} used, no limit set`}</p>
      )}
      {questions > 0 ? <Gauge name="Hits" share={hits / questions} limit={undefined} /> : null}
      <p class="quiet digits">
        {[
          clients === undefined ? '' : count(clients, 'client'),
          operations === undefined ? '' : `${operations} operations/s`,
        ]
          .filter(part => part !== '')
          .join(', ')}
      </p>
    </li>
  );
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Backends shown before a line says how many more there are. */
const SHOWN = 8;

function Backends({ backends }: { backends: readonly Backend[] }) {
  return (
    <li class="card">
      <h3>
        <Link to={{ view: 'haproxy' }}>HAProxy backends</Link>
      </h3>
      <ul class="backends">
        {backends.slice(0, SHOWN).map(({ name, status, sessions, queue, servers }) => (
          <li key={name}>
            <Shape of={status === 'UP' ? 'healthy' : 'unhealthy'} />
            <span class="backend">{name}</span>
            <span class={status === 'UP' ? 'quiet' : 'unhealthy'}>{status}</span>
            <span class="quiet digits">
              {count(servers, 'server')}, {count(sessions, 'session')}
              {queue > 0 ? `, ${queue} queued` : ''}
            </span>
          </li>
        ))}
      </ul>
      {backends.length > SHOWN ? <p class="quiet">{count(backends.length - SHOWN, 'more backend')}</p> : null}
    </li>
  );
}

interface GaugeProps {
  readonly name: string;
  /** Of 1. */
  readonly share: number | undefined;
  /** Where a rule fires, of 1. */
  readonly limit: number | undefined;
  readonly text?: string;
}

function Gauge({ name, share, limit, text }: GaugeProps) {
  if (share === undefined) return null;
  const shown = Math.min(1, Math.max(0, share));
  const isOver = limit !== undefined && share > limit;
  const value = text ?? `${Math.round(share * 100)} %`;
  return (
    <div
      class="gauge"
      title={limit === undefined ? undefined : `A rule fires above ${Math.round(limit * 100)} %`}
    >
      <span>{name}</span>
      <span class={isOver ? 'degraded digits' : 'digits'}>
        {isOver ? 'over its limit, ' : ''}
        {value}
      </span>
      <svg viewBox="0 0 300 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="groove" width="300" height="8" />
        <rect class={isOver ? 'fill over' : 'fill'} width={(shown * 300).toFixed(1)} height="8" />
        {limit === undefined ? null : <path class="limit" d={`M${(limit * 300).toFixed(1)} 0v8`} />}
      </svg>
    </div>
  );
}
