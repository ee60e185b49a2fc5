import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { ROOT } from './tool.js';

interface Service {
  image: string;
  build?: string;
  profiles?: string[];
  entrypoint?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const compose = load(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const services = Object.entries(compose.services);
const mounts = services.flatMap(([name, { volumes = [] }]) => volumes.map(volume => [name, volume] as const));

test('the services are there, and the demo only on demand', () => {
  expect(services.map(([name, { profiles }]) => [name, profiles])).toEqual([
    ['monitor', undefined],
    ['prometheus', undefined],
    ['alertmanager', undefined],
    ['grafana', undefined],
    ['redis', undefined],
    ['haproxy', undefined],
    ['demo', ['demo']],
  ]);
});

describe('every service', () => {
  test.each(services)('%s is built here, or an image of one version', (_, { image, build }) => {
    if (build === undefined) expect(image).toMatch(/:v?\d+\.\d+\.\d+(-\w+)?$/);
    else expect({ image, build }).toEqual({ image: 'langgraph-monitor', build: '.' });
  });

  test.each(services)('%s has its health checked', (_, { build, healthcheck }) => {
    const checked =
      build === undefined ? healthcheck?.test[0] : /^HEALTHCHECK/m.exec(read('Dockerfile'))?.[0];
    expect(checked).toMatch(/^(CMD|CMD-SHELL|HEALTHCHECK)$/);
  });

  test.each(services)('%s opens its ports on this machine only', (name, { ports = [] }) => {
    // Redis is a neighbour's only; many machines have one on its port already.
    expect(ports.length > 0).toBe(name !== 'redis');
    for (const port of ports) expect(port).toMatch(/^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:\d+:\d+$/);
  });
});

test('no two services open the same port', () => {
  const published = services.flatMap(([, { ports = [] }]) => ports.map(port => port.split(':').at(-2)));
  expect(published.length).toBeGreaterThan(0);
  expect(new Set(published).size).toBe(published.length);
});

test.each(mounts)('%s: the mount %s has its source', (_, volume) => {
  const [source = '', , mode] = volume.split(':');
  if (source.startsWith('./')) {
    expect(existsSync(join(ROOT, source)), source).toBe(true);
    expect(mode).toBe('ro');
  } else {
    expect(Object.keys(compose.volumes)).toContain(source);
  }
});

test('every volume is used', () => {
  for (const name of Object.keys(compose.volumes)) {
    expect(mounts.filter(([, volume]) => volume.startsWith(`${name}:`))).toHaveLength(1);
  }
});

describe('the services find each other', () => {
  /** Where each one listens in its container. */
  const known = [
    'monitor:8083',
    'demo:8083',
    'prometheus:9090',
    'alertmanager:9093',
    'redis:6379',
    'haproxy:8888',
    'haproxy:8404',
  ];
  const wired = (text: string) =>
    [...text.matchAll(/\b(?:https?:\/\/)?([a-z][a-z.]*:\d{4,5})\b/g)].map(match => match[1]);

  test.each([
    ['Prometheus', 'deploy/compose/prometheus.yml', ['alertmanager:9093', 'monitor:8083']],
    ['HAProxy', 'deploy/compose/haproxy.cfg', ['monitor:8083']],
    ['the monitor', 'deploy/compose/monitor.yml', ['haproxy:8888', 'haproxy:8404', 'redis:6379']],
  ])('%s in %s', (_, path, want) => {
    const withoutComments = read(path).replace(/^\s*#.*$/gm, '');
    expect(wired(withoutComments)).toEqual(want);
    for (const address of want) expect(known).toContain(address);
  });

  test('Grafana through the variables its provisioning asks for', () => {
    const provisioned = load(read('grafana/provisioning/datasources/prometheus.yml')) as {
      datasources: { uid: string; type: string; url: string }[];
    };
    const environment = compose.services.grafana?.environment ?? {};
    const resolved = provisioned.datasources.map(({ uid, type, url }) => [
      uid,
      type,
      url.replace(/^\$\{(\w+)\}$/, (_, name: string) => environment[name] ?? 'unset'),
    ]);
    expect(resolved).toEqual([
      ['langgraph-monitor', 'prometheus', 'http://prometheus:9090'],
      ['langgraph-monitor-alertmanager', 'alertmanager', 'http://alertmanager:9093'],
    ]);
  });

  test('HAProxy listens where its neighbours ask', () => {
    const config = read('deploy/compose/haproxy.cfg');
    const listening = [...config.matchAll(/^ +bind \*:(\d+)$/gm)].map(match => match[1]);
    expect(listening).toEqual(['9004', '8888', '8404']);
  });

  test("the monitor's environment names every variable its configuration asks for", () => {
    const asked = [...read('deploy/compose/monitor.yml').matchAll(/\$\{(\w+)/g)].map(
      match => match[1] as string,
    );
    expect(Object.keys(compose.services.monitor?.environment ?? {}).sort()).toEqual(
      [...new Set(asked)].sort(),
    );
  });
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(match =>
    (match[1] as string).split(' '),
  );
  const kept = [...read('.dockerignore').matchAll(/^!(.*)$/gm)].map(match => match[1]);

  test.each(copied)('is given %s', path => {
    expect(existsSync(join(ROOT, path))).toBe(true);
    expect(kept).toContain(path);
  });

  test('is given nothing it does not copy', () => {
    expect([...kept].sort()).toEqual([...new Set(copied)].sort());
  });

  test.each([
    ['as another user than root', /^USER node$/m],
    ['with its state on a volume', /^VOLUME \/opt\/langgraph-monitor\/data$/m],
    ['as the first process, so that signals reach it', /^ENTRYPOINT \["node", "dist\/main\.js"\]$/m],
  ])('runs %s', (_, want) => {
    expect(dockerfile).toMatch(want);
  });

  test('has the program the demo starts', () => {
    const [, program = ''] = compose.services.demo?.entrypoint ?? [];
    const source = program.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts');
    expect(source).toBe('src/demo/main.ts');
    expect(existsSync(join(ROOT, source))).toBe(true);
  });
});
