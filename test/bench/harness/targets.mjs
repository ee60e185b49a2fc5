// In: how many ports, backends, ... Out: something to be monitored, running on free loopback ports; its CPU is not
// counted unless a row says so.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, get } from './loopback.mjs';
import { compile, printed, program } from './peers.mjs';

/** JSON health on every path of `count` ports. @returns {Promise<number[]>} the ports */
export async function startHealthServer(children, count = 5) {
  const args = [program('targets/health-server.mjs'), String(count)];
  return (await printed(children, 'the health server', process.execPath, args)).value;
}

/** Exporters of so many series each. @returns {Promise<number[]>} their ports */
export async function startExporters(children, count, series) {
  const args = [program('targets/exporter-server.mjs'), String(count), String(series)];
  return (await printed(children, 'the exporters', process.execPath, args)).value;
}

/** Answers 20 ms after it was asked and says how long it really took. @returns {Promise<number>} its port */
export async function startDelayServer(bench, children) {
  return (await printed(children, 'the delay server', compile(bench, 'targets/delay-server.c'), ['20']))
    .value;
}

export async function startRedis(bench, children) {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', bench.folder];
  await children.start('redis-server', 'redis-server', args, {
    ready: ({ stdout }) => {
      if (!stdout.includes('Ready to accept connections'))
        throw new Error('it does not say that it is ready');
    },
  });
  return port;
}

/**
 * HAProxy with `backends` backends of `servers` servers each, all at `serverPort`; /backend/N reaches backend N.
 * Its statistics (;csv), its own exporter (/metrics) and /health are on one port.
 * @returns {Promise<{pid: number, statsUrl: string, healthUrl: string, metricsUrl: string, trafficUrl: string}>}
 */
export async function startHaproxy(bench, children, { backends, servers, serverPort }) {
  const [statsPort, trafficPort] = [await freePort(), await freePort()];
  const file = join(mkdtempSync(join(bench.folder, 'haproxy-')), 'haproxy.cfg');
  writeFileSync(file, haproxyConfig({ backends, servers, serverPort, statsPort, trafficPort }));
  const stats = `http://127.0.0.1:${statsPort}`;
  const child = await children.start('haproxy', 'haproxy', ['-db', '-f', file], {
    ready: () => get(`${stats}/health`),
  });
  return {
    pid: child.pid,
    statsUrl: `${stats}/haproxy_stats;csv`,
    healthUrl: `${stats}/health`,
    metricsUrl: `${stats}/metrics`,
    trafficUrl: `http://127.0.0.1:${trafficPort}`,
  };
}

function haproxyConfig({ backends, servers, serverPort, statsPort, trafficPort }) {
  const lines = [
    'global',
    '  maxconn 2000',
    'defaults',
    '  mode http',
    '  timeout connect 5s',
    '  timeout client 60s',
    '  timeout server 60s',
    'frontend statistics',
    `  bind 127.0.0.1:${statsPort}`,
    '  monitor-uri /health',
    '  http-request use-service prometheus-exporter if { path /metrics }',
    '  stats enable',
    '  stats uri /haproxy_stats',
    'frontend traffic',
    `  bind 127.0.0.1:${trafficPort}`,
    '  use_backend %[path,field(2,/)]%[path,field(3,/)]',
  ];
  for (let b = 0; b < backends; b++) {
    lines.push(`backend backend${b}`);
    for (let s = 0; s < servers; s++) lines.push(`  server server${s} 127.0.0.1:${serverPort}`);
  }
  return `${lines.join('\n')}\n`;
}
