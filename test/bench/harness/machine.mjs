// In: nothing. Out: the machine and the versions of everything on it that is compared.

import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

const VERSIONS = [
  ['prometheus', 'prometheus', ['--version'], /version (\S+)/],
  // It does not say its own version when it is Debian's.
  ['VictoriaMetrics', 'dpkg', ['-s', 'victoria-metrics'], /^Version: (\S+)/m],
  ['blackbox_exporter', 'prometheus-blackbox-exporter', ['--version'], /version (\S+)/],
  ['haproxy_exporter', 'prometheus-haproxy-exporter', ['--version'], /version (\S+?),? /],
  ['redis_exporter', 'prometheus-redis-exporter', ['--version'], /Exporter (\S+)/],
  ['alertmanager', 'prometheus-alertmanager', ['--version'], /version (\S+)/],
  ['haproxy', 'haproxy', ['-v'], /version (\S+)/],
  ['redis', 'redis-server', ['--version'], /v=(\S+)/],
  ['Python', '/usr/bin/python3', ['--version'], /Python (\S+)/],
  [
    'aiohttp',
    '/usr/bin/python3',
    ['-c', 'import aiohttp; print("aiohttp", aiohttp.__version__)'],
    /aiohttp (\S+)/,
  ],
  ['wrk', 'wrk', ['-v'], /wrk (?:debian\/)?(\S+)/],
  ['gcc', 'gcc', ['-dumpfullversion'], /^(\S+)/],
];

/** The machine in a few words: figures without a peer are compared on the same one only. */
export function machineName() {
  const cores = cpus();
  return `${cores[0].model.trim()}, ${cores.length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

/** Two Markdown lines: the machine, and what runs on it. */
export function describeMachine() {
  return [
    `Machine: ${machineName()}, Linux ${release()}, Node ${process.version}.`,
    `Peers: ${VERSIONS.map(describeVersion).join(', ')}.`,
  ].join('\n');
}

function describeVersion([name, command, args, pattern]) {
  const ran = spawnSync(command, args, { encoding: 'utf8' });
  const found = ran.error ? null : pattern.exec(`${ran.stdout}${ran.stderr}`);
  return `${name} ${found ? found[1].replace(/,$/, '') : 'not installed'}`;
}
