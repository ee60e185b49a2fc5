// The exporters whose metric names we use probe the same servers at the same time.

import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { haproxy } from '../../../src/probes/kinds/haproxy.js';
import { redis } from '../../../src/probes/kinds/redis.js';
import { type Exporter, startHaproxyExporter, startRedisExporter } from '../../support/exporters.js';
import { type HaproxyServer, startHaproxy } from '../../support/haproxy.js';
import { listen, portOf, stop } from '../../support/http.js';
import { type RedisServer, startRedis } from '../../support/redis.js';
import type { Exception } from './comparison.js';
import { Bench } from './recording.js';
import { type Meant, sideBySide } from './side-by-side.js';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

const OF_THE_PROCESS: Exception = {
  family: /^(go|process|promhttp)_/,
  what: 'missing',
  reason: "the exporter's own process",
};

const PROMEX: Meant = {
  exceptions: [
    { family: /^haproxy_process_/, what: 'missing', reason: 'not on the statistics page' },
    {
      family: /^haproxy_(backend|server)_(response|total)_time_average_seconds$/,
      what: 'value',
      reason: 'promex divides by 1024 also when fewer requests were served; the page is right',
    },
    {
      family: 'haproxy_server_check_code',
      what: 'series',
      reason: 'promex shows 0 for a check that has no code; what was not measured is absent',
    },
  ],
  moving: [
    {
      family: 'haproxy_server_check_duration_seconds',
      reason: 'the latest check, and there are five a second',
    },
  ],
};

const HAPROXY_EXPORTER: Meant = {
  // Its labels are those of before HAProxy had an exporter of its own.
  rename: { frontend: 'proxy', backend: 'proxy' },
  exceptions: [
    OF_THE_PROCESS,
    { family: 'haproxy_exporter_build_info', what: 'missing', reason: 'the build of that exporter' },
    {
      family: /^haproxy_(backend|server)_up$/,
      what: 'missing',
      reason: 'haproxy_backend_status and haproxy_server_status say more',
    },
    {
      family: /_(compressor_bytes_(in|out|bypassed)|http_responses_compressed|server_selected)_total$/,
      what: 'missing',
      reason: "promex's names: http_comp_*, loadbalanced_total",
    },
    {
      family: /^haproxy_(backend|server)_http_(queue|connect|response|total)_time_average_seconds$/,
      what: 'missing',
      reason: "promex's names: queue_time_average_seconds and so on",
    },
    { family: 'haproxy_backend_current_server', what: 'missing', reason: "promex's name: active_servers" },
    {
      family: /^haproxy_(frontend|backend|server)_current_session_rate$/,
      what: 'missing',
      reason: 'promex leaves it to rate(sessions_total)',
    },
    {
      family: 'haproxy_frontend_http_requests_total',
      what: 'series',
      reason: 'it shows 0 for a TCP frontend, which has no HTTP requests; promex does not',
    },
  ],
  moving: [
    {
      family: 'haproxy_server_check_duration_seconds',
      reason: 'the latest check, and there are five a second',
    },
    {
      family: 'haproxy_frontend_current_sessions',
      reason:
        'the looks themselves are sessions of the frontend with the statistics, and an ended one may linger',
    },
  ],
};

const REDIS_EXPORTER: Meant = {
  exceptions: [
    OF_THE_PROCESS,
    { family: /^redis_commands_(?!processed)/, what: 'missing', reason: 'needs INFO commandstats' },
    { family: 'redis_latency_percentiles_usec', what: 'missing', reason: 'needs INFO latencystats' },
    { family: /^redis_config_/, what: 'missing', reason: 'needs the right to CONFIG GET' },
    { family: /^redis_(slowlog_|last_slow_)/, what: 'missing', reason: 'needs the right to SLOWLOG' },
    {
      family: /^redis_(exporter_|target_scrape_|last_key_groups_scrape_)/,
      what: 'missing',
      reason: 'about its own scrapes; ours are probe_*',
    },
    {
      family: 'redis_latest_fork_seconds',
      what: 'missing',
      reason: 'newer versions call it redis_latest_fork_usec, as we do',
    },
    {
      family: 'redis_expired_time_cap_reached_total',
      what: 'type',
      reason: 'a counter in newer versions, as here',
    },
    {
      family: /^redis_db_keys(_expiring)?$/,
      what: 'series',
      reason: 'it asks CONFIG GET databases and shows the empty ones too',
    },
    {
      family: 'redis_connected_clients',
      what: 'value',
      reason: 'it opens a connection and so counts one more',
    },
  ],
  moving: [
    {
      family: /^redis_(memory_used_(?!lua|peak|startup|scripts)|allocator_|mem_fragmentation_|mem_clients_)/,
      reason: 'memory moves with every connection and every answer',
    },
    { family: /^redis_client_recent_max_/, reason: 'the buffers of the last client' },
    { family: 'redis_start_time_seconds', reason: 'whole seconds, by two clocks' },
    { family: 'redis_db_avg_ttl_seconds', reason: 'an estimate the server keeps making' },
  ],
};

describe('haproxy', () => {
  let upstream: Server;
  let server: HaproxyServer;
  let exporter: Exporter;
  const statsUrl = () => `http://127.0.0.1:${server.ports[1]}/haproxy_stats`;

  beforeAll(async () => {
    upstream = await listen(async (_, response) => {
      await delay(30);
      response.end('hello');
    });
    server = await startHaproxy(
      3,
      (api, stats, tcp) => `
frontend api
  bind 127.0.0.1:${api}
  default_backend llm
frontend stats
  bind 127.0.0.1:${stats}
  stats enable
  stats uri /haproxy_stats
  http-request use-service prometheus-exporter if { path /metrics }
frontend database
  mode tcp
  bind 127.0.0.1:${tcp}
  default_backend database
backend llm
  compression algo gzip
  server up 127.0.0.1:${portOf(upstream)} check inter 200ms maxconn 50
  server down 127.0.0.1:1 check inter 200ms rise 1 fall 1
  server unchecked 127.0.0.1:${portOf(upstream)}
  server maintained 127.0.0.1:${portOf(upstream)} check disabled
backend database
  mode tcp
  server db 127.0.0.1:${portOf(upstream)} check inter 200ms
`,
    );
    for (let i = 0; i < 20; i++) await fetch(`http://127.0.0.1:${server.ports[0]}/`);
    exporter = await startHaproxyExporter(`${statsUrl()};csv`);
  });
  afterAll(async () => {
    await exporter.close();
    await server.close();
    await stop(upstream);
  });

  test('and its own exporter', async () => {
    const probe = await bench.open(haproxy, { stats_url: statsUrl() });
    const url = `http://127.0.0.1:${server.ports[1]}/metrics`;
    expect(await sideBySide(haproxy, probe, url, PROMEX)).toEqual([]);
  });

  test('and haproxy_exporter', async () => {
    const probe = await bench.open(haproxy, { stats_url: statsUrl() });
    expect(await sideBySide(haproxy, probe, `${exporter.url}/metrics`, HAPROXY_EXPORTER)).toEqual([]);
  });
});

describe('redis', () => {
  let master: RedisServer;
  let replica: RedisServer;
  const exporters: Exporter[] = [];
  beforeAll(async () => {
    master = await startRedis({ password: 'word' });
    replica = await startRedis({
      password: 'word',
      lines: [`replicaof 127.0.0.1 ${master.port}`, 'masterauth word'],
    });
    for (const line of ['SET a 1', 'SET b 2 EX 1000', 'GET a', 'GET none', 'NOSUCHCOMMAND']) {
      await master.command(line);
    }
    await vi.waitFor(async () => expect(await master.command('WAIT 1 100')).toBe(':1'), 60_000);
    for (const { port } of [master, replica]) exporters.push(await startRedisExporter(port, 'word'));
  });
  afterAll(async () => {
    for (const exporter of exporters) await exporter.close();
    await replica.close();
    await master.close();
  });

  test.each(['master', 'replica'])('and redis_exporter: %s', async role => {
    const [server, exporter] = role === 'master' ? [master, exporters[0]] : [replica, exporters[1]];
    const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}`, password: 'word' });
    expect(await sideBySide(redis, probe, `${exporter?.url}/metrics`, REDIS_EXPORTER)).toEqual([]);
  });
});
