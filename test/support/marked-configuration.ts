// Configurations with a marker in every secret field that the schemas and decoders have. Comes in: where they point to;
// goes out: monitor.yml and alertmanager.yml as values. A field that no configuration is known for is an error.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAlertmanagerConfig } from '../../src/alertmanager/config/read.js';
import { ConfigError } from '../../src/config/load.js';
import { certificate } from './certificate.js';
import {
  type FoundKeys,
  globalKeys,
  type KeyPath,
  monitorKeys,
  receiverKeys,
  serviceKeys,
} from './secret-keys.js';

/** Servers that take part. */
export interface Places {
  /** `http://HOST:PORT` and `https://HOST:PORT`. */
  readonly http: string;
  readonly https: string;
  /** `HOST:PORT`. */
  readonly redis: string;
  readonly smtp: string;
  readonly folder: string;
}

type Values = Record<string, unknown>;

/** Makes markers: `zebra1&"x-marked`, each with the name of the field that it is for. */
export class Markers {
  readonly names = new Map<string, string>();
  /** Variables of the environment that the configurations name. */
  readonly env: Record<string, string> = {};

  next(name: string): string {
    const marker = `zebra${this.names.size + 1}&"x-marked`;
    this.names.set(marker, name);
    return marker;
  }
}

/** Puts a value where a path leads, in a copy. */
export function put(target: unknown, path: KeyPath, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (key === '0') {
    const [first, ...others] = (target as unknown[] | undefined) ?? [];
    return [put(first, rest, value), ...others];
  }
  const name = key === '*' ? 'X-Marked' : key;
  return {
    ...(target as Values | undefined),
    [name]: put((target as Values | undefined)?.[name], rest, value),
  };
}

const FAST = { timeout: '2s', interval: '5s', confirm: { failures: 1, successes: 1, every: '100ms' } };

/** A service of each kind that has secrets: what it needs beside them, for each way its server answers. */
const SERVICES: Readonly<Record<string, (places: Places) => Values[]>> = {
  http: ({ http }) => [
    { url: `${http}/plain` },
    { url: `${http}/redirect` },
    { url: `${http}/number`, condition: { path: 'echo', value: 'nothing' } },
    { url: `${http}/html` },
    { url: `${http}/number`, fail_if_body_not_matches_regexp: ['nothing'] },
  ],
  ollama: ({ http }) => [{ url: `${http}/plain` }, { url: `${http}/number` }, { url: `${http}/redirect` }],
  openai: ({ http }) => [{ url: `${http}/plain` }, { url: `${http}/number` }, { url: `${http}/redirect` }],
  langgraph: ({ http }) => [{ url: http }],
  redis: ({ redis }) => [{ host: redis }],
  postgres: ({ http }) => [{ host: new URL(http).host, username: 'monitor' }],
  push: () => [{ push_interval: '1d' }],
  haproxy: ({ http }) => [
    { url: `${http}/plain`, stats_url: `${http}/html` },
    { stats_url: `${http}/number` },
    { stats_url: `${http}/redirect` },
  ],
  tcp: ({ redis }) => [{ address: redis, query_response: [{}, { expect: '^nothing' }] }],
};

/** monitor.yml's services, written in place, in a file and in the environment in turn. */
export function markedServices(places: Places, markers: Markers): Values {
  const services: Values = {};
  for (const [kind, { secrets }] of serviceKeys()) {
    const bases = SERVICES[kind]?.(places);
    if (secrets.length > 0 && !bases)
      throw new Error(`no service of kind ${kind} is known here; add one to SERVICES`);
    for (const path of secrets)
      for (const base of bases ?? []) {
        const id = `${kind}-${Object.keys(services).length}`;
        const marker = markers.next(`services.${id}.${path.join('.')}`);
        services[id] = { kind, ...FAST, ...(write(base, path, marker, places, markers) as Values) };
      }
  }
  return services;
}

function write(
  base: unknown,
  path: KeyPath,
  marker: string,
  { folder }: Places,
  { env, names }: Markers,
): unknown {
  const form = names.size % 3;
  if (form === 1) {
    const variable = `MARKED_${names.size}`;
    env[variable] = marker;
    return put(base, path, `\${${variable}}`);
  }
  if (form === 2 && path.at(-1) !== '*') {
    const file = join(folder, `marker-${names.size}`);
    writeFileSync(file, `${marker}\n`);
    return put(base, [...path.slice(0, -1), `${path.at(-1)}_file`], file);
  }
  return put(base, path, marker);
}

/** What monitor.yml holds beside services: one part for each monitor, since some exclude each other. */
export function markedSections(places: Places, markers: Markers) {
  const { http, redis } = places;
  const embedded: { alerting: Values; actions: Values[] } = { alerting: {}, actions: [] };
  const alertmanagers: unknown[] = [];
  const remote: Values[] = [];
  const peers: Values[] = [];
  const leases: Values[] = [];
  for (const path of monitorKeys().secrets) {
    const name = path.join('.');
    const marker = markers.next(name);
    const [section, key] = path;
    const add = (base: Values, from: number) =>
      write(base, path.slice(from), marker, places, markers) as Values;
    if (section === 'query') remote.push(add({ url: `${http}/plain` }, 1));
    else if (section === 'ha' && key === 'peers')
      peers.push(add({ url: `${http}/plain/${peers.length}` }, 3));
    else if (section === 'ha' && key === 'lease') leases.push(add({ host: redis }, 3));
    else if (section === 'alerting' && key === 'alertmanagers')
      alertmanagers.push(add({ url: `${http}/plain` }, 3));
    else if (section === 'alerting' && key === 'sms')
      embedded.alerting.sms = add(
        { account_sid: 'AC1', from: '+15550100', to: ['+15550101'], api_url: http },
        2,
      );
    else if (section === 'actions')
      embedded.actions.push({
        ...{ name: `action-${embedded.actions.length}`, enabled: true, cooldown: '1h', max_per_hour: 5 },
        matchers: ['alertname="ServiceDown"'],
        ...add({ webhook: { url: `${http}/redirect`, follow_redirects: false } }, 2),
      });
    else throw new Error(`no configuration is known here for ${name}; add one to markedSections`);
  }
  const ha = [{ peers }, ...leases.map(redis => ({ lease: { redis } }))];
  return { embedded, alertmanagers, remote, ha };
}

/** A receiver of each kind: what it needs beside its secrets. */
const RECEIVERS: Readonly<Record<string, (places: Places) => Values>> = {
  email_configs: ({ smtp }) => ({
    ...{
      to: 'a@example.org',
      from: 'b@example.org',
      smarthost: smtp,
      require_tls: false,
      auth_username: 'me',
    },
  }),
  slack_configs: ({ http }) => ({ api_url: `${http}/slack`, channel: '#a', app_url: `${http}/app` }),
  discord_configs: ({ http }) => ({ webhook_url: `${http}/discord` }),
  webhook_configs: ({ http }) => ({ url: `${http}/webhook` }),
  pagerduty_configs: ({ http }) => ({ routing_key: 'key', url: `${http}/pagerduty` }),
  telegram_configs: ({ http }) => ({ bot_token: 'token', chat_id: 1, api_url: http }),
};

/** What a secret goes with, or does not. */
function around(path: KeyPath, base: Values, { http, https }: Places): Values {
  const key = path.at(-1);
  const overTls = () => JSON.parse(JSON.stringify(base).replaceAll(http, https)) as Values;
  if (path.at(-2) === 'tls_config')
    return put(overTls(), path.slice(0, -1), {
      cert: certificate.cert,
      insecure_skip_verify: true,
    }) as Values;
  if (key === 'app_token')
    return Object.fromEntries(Object.entries(base).filter(([name]) => name !== 'api_url'));
  return base;
}

/** Entries of receivers with a marker each; those that are refused with what is said of them. */
export function markedReceivers(places: Places, markers: Markers) {
  const receivers: Record<string, Values[]> = {};
  const refused: string[] = [];
  for (const [kind, { secrets, all }] of receiverKeys()) {
    const base = RECEIVERS[kind]?.(places);
    if (!base) throw new Error(`no receiver of ${kind} is known here; add one to RECEIVERS`);
    for (const path of secrets)
      for (const inFile of hasFile(path, all) ? [false, true] : [false]) {
        const entry = receiverEntry({ kind, base, path, inFile }, places, markers);
        if (typeof entry === 'string') refused.push(entry);
        else receivers[kind] = [...(receivers[kind] ?? []), entry];
      }
  }
  return { receivers, refused };
}

function hasFile(path: KeyPath, all: FoundKeys['all']): boolean {
  const file = `${path.join('.')}_file`;
  return all.some(each => each.join('.') === file);
}

function receiverEntry(
  { kind, base, path, inFile }: { kind: string; base: Values; path: KeyPath; inFile: boolean },
  places: Places,
  markers: Markers,
): Values | string {
  const marker = markers.next(`${kind}.${path.join('.')}${inFile ? '_file' : ''}`);
  const clean = around(path, base, places);
  const attempts = [marker, `${places.http}/hook/${encodeURIComponent(marker)}`].map(value => {
    if (!inFile) return put(clean, path, value) as Values;
    const file = join(places.folder, `secret-${markers.names.size}`);
    writeFileSync(file, `${value}\n`);
    const { [path[0] as string]: own, ...rest } = clean;
    return put(
      typeof own === 'string' ? rest : clean,
      [...path.slice(0, -1), `${path.at(-1)}_file`],
      file,
    ) as Values;
  });
  // A URL in a file is seen to be none only when it is used.
  if (inFile && /url$/.test(path.at(-1) as string)) attempts.shift();
  const problems = attempts.map(entry => problemWith(undefined, { [kind]: [entry] }));
  const at = problems.indexOf(undefined);
  return attempts[at] ?? (problems[0] as string);
}

/** Several `global` sections that hold all of its secrets: some of them exclude each other. */
export function markedGlobals(places: Places, markers: Markers): Values[] {
  const { http, smtp } = places;
  const base = {
    ...{
      smtp_smarthost: smtp,
      smtp_from: 'b@example.org',
      smtp_auth_username: 'me',
      smtp_require_tls: false,
    },
    ...{ slack_app_url: `${http}/app`, pagerduty_url: `${http}/pagerduty`, telegram_api_url: http },
  };
  const packs: Values[] = [base];
  let withKeys: Values = base;
  for (const path of globalKeys().secrets) {
    const marker = markers.next(`global.${path.join('.')}`);
    const values = [marker, `${http}/hook/${encodeURIComponent(marker)}`];
    const add = (pack: Values, value: string) => put(pack, path, value) as Values;
    const fits = (pack: Values) =>
      values.map(value => add(pack, value)).find(each => problemWith(each, undefined) === undefined);
    // With a key that is none nothing is sent over TLS, nor by mail.
    if (/tls_config$/.test(path.at(-2) ?? ''))
      withKeys = add(put(withKeys, [...path.slice(0, -1), 'cert'], certificate.cert) as Values, marker);
    else {
      // It signs in by itself, in the place of http_config.
      const at = path.at(-1) === 'slack_app_token' ? -1 : packs.findIndex(fits);
      if (at >= 0) packs[at] = fits(packs[at] as Values) as Values;
      else packs.push(fits(base) ?? fail(`global.${path.join('.')} is taken in no form`));
    }
  }
  return [...packs, withKeys];
}

/** Receivers that use what `global` has. */
export const RECEIVERS_OF_GLOBAL = (places: Places): Record<string, Values[]> => ({
  webhook_configs: [{ url: `${places.https}/webhook` }, { url: `${places.http}/redirect` }],
  email_configs: [{ to: 'a@example.org' }],
  slack_configs: [{ channel: '#a' }],
  telegram_configs: [{ chat_id: 1, bot_token: undefined }],
});

/** alertmanager.yml, as JSON. Receivers that need something of `global` that is not there are left out. */
export function alertmanagerYml(global: Values, ...receivers: Readonly<Record<string, Values[]>>[]): string {
  const all: Record<string, Values[]> = {};
  for (const each of receivers)
    for (const [kind, entries] of Object.entries(each))
      all[kind] = [
        ...(all[kind] ?? []),
        ...entries.filter(entry => problemWith(global, { [kind]: [entry] }) === undefined),
      ];
  return documentOf(global, all);
}

function documentOf(global: Values | undefined, receivers: Values | undefined): string {
  return JSON.stringify({
    global,
    route: { receiver: 'all', group_by: ['alertname'], group_wait: '0s', group_interval: '1h' },
    receivers: [{ name: 'all', ...receivers }],
  });
}

function problemWith(global: Values | undefined, receivers: Values | undefined): string | undefined {
  try {
    readAlertmanagerConfig('alertmanager.yml', documentOf(global, receivers));
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

function fail(message: string): never {
  throw new Error(message);
}
