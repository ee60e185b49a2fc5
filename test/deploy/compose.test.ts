import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { composeFile, read } from './compose-file.js';
import { ROOT, tool } from './tool.js';

const compose = composeFile();
/** As it is written, with variables in it. */
const written = load(read('docker-compose.yml')) as typeof compose;
const services = Object.entries(compose.services);
/** Not among the containers. */
const OUTSIDE = /^(mail\.example\.org|localhost):/;
/** Alertmanager's file with every setting that waits behind a `#`. */
const switchedOn = (text: string) => text.replace(/^( *)# ( *(?:- )?[a-z_]+:.*)$/gm, '$1$2');
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

  test.each(Object.entries(written.services))(
    '%s opens its ports on this machine only',
    (name, { ports = [] }) => {
      // Redis is a neighbour's only; many machines have one on its port already.
      expect(ports.length > 0).toBe(name !== 'redis');
      for (const port of ports) expect(port).toMatch(/^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:\d+:\d+$/);
    },
  );
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
    ['Alertmanager', 'deploy/compose/alertmanager.yml', ['monitor:8083']],
    [
      'the monitor',
      'deploy/compose/monitor.yml',
      ['alertmanager:9093', 'haproxy:8888', 'haproxy:8404', 'redis:6379'],
    ],
  ])('%s in %s', (_, path, want) => {
    const alive = path.includes('alertmanager') ? switchedOn(read(path)) : read(path);
    const neighbours = wired(alive.replace(/#.*$/gm, '')).filter(each => !OUTSIDE.test(String(each)));
    expect(neighbours).toEqual(want);
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
    expect(listening).toEqual(['9004', '9000', '8888', '8404']);
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

describe('an alert is delivered once', () => {
  const monitor = load(read('deploy/compose/monitor.yml')) as { alerting: unknown; query?: unknown };
  type Relabel = { source_labels: string[]; regex: string; action: string };
  const prometheus = (path: string) =>
    load(read(path)) as {
      alerting: { alert_relabel_configs: Relabel[] };
      scrape_configs: { static_configs?: { targets: string[]; labels?: Record<string, string> }[] }[];
    };

  test("the monitor sends to Compose's Alertmanager and delivers nothing itself", () => {
    expect(monitor.alerting).toEqual({ alertmanagers: ['http://alertmanager:9093'] });
    expect(monitor.query).toBeUndefined();
  });

  test.each<[path: string, alert: Record<string, string>, isSent: boolean]>([
    ['deploy/compose/prometheus.yml', { alertname: 'MonitorDown', instance: 'localhost:8083' }, true],
    ['deploy/compose/prometheus.yml', { alertname: 'ServiceDown', instance: 'localhost:8083' }, false],
    ['deploy/compose/prometheus.yml', { alertname: 'ServiceDown', instance: '172.18.0.9:8083' }, false],
    ['deploy/compose/prometheus.yml', { alertname: 'MonitorDown', instance: '172.18.0.9:8083' }, false],
    ['deploy/compose/prometheus.yml', { alertname: 'Heartbeat' }, false],
    ['deploy/prometheus.yml', { alertname: 'MonitorDown', instance: '127.0.0.1:8083' }, true],
    ['deploy/prometheus.yml', { alertname: 'ServiceDown', instance: '127.0.0.1:8083' }, false],
  ])("%s: of Prometheus' alerts, %o", (path, alert, isSent) => {
    const kept = prometheus(path).alerting.alert_relabel_configs.every(({ source_labels, regex, action }) => {
      expect(action).toBe('keep');
      return new RegExp(`^(?:${regex})$`).test(source_labels.map(name => alert[name] ?? '').join(';'));
    });
    expect(kept).toBe(isSent);
  });

  test("links of the monitor's alerts find it in Grafana under the name it gives itself", () => {
    const [{ static_configs: [target] = [] } = {}] = prometheus(
      'deploy/compose/prometheus.yml',
    ).scrape_configs;
    expect(target).toEqual({ targets: ['monitor:8083'], labels: { instance: 'localhost:8083' } });
  });
});

describe('Alertmanager of Compose', () => {
  test('has the shipped routes and receivers, with the addresses of the containers', async () => {
    const shipped = read('alertmanager.yml');
    const text = `# The shipped alertmanager.yml for docker-compose.yml, where Alertmanager delivers. A receiver without settings delivers
# nothing. Made by \`npx vitest run test/deploy/compose.test.ts -u\`; on your machine change it as you like.

${shipped.replace('http://127.0.0.1:8083/notify/sms', 'http://monitor:8083/notify/sms')}`;
    await expect(text).toMatchFileSnapshot('../../deploy/compose/alertmanager.yml');
  });

  test('accepts it, with its settings and without', () => {
    const folder = makeFolder('compose');
    const on = join(folder, 'on.yml');
    writeFileSync(on, switchedOn(read('deploy/compose/alertmanager.yml')));
    for (const file of ['deploy/compose/alertmanager.yml', on])
      expect(tool('amtool', ['check-config', file])).toMatchObject({ status: 0, stderr: '' });
    removeFolder(folder);
  });

  test('finds every secret that it names in the folder that is mounted', () => {
    const files = [...switchedOn(read('deploy/compose/alertmanager.yml')).matchAll(/_file: (\S+)$/gm)];
    expect(files.length).toBeGreaterThan(1);
    for (const [, file] of files) expect(file).toMatch(/^\/etc\/langgraph-monitor\/[\w-]+$/);
    for (const name of ['alertmanager', 'monitor'])
      expect(compose.services[name]?.volumes).toContain('./deploy/compose/secrets:/etc/langgraph-monitor:ro');
  });

  test('secrets get neither into Git nor into a package', () => {
    const file = 'deploy/compose/secrets/slack-url';
    expect(tool('git', ['check-ignore', '--no-index', '-v', file]).stdout).toContain(
      'deploy/compose/secrets/.gitignore',
    );
  });
});

test('applications are given addresses that hold outside of Docker', () => {
  const given = { ...compose.services.monitor?.environment };
  const folder = makeFolder('compose');
  const file = join(folder, 'monitor.yml');
  writeFileSync(
    file,
    read('deploy/compose/monitor.yml').replace(/\$\{(\w+):-[^}]*\}/g, (_, name) => given[name] ?? ''),
  );
  const { endpoints } = load(readFileSync(file, 'utf8')) as { endpoints: unknown };
  removeFolder(folder);
  expect(endpoints).toEqual({
    llm: [
      { service: 'jetson_ollama', url: 'http://127.0.0.1:11434' },
      { service: 'cpu_llama', url: 'http://127.0.0.1:8080' },
    ],
    fallback: 'http://127.0.0.1:9000',
  });
  expect(compose.services.haproxy?.ports).toContain('127.0.0.1:9000:9000');
});

/** When a Node's security fixes end. Source: github.com/nodejs/release, schedule.json. */
const END_OF_NODE: Readonly<Record<string, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
};

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  test('has a Node that has long-term support for another year', () => {
    const bases = [...dockerfile.matchAll(/^FROM node:(\d+)-trixie-slim/gm)].map(match => match[1] as string);
    expect(new Set(bases).size).toBe(1);
    expect(bases).toHaveLength(2);
    const [major = ''] = bases;
    expect(Date.parse(END_OF_NODE[major] ?? '')).toBeGreaterThan(Date.parse('2027-11-29'));
  });
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
