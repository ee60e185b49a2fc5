// A marker in every secret field there is, all of them used against servers that refuse and repeat them: none of them is
// to be read anywhere. The fields are found by asking the schemas and decoders, so that a new one is covered.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { hashSync } from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadAlertmanagerConfig } from '../../src/alertmanager/config/load.js';
import { loadConfiguration } from '../../src/app/configuration.js';
import type { OpenApi } from '../../src/http/openapi.js';
import { certificate } from '../support/certificate.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Echo, SeenMarkers, startHttpEcho, startRedisEcho, startSmtpEcho } from '../support/echo.js';
import {
  alertmanagerYml,
  Markers,
  markedGlobals,
  markedReceivers,
  markedSections,
  markedServices,
  type Places,
  put,
  RECEIVERS_OF_GLOBAL,
} from '../support/marked-configuration.js';
import { type RunningMonitor, startMonitor, writeConfiguration } from '../support/monitor.js';
import {
  type FoundKeys,
  globalKeys,
  monitorKeys,
  receiverKeys,
  serviceKeys,
} from '../support/secret-keys.js';

const PATIENCE = { timeout: 90_000, interval: 100 };
const folder = makeFolder('markers');
const seen = new SeenMarkers();
const markers = new Markers();
const servers: Pick<Echo, 'close'>[] = [];
let places: Places;

beforeAll(async () => {
  const [http, https, redis, smtp] = await Promise.all([
    startHttpEcho(seen),
    startHttpEcho(seen, certificate),
    startRedisEcho(seen),
    startSmtpEcho(seen),
  ]);
  servers.push(http, https, redis, smtp);
  places = { http: http.url, https: https.url, redis: redis.host, smtp: smtp.host, folder };
});
afterAll(async () => {
  await Promise.all(servers.map(server => server.close()));
  removeFolder(folder);
});

/** What base64 makes of `zebra` wherever it begins, without the ends that depend on what stands beside it. */
const ENCODED = ['zebra', '-zebra', '--zebra'].map((text, i) =>
  Buffer.from(text).toString('base64').slice([0, 2, 3][i], [6, 8, 9][i]),
);
const LEAK = new RegExp(`zebra\\d|${ENCODED.join('|')}`, 'g');

/** Pieces of markers in a text, as they are and as base64 has them, each with what stands around. */
function leaks(text: string): string[] {
  return [...text.matchAll(LEAK)].map(({ index }) => text.slice(Math.max(0, index - 80), index + 30));
}

/** Every GET there is, with parameters that find something. */
async function pagesOf(monitor: RunningMonitor): Promise<string[]> {
  const openapi = await monitor.get('/openapi.json', { signal: AbortSignal.timeout(60_000) });
  const { paths } = (await openapi.json()) as OpenApi;
  const gets = Object.entries(paths).filter(([, methods]) => 'get' in methods);
  const now = Math.floor(Date.now() / 1000);
  const parameters = `query=${encodeURIComponent('{__name__=~".+"}')}&match[]=${encodeURIComponent('{__name__=~".+"}')}&start=${now - 15}&end=${now}&step=15&detail=true`;
  return gets.flatMap(([path]) => {
    const filled = path.replace('{name}', '__name__').replace(/\{[^}]*\}/g, '1');
    return [filled, `${filled}?${parameters}`];
  });
}

const SMS = JSON.stringify({
  ...{ version: '4', status: 'firing', receiver: 'sms', groupKey: 'x', truncatedAlerts: 0 },
  alerts: [
    { status: 'firing', labels: { alertname: 'A' }, annotations: {}, startsAt: '2024-01-01T00:00:00Z' },
  ],
});

/** What can be read of a monitor, by where it stands. */
async function everything(monitor: RunningMonitor): Promise<Map<string, string>> {
  const read = new Map<string, string>();
  const pages = [
    ...(await pagesOf(monitor)),
    '/zebra',
    '/debug/pprof/',
    '/api/v1/nothing',
    '/cluster_health?max_age=0',
  ];
  const streams = pages.filter(isStream);
  const listening = Promise.all(streams.map(async page => read.set(page, await textOf(monitor, page))));
  for (const page of pages) if (!isStream(page)) read.set(page, await textOf(monitor, page));
  await listening;
  const sms = await monitor.get('/notify/sms', {
    method: 'POST',
    body: SMS,
    headers: { 'content-type': 'application/json' },
  });
  read.set('/notify/sms', await sms.text());
  read.set('the command line', readFileSync(`/proc/${monitor.pid}/cmdline`, 'utf8'));
  read.set('the log', monitor.output);
  for (const file of readdirSync(join(monitor.folder, 'data')))
    read.set(file, readFileSync(join(monitor.folder, 'data', file), 'latin1'));
  return read;
}

const isStream = (page: string) => /^(?:\/ui\/public)?\/events/.test(page);

/** A page, or what a stream sends in its first moments. */
async function textOf(monitor: RunningMonitor, page: string): Promise<string> {
  let text = '';
  try {
    const signal = AbortSignal.timeout(isStream(page) ? 1000 : 60_000);
    const response = await monitor.get(page, { signal });
    text = JSON.stringify([...response.headers]);
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
  } catch (error) {
    // The stream does not end by itself.
    if (!isStream(page)) throw error;
  }
  return text;
}

async function expectNoLeak(monitor: RunningMonitor): Promise<void> {
  const read = await everything(monitor);
  // What says nothing about the failures cannot show that it hides them.
  expect(read.get('/cluster_health')).toContain('<secret>');
  const found = [...read].flatMap(([where, text]) => leaks(text).map(leak => `${where}: ${leak}`));
  expect(found.slice(0, 20)).toEqual([]);
}

const FLAGS = ['--log.level=debug', '--web.enable-lifecycle'];

/** The services that each monitor has, so that there is something to alert about. */
const one = () => ({
  down: {
    ...{ url: `${places.http}/plain`, timeout: '2s', interval: '2s', critical: true },
    confirm: { failures: 1, successes: 1, every: '100ms' },
    basic_auth: { password: markers.next('services.down') },
  },
});

async function start(config: Record<string, unknown>, alertmanager?: string): Promise<RunningMonitor> {
  const own = makeFolder('marked');
  undo.push(() => removeFolder(own));
  if (alertmanager !== undefined) writeFileSync(join(own, 'alertmanager.yml'), alertmanager);
  return startMonitor({ node: 'node', ...config }, { folder: own, flags: FLAGS, env: markers.env });
}
const undo: (() => void)[] = [];
afterAll(() => {
  for (const each of undo) each();
});

/** `zebra1` of `zebra1&"x-marked`. */
const coreOf = (marker: string) => /zebra\d+/.exec(marker)?.[0] ?? '';
const isHeard = (marker: string) => seen.markers.has(coreOf(marker));

/** The fields, of those wanted, whose marker no server has been sent yet. */
function unheard(isWanted: (name: string, marker: string) => boolean): string[] {
  return [...markers.names].flatMap(([marker, name]) =>
    isWanted(name, marker) && !isUnused(name) && !isHeard(marker) ? [name] : [],
  );
}
const standsIn = (text: string) => {
  const there = new Set(text.match(/zebra\d+/g));
  return (_: string, marker: string) => there.has(coreOf(marker));
};

describe('markers in all secret fields are not to be read anywhere', () => {
  test('of services, actions, SMS, receivers and what is global', async () => {
    const { receivers } = markedReceivers(places, markers);
    const [global = {}, ...more] = markedGlobals(places, markers);
    const { embedded, alertmanagers, remote, ha } = markedSections(places, markers);
    {
      const services = { ...markedServices(places, markers), ...one() };
      const config = { ...embedded, query: { scrape_interval: '1s' }, services };
      await using monitor = await start(
        config,
        alertmanagerYml(global, receivers, RECEIVERS_OF_GLOBAL(places)),
      );
      const isOurs = (name: string) => /_configs\.|^services\.|sms|^actions/.test(name);
      await monitor.get('/notify/sms', {
        method: 'POST',
        body: SMS,
        headers: { 'content-type': 'application/json' },
      });
      await expect.poll(() => unheard(isOurs), PATIENCE).toEqual([]);
      await expectNoLeak(monitor);
      await monitor.stop();
      expectFilesWithout(monitor);
    }
    const others = [
      ...more.map(pack => () => withGlobal(alertmanagerYml(pack, RECEIVERS_OF_GLOBAL(places)))),
      () => withAlertmanagers(alertmanagers),
      ...remote.map(query => () => withQuery(query)),
      ...ha.map(part => () => withHa(part)),
    ];
    // Two at a time.
    const next = async () => {
      for (let run = others.shift(); run; run = others.shift()) await run();
    };
    await Promise.all([next(), next()]);
    expect(unheard(() => true)).toEqual([]);
  }, 300_000);
});

async function withGlobal(alertmanager: string): Promise<void> {
  await using monitor = await start({ query: { scrape_interval: '1s' }, services: one() }, alertmanager);
  await expect.poll(() => unheard(standsIn(alertmanager)), PATIENCE).toEqual([]);
  await expect.poll(() => monitor.output, PATIENCE).toMatch(/webhook: 127/);
  await expectNoLeak(monitor);
}

async function withAlertmanagers(alertmanagers: readonly unknown[]): Promise<void> {
  const alerting = { alertmanagers };
  await using monitor = await start({ alerting, query: { scrape_interval: '1s' }, services: one() });
  await expect.poll(() => monitor.output, PATIENCE).toMatch(/answered HTTP 400/);
  await expect.poll(() => unheard(name => name.startsWith('alerting.')), PATIENCE).toEqual([]);
  await expectNoLeak(monitor);
}

async function withQuery(query: Record<string, unknown>): Promise<void> {
  await using monitor = await start({ query, services: one() });
  await expect.poll(() => textOf(monitor, '/api/v1/query?query=up'), PATIENCE).toContain('<secret>');
  await expectNoLeak(monitor);
}

async function withHa(ha: Record<string, unknown>): Promise<void> {
  const section = { replica: 'a', ...ha };
  await using monitor = await start({ ha: section, query: { scrape_interval: '1s' }, services: one() });
  await expect.poll(() => unheard(standsIn(JSON.stringify(ha))), PATIENCE).toEqual([]);

  await expect.poll(() => textOf(monitor, '/health'), PATIENCE).toContain('"ha"');
  await expectNoLeak(monitor);
}

/** Never sent: they are keys that no server is shown, of services that are called otherwise, or refused. */
function isUnused(name: string): boolean {
  return (
    /tls_config\.key(?:_file)?$|auth_secret(?:_file)?$|\.service_key/.test(name) ||
    // No server is sent it, or only one that asks for it.
    /^services\.push-|^services\.postgres-/.test(name) ||
    /^global\.(?:opsgenie|victorops|wechat|rocketchat|mattermost)/.test(name)
  );
}

function expectFilesWithout(monitor: RunningMonitor): void {
  const data = join(monitor.folder, 'data');
  const found = readdirSync(data).flatMap(file =>
    leaks(readFileSync(join(data, file), 'latin1')).map(leak => `${file}: ${leak}`),
  );
  expect(found).toEqual([]);
}

test('users, hashes and keys of a web configuration are not to be read anywhere', async () => {
  const own = makeFolder('marked-web');
  undo.push(() => removeFolder(own));
  const hash = hashSync('zebra1', 4);
  const key = certificate.key.split('\n')[1] as string;
  const web = join(own, 'web.yml');
  const config = {
    tls_server_config: { cert: certificate.cert, key: certificate.key },
    basic_auth_users: { me: hash },
  };
  writeFileSync(web, JSON.stringify(config));
  await using monitor = await startMonitor(
    { services: { tools: { url: `${places.http}/plain` } } },
    { folder: own, flags: [...FLAGS, `--web.config.file=${web}`] },
  );
  const ask = (path: string, password: string) => askTls(monitor.url + path, `me:${password}`);
  const openapi = JSON.parse(await ask('/openapi.json', 'zebra1')) as OpenApi;
  const paths = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    'get' in methods && !path.includes('{') && !path.endsWith('/events') ? [path] : [],
  );
  const read = [await ask('/cluster_health', 'zebra2'), await ask('/cluster_health', 'zebra1')];
  for (const path of paths) read.push(await ask(path, 'zebra1'));
  // One that is not taken up.
  writeFileSync(web, JSON.stringify({ ...config, basic_auth_users: { me: 'zebra3' } }));
  await expect.poll(() => monitor.output, PATIENCE).toContain('Web configuration not read again');
  await monitor.stop();
  expectFilesWithout(monitor);
  const all = [...read, monitor.output].join('\n');
  expect(all).toContain('wrong user name or password');
  expect([leaks(all), all.includes(hash), all.includes(key)]).toEqual([[], false, false]);
});

/** The body of an answer over TLS. */
function askTls(url: string, auth: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { auth, ca: certificate.cert, checkServerIdentity: () => undefined });
    asked.on('error', reject).on('response', response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
  });
}

describe('a mistake at a secret repeats nothing of it', () => {
  const value = 'zebra1';
  /** A secret as a list, as a mapping and in the place of what it belongs below. */
  const wrong = (path: readonly string[]) => [
    put({}, path, [[value]]),
    put({}, path, { of: value }),
    ...(path.length > 1 ? [put({}, path.slice(0, -1), value)] : []),
  ];
  const spelled = (found: FoundKeys) => found.secrets.flatMap(wrong);

  test('in monitor.yml', () => {
    const own = makeFolder('mistakes');
    const services = [...serviceKeys()].flatMap(([kind, found]) =>
      spelled(found).map(service => ({ services: { tools: { kind, ...(service as object) } } })),
    );
    const sections = spelled(monitorKeys()).map(section => ({
      services: { tools: { url: 'http://127.0.0.1:1/' } },
      ...(section as object),
    }));
    for (const config of [...services, ...sections]) {
      const mistakes = messageOf(() => loadConfiguration(writeConfiguration(own, config)));
      expect(mistakes).not.toBe('');
      expect(leaks(mistakes)).toEqual([]);
    }
    removeFolder(own);
  });

  test('in alertmanager.yml', () => {
    const own = makeFolder('mistakes');
    const file = join(own, 'alertmanager.yml');
    const configs = [
      ...spelled(globalKeys()).map(global => ({ global })),
      ...[...receiverKeys()].flatMap(([kind, found]) =>
        spelled(found).map(entry => ({ receivers: [{ name: 'all', [kind]: [entry] }] })),
      ),
    ];
    for (const config of configs) {
      writeFileSync(
        file,
        JSON.stringify({ route: { receiver: 'all' }, receivers: [{ name: 'all' }], ...config }),
      );
      const mistakes = messageOf(() => loadAlertmanagerConfig(file));
      expect(mistakes).not.toBe('');
      expect(leaks(mistakes)).toEqual([]);
    }
    removeFolder(own);
  });

  test('a receiver that is refused', () => {
    const { refused } = markedReceivers(places, new Markers());
    expect(refused.filter(each => leaks(each).length > 0)).toEqual([]);
    expect(refused.join('\n')).toContain('service_key is of the Events API v1');
  });
});

test('what is named like a secret is one, or is known to be none', () => {
  const open = /(?:^|\.)(?:slack_api_url|rocketchat_api_url)$|_file$|_ref$|_sid$|^basic_auth$|\.max_tokens$/;
  const named = /(?:secret|password|token|credentials|(?:api|routing|service|user|secret)_key|webhook_url)/;
  const all: [string, FoundKeys][] = [
    ['monitor', monitorKeys()],
    ['global', globalKeys()],
    ...serviceKeys(),
    ...receiverKeys(),
  ];
  const missed = all.flatMap(([section, { all: keys, secrets }]) => {
    const known = new Set(secrets.map(path => path.join('.')));
    return keys
      .map(path => path.join('.'))
      .filter(path => named.test(path.split('.').at(-1) as string) && !open.test(path))
      .filter(path => !known.has(path) && !known.has(`${path}.0`))
      .map(path => `${section}: ${path}`);
  });
  expect(missed).toEqual([]);
});

function messageOf(run: () => unknown): string {
  try {
    run();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
