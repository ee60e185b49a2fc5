// monitor.yml as a whole: its sections become services and the prober's configuration.

import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Configuration, loadConfiguration } from '../../src/app/configuration.js';
import { monitorYml } from '../../src/app/configuration-schema.js';
import { FIRST_MONITOR } from '../../src/cli/first-monitor.js';
import { FileSecret } from '../../src/config/file-secret.js';
import { ConfigError } from '../../src/config/load.js';
import { schemaKit } from '../../src/config/schema-kit.js';
import { http } from '../../src/probes/kinds/http.js';
import { kinds } from '../../src/probes/kinds/index.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { put } from '../support/marked-configuration.js';
import { keysOfSchema, monitorKeys } from '../support/secret-keys.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DEFAULT = join(ROOT, 'monitor.yml');

let folder: string;
let file: string;
beforeEach(() => {
  folder = makeFolder('configuration');
  file = join(folder, 'monitor.yml');
});
afterEach(() => removeFolder(folder));

function load(source: string, env: NodeJS.ProcessEnv = {}): Configuration {
  writeFileSync(file, source);
  return loadConfiguration(file, env);
}

function mistakes(source: string): string[] {
  try {
    load(source);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(line => line.replace(`${file}: `, ''));
  }
  return [];
}

/** A service `a` with these keys beside its URL. */
const serviceA = (keys: string) => `services: {a: {url: http://127.0.0.1/, ${keys}}}`;
const checkA = (keys: string) => load(serviceA(keys)).prober.targets[0];

describe('the shipped monitor.yml', () => {
  const config = loadConfiguration(DEFAULT, {});

  test("has the document's six services", () => {
    expect(config.services).toEqual([
      service('jetson_ollama', 'Jetson Ollama Server', 'ollama', true, 'critical'),
      service('cpu_llama', 'CPU Llama.cpp Server', 'http', false, 'warning'),
      service('embeddings', 'Embeddings Server', 'http', true, 'critical'),
      service('tools', 'Tools Server', 'http', true, 'critical'),
      service('haproxy', 'HAProxy Load Balancer', 'haproxy', true, 'warning'),
      service('redis', 'Redis Cache', 'redis', true, 'critical'),
    ]);
  });

  test('plans their checks with the documented limits', () => {
    expect(config.node).toBe(hostname());
    const { targets, ...limits } = config.prober;
    expect(limits).toEqual({
      concurrency: { limit: 5, isAuto: true, reserved: 0, required: 2, recommended: 5 },
      connections: { total: 50, perHost: 10, keepAlive: 60_000, maxAge: 45_000, maxRequests: 5 },
      scan: 30_000,
    });
    const confirm = { failures: 2, successes: 2, every: 2000 };
    const row = (id: string, kind: string, critical: boolean, timeout: number, slowAfter: number) => ({
      ...{ id, kind, critical, timeout, slowAfter, confirm, isService: true },
      sampleLimit: 100_000,
      interval: critical ? 30_000 : 60_000,
    });
    expect(targets.map(({ options: _, ...rest }) => rest)).toEqual([
      row('jetson_ollama', 'ollama', true, 15_000, 5000),
      row('cpu_llama', 'http', false, 10_000, 5000),
      row('embeddings', 'http', true, 10_000, 5000),
      row('tools', 'http', true, 10_000, 5000),
      row('haproxy', 'haproxy', true, 5000, 2500),
      row('redis', 'redis', true, 5000, 2500),
      {
        ...{ id: hostname(), kind: 'host', critical: false, timeout: 10_000, isService: false },
        slowAfter: Number.POSITIVE_INFINITY,
        confirm: { failures: 1, successes: 1, every: 1000 },
        sampleLimit: 100_000,
        interval: 30_000,
      },
    ]);
  });

  test('has loopback addresses only while no variable is set', () => {
    const hosts = config.prober.targets
      .filter(check => check.isService)
      .flatMap(({ options }) => [
        ...JSON.stringify(options).matchAll(/(?:https?:\/\/|"host":")\[?([^/:"\]]+)/g),
      ])
      .map(match => match[1]);
    expect(hosts).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1']);
    expect(JSON.stringify(config.prober.targets)).not.toMatch(/192\.168|10\.\d+\.\d+\.\d+/);
  });

  test('lets every host be set by the variable it names', () => {
    const names = [
      ...readFileSync(DEFAULT, 'utf8').matchAll(/^ {4}(?:url|host):.*\$\{(\w+):-127\.0\.0\.1\}/gm),
    ].map(match => match[1] as string);
    expect(new Set(names).size).toBe(6);
    const env = Object.fromEntries(names.map((name, i) => [name, `127.1.1.${i + 1}`]));
    const asked = JSON.stringify(loadConfiguration(DEFAULT, env).prober.targets);
    for (const host of Object.values(env)) expect(asked).toContain(host);
    expect(asked).not.toContain('127.0.0.1');
  });

  test('is valid with every commented-out key, too', () => {
    const lines = readFileSync(DEFAULT, 'utf8').split('\n');
    // The prose at the top has a line that looks like a key, and a secret's file is not there.
    const uncommented = lines
      .map(line =>
        line
          .replace(/^(\s+|(?=# node))# (\w+: ?(?:\S.*)?)$/, '$1$2')
          .replace(', password_file: haproxy.password', ''),
      )
      .join('\n');
    expect(uncommented).toContain('\nnode: worker-node4');
    expect(mistakes(uncommented)).toEqual([]);
    const { prober, node } = load(uncommented);
    expect(node).toBe('worker-node4');
    expect(prober.targets.find(check => check.id === 'haproxy')?.options).toHaveProperty('stats_url');
  });
});

function service(id: string, name: string, kind: string, critical: boolean, severity: string) {
  return { id, name, kind, critical, severity, dependsOn: [] };
}

describe('slow_after', () => {
  test.each([
    ['is 5 s for a long timeout', 'timeout: 30s', 5000],
    ['is 5 s for the default timeout', 'critical: true', 5000],
    ['is half of a short timeout', 'timeout: 3', 1500],
    ['is what is configured', 'timeout: 30s, slow_after: 20s', 20_000],
    ['is what is configured, also in seconds', 'slow_after: 0.2', 200],
  ])('%s', (_, keys, want) => expect(checkA(keys)?.slowAfter).toBe(want));
});

describe('severity', () => {
  test.each([
    ['follows critical', 'critical: true', 'critical'],
    ['is a warning otherwise', 'critical: false', 'warning'],
    ['is a warning when nothing is said', 'timeout: 5s', 'warning'],
    ['is what is configured', 'critical: true, severity: info', 'info'],
  ])('%s', (_, keys, want) => expect(load(serviceA(keys)).services[0]?.severity).toBe(want));
});

describe('interval', () => {
  const intervals = 'scan: {intervals: {critical: 10s, other: 40s}}\n';
  test.each([
    ["is the critical services'", 'critical: true', 10_000],
    ["is the others'", 'critical: false', 40_000],
    ['is its own', 'critical: true, interval: 3s', 3000],
  ])('%s', (_, keys, want) => {
    const { prober } = load(intervals + serviceA(keys));
    expect(prober.targets[0]?.interval).toBe(want);
    expect(prober.scan).toBe(10_000);
  });
});

describe('kind', () => {
  test.each([
    ['http when nothing is said', 'url: http://127.0.0.1/', 'http'],
    ['as said', 'kind: ollama, url: http://127.0.0.1/', 'ollama'],
    ["check_type, the document's word for it", 'check_type: redis, host: 127.0.0.1:6379', 'redis'],
  ])('%s', (_, keys, want) => {
    const { services, prober } = load(`services: {a: {${keys}}}`);
    expect([services[0]?.kind, prober.targets[0]?.kind]).toEqual([want, want]);
  });
});

test.each<[file: string, text: string]>([
  ['README.md', readFileSync(join(ROOT, 'README.md'), 'utf8')],
  ['monitor.yml', readFileSync(DEFAULT, 'utf8')],
  ['the monitor.yml of init', FIRST_MONITOR],
])('%s names every kind of probe', (_, text) => {
  const names = kinds.map(({ kind }) => (kind === 'http' ? 'http (the default)' : kind)).join(', ');
  expect(text.match(/(?<=^ +kind: ollama +# ).*/gm)).toEqual([names]);
});

test('what only the kind knows goes to its options, and nothing else', () => {
  const options = checkA('critical: true, timeout: 3s, method: HEAD, confirm: {failures: 3}')?.options;
  expect(options).toMatchObject({ url: 'http://127.0.0.1/', method: 'HEAD' });
  for (const key of ['critical', 'timeout', 'confirm', 'name', 'kind', 'depends_on'])
    expect(options).not.toHaveProperty(key);
  expect(checkA('confirm: {failures: 3}')?.confirm).toEqual({ failures: 3, successes: 2, every: 2000 });
});

test("the node's own check can be turned off, and its interval set", () => {
  const ids = (source: string) => load(source).prober.targets.map(check => [check.id, check.interval]);
  const a = serviceA('critical: true');
  expect(ids(`node: n\nhost: {enabled: false}\n${a}`)).toEqual([['a', 30_000]]);
  expect(ids(`node: n\nhost: {interval: 5s}\n${a}`)).toEqual([
    ['a', 30_000],
    ['n', 5000],
  ]);
});

/** A report with more keys, beside a service. */
const report = (more: string, receiver = 'email') =>
  `services: {a: {url: 'http://h/'}}\nreports: [{name: weekly, receivers: [${receiver}], ${more}}]`;

describe('one mistake is one line', () => {
  test.each<[string, string, string]>([
    ['no services', 'node: n', 'services: expected services by name, each with its settings'],
    [
      'services that are a list',
      'services: [a]',
      'services: expected services by name, each with its settings',
    ],
    ['an empty list of services', 'services: {}', 'services: name at least one service'],
    ['a service without settings', 'services: {a: }', 'services.a: expected the settings of a service'],
    [
      'a service that is a URL',
      'services: {a: "http://h/"}',
      'services.a: expected the settings of a service',
    ],
    [
      'a name with a blank',
      'services: {"a b": {url: "http://h/"}}',
      'services.a b: a service is named with letters, digits, "_", "-" and "."',
    ],
    [
      'an unknown section',
      `scann: {}\n${serviceA('critical: true')}`,
      'unknown key "scann", did you mean "scan"?',
    ],
    ['an unknown kind', serviceA('kind: htp'), 'services.a.kind: no kind "htp", did you mean "http"?'],
    [
      'a kind like nothing',
      serviceA('kind: kubernetes'),
      `services.a.kind: no kind "kubernetes"; there are ${kinds.map(({ kind }) => kind).join(', ')}`,
    ],
    [
      "the node's own kind",
      serviceA('kind: host'),
      expect.stringMatching(/^services\.a\.kind: no kind "host"/),
    ],
    ['an unknown key', serviceA('timout: 5s'), 'services.a: unknown key "timout", did you mean "timeout"?'],
    [
      "another kind's key",
      serviceA('require_models: [x]'),
      expect.stringMatching(/^services\.a: unknown key "require_models"; known: name, kind, /),
    ],
    ['no url', 'services: {a: {critical: true}}', expect.stringMatching(/^services\.a\.url: expected a URL/)],
    [
      'a bad duration',
      serviceA('timeout: -5'),
      expect.stringMatching(/^services\.a\.timeout: -5 is not a duration/),
    ],
    ['a timeout of nothing', serviceA('timeout: 0'), 'services.a.timeout: must be at least 10ms'],
    ['a bad severity', serviceA('severity: page'), 'services.a.severity: expected critical, warning, info'],
    [
      'confirm without a failure',
      serviceA('confirm: {failures: 0}'),
      'services.a.confirm.failures: expected a whole number from 1 to 100',
    ],
    [
      'a dependency that is no list',
      serviceA('depends_on: b'),
      'services.a.depends_on: expected a list of services',
    ],
    [
      'an unknown dependency',
      'services: {haproxy: {url: "http://h/"}, a: {url: "http://h/", depends_on: [haproxi]}}',
      'services.a.depends_on.0: no service "haproxi", did you mean "haproxy"?',
    ],
    [
      'a service that depends on itself',
      serviceA('depends_on: [a]'),
      'services.a.depends_on.0: a service cannot depend on itself',
    ],
    [
      'the name of the node',
      `node: a\n${serviceA('critical: true')}`,
      'services.a: is the name of the node too; call the service or the node something else',
    ],
    [
      'no concurrency',
      `scan: {max_concurrent_checks: 0}\n${serviceA('critical: true')}`,
      'scan.max_concurrent_checks: expected auto or a whole number from 1 to 10000',
    ],
    [
      'a link that is no address',
      `links: {grafana: "grafana:3000"}\n${serviceA('critical: true')}`,
      'links.grafana: not a URL; write http://HOST:PORT/PATH or https://...',
    ],
    [
      'a host name with a port',
      `web: {allowed_hosts: ["a.example:80"]}\n${serviceA('critical: true')}`,
      'web.allowed_hosts.0: "a.example:80" is no host name; write monitor.example.org or *.example.org, without scheme, port and path',
    ],
    [
      'a host name that is an address of a page',
      `web: {allowed_hosts: [http://a.example]}\n${serviceA('critical: true')}`,
      expect.stringMatching(/^web\.allowed_hosts\.0: "http:\/\/a\.example" is no host name; /),
    ],
    [
      'all host names',
      `web: {allowed_hosts: ["*"]}\n${serviceA('critical: true')}`,
      expect.stringMatching(/^web\.allowed_hosts\.0: "\*" is no host name; /),
    ],
    [
      'host names that are no list',
      `web: {allowed_hosts: a}\n${serviceA('critical: true')}`,
      'web.allowed_hosts: expected a list of host names, such as [monitor.example.org]',
    ],
    [
      'a proxy that is a name',
      `web: {trusted_proxies: [haproxy]}\n${serviceA('critical: true')}`,
      'web.trusted_proxies.0: expected an address or a network, such as 127.0.0.1 or fd00::/8, of a proxy that sets X-Forwarded-Host',
    ],
    [
      'a network with too many bits',
      `web: {trusted_proxies: [127.0.0.0/33]}\n${serviceA('critical: true')}`,
      expect.stringMatching(/^web\.trusted_proxies\.0: expected an address or a network/),
    ],
    [
      'two ways to sign in',
      serviceA('basic_auth: {}, authorization: {}'),
      'services.a: at most one of basic_auth and authorization may be set',
    ],
    [
      'a schedule that is none',
      report("schedule: '61 8 * * *'"),
      'reports.0.schedule: CronPattern: Invalid value for minute: 61; expected a cron expression such as 0 8 * * MON',
    ],
    [
      'a time zone that is none',
      report("schedule: '0 8 * * *', time_zone: Mars"),
      'reports.0.time_zone: is no time zone; write a name such as Europe/Berlin',
    ],
    [
      'a period that is none',
      report("schedule: '0 8 * * *', period: 400d"),
      'reports.0.period: expected day, week, month or days such as 30d, 366d at most',
    ],
    [
      'a report to a receiver that is not there',
      report("schedule: '0 8 * * *'", 'emial'),
      expect.stringMatching(
        /^reports\.0\.receivers\.0: no receiver "emial" in .*alertmanager\.yml, did you mean "email"\?$/,
      ),
    ],
    [
      'a report to a receiver that carries none',
      report("schedule: '0 8 * * *'", 'log'),
      'reports.0.receivers.0: "log" has nothing that carries a report; give it one of email_configs, slack_configs, discord_configs, telegram_configs',
    ],
  ])('%s', (_, source, want) => expect(mistakes(source)).toEqual([want]));

  test('a dependency on a service that has a mistake of its own is no mistake', () => {
    expect(mistakes('services: {a: {url: x}, b: {url: "http://h/", depends_on: [a]}}')).toEqual([
      expect.stringMatching(/^services\.a\.url: not a URL/),
    ]);
  });
});

test('names and proxies of the monitor are taken as they are meant', () => {
  const { web } = load(
    `web: {allowed_hosts: [Status.Example.org., "*.bücher.example"], trusted_proxies: [127.0.0.1, "fd00::/8"]}\n${serviceA('critical: true')}`,
  );
  expect(web.allowedHosts).toEqual(['status.example.org', '*.xn--bcher-kva.example']);
  const trusts = (address: string) =>
    web.trustedProxies.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
  expect(['127.0.0.1', '127.0.0.2', 'fd00::1', 'fe80::1'].map(trusts)).toEqual([true, false, true, false]);
});

test('a schema is made once for each kind of service, not for each service', () => {
  const made = vi.spyOn(http, 'options');
  const of = (id: string, on: string) => `${id}: {url: "http://h/", depends_on: [${on}, ${on}]}`;
  const ids = Array.from({ length: 50 }, (_, i) => `s${i}`);
  const all = ids.map((id, i) => (i === 0 ? `${id}: {url: "http://h/"}` : of(id, `s${i - 1}`)));
  expect(mistakes(`services: {${all.join(', ')}}`)).toEqual([]);
  expect(made.mock.calls.length).toBeLessThan(2);
});

test("services that explain each other's outage in a circle would mute all their alerts", () => {
  const of = (id: string, on: string) => `${id}: {url: "http://h/", depends_on: [${on}]}`;
  expect(mistakes(`services: {${of('a', 'b')}, ${of('b', 'c')}, ${of('c', 'a')}, ${of('d', 'a')}}`)).toEqual([
    'services.a.depends_on.0: "b" depends on this service in turn',
    'services.b.depends_on.0: "c" depends on this service in turn',
    'services.c.depends_on.0: "a" depends on this service in turn',
  ]);
  expect(mistakes(`services: {${of('a', 'b, c')}, ${of('b', 'c')}, ${of('c', '')}}`)).toEqual([]);
});

test('mistakes of all services come at once, each with its place', () => {
  const source = `
scan: {intervals: {critical: x}}
services:
  a: {url: x, timeout: never}
  b: {kind: redis, host: "127.0.0.1:6379", password_file: none}
  c: {kind: nope}
  d: {url: "http://\${NOPE}/"}
`;
  expect(
    mistakes(source)
      .map(line => line.replace(/: .*/, ''))
      .sort(),
  ).toEqual([
    'scan.intervals.critical',
    'services.a.timeout',
    'services.a.url',
    'services.b.password_file',
    'services.c.kind',
    'services.d.url',
  ]);
});

test.each([
  [
    'a service',
    'services: {a: {url: "https://127.0.0.1/", tls_config: {ca_file: none}}}',
    'services.a.tls_config',
  ],
  [
    'Redis',
    'services: {a: {kind: redis, host: "127.0.0.1:1", tls_config: {ca_file: none}}}',
    'services.a.tls_config',
  ],
  ['a Prometheus', 'query: {url: "https://127.0.0.1/", tls_config: {ca_file: none}}', 'query.tls_config'],
  [
    'an Alertmanager',
    'alerting: {alertmanagers: [{url: "https://127.0.0.1/", tls_config: {ca_file: none}}]}',
    'alerting.alertmanagers.0.tls_config',
  ],
  [
    'an action',
    'actions: [{name: x, matchers: [a=b], webhook: {url: "https://127.0.0.1/", tls_config: {ca_file: none}}}]',
    'actions.0.webhook.tls_config',
  ],
])('a certificate that is missing is a mistake at once: %s', (_, section, want) => {
  const rest = section.startsWith('services') ? '' : '\nservices: {b: {url: "http://127.0.0.1/"}}';
  expect(mistakes(section + rest)).toEqual([`${want}: cannot read ${join(folder, 'none')}: no such file`]);
});

test('a thousand services of a long file are all taken up', () => {
  const rows = Array.from(
    { length: 1000 },
    (_, i) => `  s${i}: {url: "http://127.0.0.1:${i + 1}/", depends_on: [${i ? `s${i - 1}` : ''}]}`,
  );
  expect(load(`services:\n${rows.join('\n')}`).services).toHaveLength(1000);
});

test('every secret may be in a file that is read when it is used', () => {
  const secret = new FileSecret('/nowhere');
  const sections = [
    ['', monitorYml, monitorKeys()] as const,
    ...kinds.map(({ kind, options }) => {
      const schema = options(schemaKit);
      return [kind, schema, keysOfSchema(schema)] as const;
    }),
  ];
  const refused = sections.flatMap(([name, schema, { secrets }]) =>
    secrets.flatMap(path => {
      const { error } = schema.safeParse(put({}, path, secret));
      const at = path.join('.').replace('*', 'X-Marked');
      return error?.issues.some(issue => issue.path.join('.') === at) ? [`${name} ${at}`] : [];
    }),
  );
  expect(refused).toEqual([]);
  expect(sections.flatMap(([, , { secrets }]) => secrets).length).toBeGreaterThan(10);
});

const SERVICE = 'services: {a: {url: "http://127.0.0.1/"}}\n';

test('what is scraped is read as Prometheus reads it', () => {
  const { scrape } = load(
    `${SERVICE}global: {scrape_interval: 5s}\nscrape_configs: [{job_name: b, static_configs: [{targets: ["\${HOST}:1"]}]}]\n`,
    { HOST: '127.0.0.1' },
  );
  expect(scrape.jobs).toMatchObject([
    { name: 'b', interval: 5000, discovery: { static: [{ targets: [{ __address__: '127.0.0.1:1' }] }] } },
  ]);
});

test.each([
  [
    'a mistake',
    'scrape_configs: [{job_name: b, foo: 1}]',
    'yaml: line 2: field foo not found in type config.ScrapeConfig',
  ],
  [
    "the monitor's own job",
    'scrape_configs: [{job_name: langgraph-monitor}]',
    'scrape_configs: the job "langgraph-monitor" is the monitor itself, whose samples are there without a scrape; take it out, or call it something else',
  ],
  [
    'another Prometheus',
    'scrape_configs: [{job_name: b}]\nquery: {url: "http://127.0.0.1:9090"}',
    'scrape_configs: with query.url the Prometheus there scrapes; put it into its configuration, or add remote_write',
  ],
])('what is scraped: %s', (_, section, want) => {
  expect(mistakes(`${SERVICE}${section}\n`)).toEqual([want]);
});

describe('where rules are evaluated', () => {
  const at = (rules = '') => `query: {url: "http://127.0.0.1:9090"${rules}}`;
  const alertmanagers = 'alerting: {alertmanagers: ["http://127.0.0.1:9093"]}';
  const lease = 'ha: {replica: a, peers: ["http://127.0.0.1:1"], lease: {redis: {host: "127.0.0.1:2"}}}';

  test.each([
    ['here without another storage', 'node: here', 'local', 'embedded', true],
    ['there with one', at(), 'remote', 'prometheus', false],
    ['there as is said', at(', rules: remote'), 'remote', 'prometheus', false],
    ['here beside one', at(', rules: local'), 'local', 'embedded', true],
    ['here as is said without one', 'query: {rules: local}', 'local', 'embedded', true],
    [
      'here for real Alertmanagers',
      `${at(', rules: local')}\n${alertmanagers}`,
      'local',
      'alertmanagers',
      true,
    ],
  ])('%s', (_, section, place, by, hasRules) => {
    const { rulePlace, delivery, rules } = load(`${SERVICE}${section}\n`);
    expect([rulePlace, delivery.by, rules.length > 0]).toEqual([place, by, hasRules]);
  });

  test('where they are evaluated here, samples, alerts and a lease are configured here', () => {
    const { scrapeInterval, scrape, alertRelabelConfigs, ha } = load(
      `${SERVICE}query: {url: "http://127.0.0.1:9090", rules: local, scrape_interval: 5s}
scrape_configs: [{job_name: b}]
alerting: {alert_relabel_configs: [{action: labeldrop, regex: replica}]}
${lease}
`,
    );
    expect(scrapeInterval).toBe(5000);
    expect(scrape.jobs.map(({ name }) => name)).toEqual(['b']);
    expect([alertRelabelConfigs.length, ha?.lease !== undefined]).toEqual([1, true]);
  });

  const SENT_THERE = 'with query.url the Prometheus there sends the alerts;';
  test.each([
    ['another word', at(', rules: here'), 'query.rules: expected local or remote'],
    [
      'there without a URL',
      'query: {rules: remote}',
      'query.rules: remote is for rules that the Prometheus at query.url evaluates; set url, or take rules out',
    ],
    [
      'there, with Alertmanagers here',
      `${at(', rules: remote')}\n${alertmanagers}`,
      `alerting.alertmanagers: ${SENT_THERE} name the Alertmanagers in its configuration, or set query.rules: local`,
    ],
    [
      'there, with a lease here',
      `${at()}\n${lease}`,
      'ha.lease: is for the embedded Alertmanager; real ones send each notification once by their own cluster. Take it out',
    ],
    [
      'there, with an interval here',
      at(', rules: remote, scrape_interval: 5s'),
      'query.scrape_interval: with query.url the Prometheus there scrapes; set scrape_interval in its configuration',
    ],
  ])('mistakes: %s', (_, section, want) => {
    expect(mistakes(`${SERVICE}${section}\n`)).toEqual([want]);
  });
});
