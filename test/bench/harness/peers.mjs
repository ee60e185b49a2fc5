// In: what a peer is to do. Out: that peer, running on a free loopback port. One function a peer.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Missing } from './children.mjs';
import { freePort, get } from './loopback.mjs';

const PYTHON = '/usr/bin/python3';

/** The path of a program under peers/ or targets/. */
export function program(name) {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

/** Compiles a C program into the bench's folder. @returns {string} its path. @throws Missing without gcc. */
export function compile(bench, source) {
  const binary = join(bench.folder, source.replaceAll(/[/.]/g, '-'));
  const ran = spawnSync('gcc', ['-O2', '-o', binary, program(source)], { encoding: 'utf8' });
  if (ran.error?.code === 'ENOENT') throw new Missing('gcc is not installed');
  if (ran.status !== 0) throw new Error(`gcc: ${ran.stderr}`);
  return binary;
}

/** The Python server; `config` as its file says, without the port. */
export async function startPython(bench, children, config) {
  const imports = spawnSync(PYTHON, ['-c', 'import aiohttp']);
  if (imports.error || imports.status !== 0)
    throw new Missing('/usr/bin/python3 with aiohttp is not installed');
  const port = await freePort();
  const file = join(mkdtempSync(join(bench.folder, 'python-')), 'config.json');
  writeFileSync(file, JSON.stringify({ port, ...config }));
  return await startServer(
    children,
    'Python aiohttp',
    PYTHON,
    [program('peers/aiohttp_monitor.py'), file],
    port,
    '/health',
  );
}

export async function startBlackbox(bench, children) {
  const port = await freePort();
  const file = join(bench.folder, 'blackbox.yml');
  writeFileSync(
    file,
    'modules:\n  http_2xx:\n    prober: http\n    timeout: 5s\n    http: {preferred_ip_protocol: ip4}\n',
  );
  const args = [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
  return await startServer(
    children,
    'blackbox_exporter',
    'prometheus-blackbox-exporter',
    args,
    port,
    '/-/healthy',
  );
}

/** A Prometheus job that has blackbox_exporter ask each of `urls` every so many seconds. */
export function throughBlackbox(blackbox, urls, seconds) {
  return {
    job_name: 'blackbox',
    metrics_path: '/probe',
    scrape_interval: `${seconds}s`,
    scrape_timeout: `${Math.min(seconds, 10)}s`,
    params: { module: ['http_2xx'] },
    static_configs: [{ targets: urls }],
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: new URL(blackbox.url).host },
    ],
  };
}

/**
 * @param scrapes `scrape_configs` as an object.
 * @param options `folder` may hold `data` already; `config` is what else stands in prometheus.yml; `ready(url)` throws until it is, by default until it says so.
 */
export async function startPrometheus(
  bench,
  children,
  scrapes,
  { folder, flags = [], ready, config = {} } = {},
) {
  const port = await freePort();
  const own = mkdtempSync(join(bench.folder, 'prometheus-'));
  const file = join(own, 'prometheus.yml');
  writeFileSync(file, JSON.stringify({ scrape_configs: scrapes, ...config }));
  const args = [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`];
  args.push(`--storage.tsdb.path=${join(folder ?? own, 'data')}`, '--log.level=error', ...flags);
  return await startServer(children, 'prometheus', 'prometheus', args, port, '/-/ready', ready);
}

/** @param options `folder` holds its data; `ready(url)` throws until it is, by default until it is healthy. */
export async function startVictoriaMetrics(children, { folder, flags = [], ready }) {
  const port = await freePort();
  const args = [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${folder}`, '-loggerLevel=ERROR'];
  args.push(...flags);
  return await startServer(children, 'VictoriaMetrics', 'victoria-metrics', args, port, '/health', ready);
}

/** vmalert on a port of the caller's choice, since VictoriaMetrics shows its alerts. @param rules paths of rule files */
export async function startVmalert(children, { port, storage, alertmanager, rules, every }) {
  const args = [`-httpListenAddr=127.0.0.1:${port}`, '-loggerLevel=ERROR', `-evaluationInterval=${every}`];
  args.push(
    `-datasource.url=${storage}?nocache=1`,
    `-remoteWrite.url=${storage}`,
    `-notifier.url=${alertmanager}`,
  );
  args.push(...rules.map(file => `-rule=${file}`));
  return await startServer(children, 'vmalert', 'vmalert', args, port, '/health');
}

const TELLS_NOBODY = { route: { receiver: 'none' }, receivers: [{ name: 'none' }] };

/** @param config what would stand in alertmanager.yml, as an object */
export async function startAlertmanager(bench, children, config = TELLS_NOBODY) {
  const port = await freePort();
  const folder = mkdtempSync(join(bench.folder, 'alertmanager-'));
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, JSON.stringify(config));
  const args = [`--config.file=${file}`, `--storage.path=${join(folder, 'data')}`, '--log.level=error'];
  args.push(`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=');
  return await startServer(children, 'alertmanager', 'prometheus-alertmanager', args, port, '/-/ready');
}

export async function startHaproxyExporter(children, statsUrl) {
  const port = await freePort();
  const args = [
    `--haproxy.scrape-uri=${statsUrl}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  return await startServer(children, 'haproxy_exporter', 'prometheus-haproxy-exporter', args, port, '/');
}

export async function startRedisExporter(children, redisPort) {
  const port = await freePort();
  const args = [`-redis.addr=redis://127.0.0.1:${redisPort}`, `-web.listen-address=127.0.0.1:${port}`];
  return await startServer(children, 'redis_exporter', 'prometheus-redis-exporter', args, port, '/health');
}

/** One file's bytes on every path, by `node:http` or `express`. @param file {{path, type, encoding?}} */
export async function startStatic(children, how, { path, type, encoding }) {
  const args = [program('peers/static-server.mjs'), how, path, type];
  if (encoding) args.push(encoding);
  const port = await printed(children, `bare ${how}`, process.execPath, args);
  return { pid: port.child.pid, url: `http://127.0.0.1:${port.value}` };
}

/** Starts a program that prints one line of JSON when it is ready. @returns {Promise<{child, value}>} */
export async function printed(children, who, command, args) {
  const child = await children.start(who, command, args, {
    env: { NODE_ENV: 'production' },
    ready: ({ stdout }) => {
      if (!stdout.includes('\n')) throw new Error('it has printed nothing');
    },
  });
  return { child, value: JSON.parse(child.stdout) };
}

/** Runs a program to its end. @returns what it printed, a line of JSON, parsed. */
export async function ran(children, who, command, args) {
  return JSON.parse(await (await children.start(who, command, args)).output());
}

async function startServer(children, who, command, args, port, path, ready = url => get(url + path)) {
  const url = `http://127.0.0.1:${port}`;
  const child = await children.start(who, command, args, { ready: () => ready(url) });
  return { pid: child.pid, url, child };
}
