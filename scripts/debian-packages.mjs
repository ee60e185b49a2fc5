// The programs the tests run, and the Debian packages they come in.

import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { isInstalled, run, StepFailure } from './command.mjs';

/** Command and Debian package. A room whose tests need a program adds its line here. */
const PROGRAMS = [
  ['redis-server', 'redis-server'],
  ['haproxy', 'haproxy'],
  ['dnsmasq', 'dnsmasq-base'],
  ['prometheus', 'prometheus'],
  ['promtool', 'prometheus'],
  ['prometheus-alertmanager', 'prometheus-alertmanager'],
  ['amtool', 'prometheus-alertmanager'],
  ['prometheus-blackbox-exporter', 'prometheus-blackbox-exporter'],
  ['prometheus-redis-exporter', 'prometheus-redis-exporter'],
  ['prometheus-haproxy-exporter', 'prometheus-haproxy-exporter'],
  ['prometheus-postgres-exporter', 'prometheus-postgres-exporter'],
  ['prometheus-node-exporter', 'prometheus-node-exporter'],
  ['psql', 'postgresql'],
  ['victoria-metrics', 'victoria-metrics'],
  ['systemd-analyze', 'systemd'],
  ['openssl', 'openssl'],
  ['chromium-headless-shell', 'chromium-headless-shell'],
  ['prlimit', 'util-linux'],
  ['faketime', 'faketime'],
  ['dnsmasq', 'dnsmasq-base'],
];

/** Modules that Debian's Python has to find, and their packages. */
const MODULES = [
  ['aiohttp', 'python3-aiohttp'],
  ['jsonschema', 'python3-jsonschema'],
];
const PYTHON = '/usr/bin/python3';

/** Asked by Debian's packages before they start their service; 101 means "do not". */
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs the packages of missing programs through apt-get; their services are not started.
 * @throws StepFailure naming them, when not root or not on Debian.
 */
export function ensurePrograms() {
  // Debian keeps servers where only root's PATH looks; the tests inherit this.
  process.env.PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
  const isRoot = process.getuid?.() === 0;
  const missing = missingPackages(PROGRAMS);
  if (missing.length === 0) return;
  if (!isRoot || !isInstalled('apt-get')) {
    throw new StepFailure(
      `The tests need programs that are not installed: apt-get install --no-install-recommends ${missing.join(' ')}`,
    );
  }
  console.error(`Installing ${missing.join(' ')}.`);
  install(missing);
  const still = missingPackages(PROGRAMS);
  if (still.length > 0)
    throw new StepFailure(`Installed, but their programs are not on the PATH: ${still.join(' ')}`);
}

function missingPackages(programs) {
  const absent = [
    ...programs.filter(([command]) => !isInstalled(command)),
    ...MODULES.filter(([module]) => !isImportable(module)),
  ];
  return [...new Set(absent.map(([, debian]) => debian))];
}

function isImportable(module) {
  return spawnSync(PYTHON, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
}

function install(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
  const ownPolicy = !existsSync(POLICY);
  // Ctrl-C ends apt-get; we live on to take our policy away again.
  const stayAlive = () => {};
  process.on('SIGINT', stayAlive);
  try {
    if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
    run('apt-get', ['update', ...options], { env });
    run('apt-get', ['install', '-y', '--no-install-recommends', ...options, ...packages], { env });
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
    process.off('SIGINT', stayAlive);
  }
}
