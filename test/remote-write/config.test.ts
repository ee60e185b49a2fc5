// `remote_write`: what it says with defaults filled in, and each mistake in one line with its place.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/config-error.js';
import { loadRemoteWrite } from '../../src/remote-write/config/read.js';
import { makeFolder, removeFolder } from '../support/child.js';

let file = '';
beforeAll(() => {
  const folder = makeFolder('remote-write-config');
  mkdirSync(folder, { recursive: true });
  file = join(folder, 'monitor.yml');
});
afterAll(() => removeFolder(join(file, '..')));

function read(remotes: string, env: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, `services: {}\nremote_write:\n${remotes}`);
  return loadRemoteWrite(file, env);
}

function mistakes(remotes: string): string[] {
  try {
    read(remotes);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(each => each.replace(`${file}: yaml: `, ''));
  }
}

test("defaults are Prometheus' own", () => {
  const [remote] = read('  - url: http://127.0.0.1:8428/api/v1/write\n').remotes;
  expect(remote).toMatchObject({
    timeout: 30_000,
    message: 'prometheus.WriteRequest',
    relabelConfigs: [],
    queue: {
      capacity: 10_000,
      maxShards: 50,
      minShards: 1,
      maxSamplesPerSend: 2000,
      batchSendDeadline: 5000,
      minBackoff: 30,
      maxBackoff: 5000,
      retryOnHttp429: false,
      sampleAgeLimit: 0,
    },
    metadata: { send: true, sendInterval: 60_000, maxSamplesPerSend: 2000 },
  });
  expect(remote?.name).toMatch(/^[0-9a-f]{6}$/);
});

test('every key is read, variables but for relabelling are filled in, secrets are hidden', () => {
  const { remotes, masked, warnings } = read(
    `
  - name: far
    url: https://me:hidden-1@\${HOST}/write
    remote_timeout: 5s
    headers: { X-Scope-OrgID: hidden-2 }
    basic_auth: { username: monitor, password: hidden-3 }
    write_relabel_configs: [{ source_labels: [a], regex: (.*), target_label: b, replacement: "\${1}" }]
    send_exemplars: true
    protobuf_message: io.prometheus.write.v2.Request
    queue_config: { max_shards: 4, min_shards: 2, retry_on_http_429: true, sample_age_limit: 1h }
    metadata_config: { send: false }
`,
    { HOST: 'storage.example.org' },
  );
  expect(remotes).toMatchObject([
    {
      name: 'far',
      url: 'https://me:hidden-1@storage.example.org/write',
      timeout: 5000,
      message: 'io.prometheus.write.v2.Request',
      queue: { maxShards: 4, minShards: 2, retryOnHttp429: true, sampleAgeLimit: 3_600_000 },
      metadata: { send: false },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's templates
      relabelConfigs: [{ replacement: '${1}' }],
    },
  ]);
  expect(remotes[0]?.http.headers?.['x-scope-orgid']?.reveal()).toBe('hidden-2');
  expect(masked).toContain('remote_write:\n');
  expect(masked).not.toMatch(/hidden-\d/);
  expect(warnings).toEqual([`${file}: yaml: line 10: send_exemplars has no effect: exemplars are not kept`]);
});

test('the name does not change with credentials, and does with the address', () => {
  const nameOf = (url: string) => read(`  - url: ${url}\n`).remotes[0]?.name;
  expect(nameOf('http://a:b@h/w')).toBe(nameOf('http://h/w'));
  expect(nameOf('http://h/w')).not.toBe(nameOf('http://h/v'));
});

const URL_LINE = '  - url: http://h/w\n';
test.each<[name: string, remotes: string, want: string[]]>([
  ['no url', '  - name: a\n', ['line 3: url for remote_write is empty']],
  [
    'no address, without its password',
    '  - url: ftp://me:hidden@h/w\n',
    ['line 3: url for remote_write is no address that begins with http:// or https://'],
  ],
  ['an empty entry', '  -\n', ['line 2: empty or null remote write config section']],
  [
    'a misspelt key',
    `${URL_LINE}    remote_timout: 3s\n`,
    ['line 4: field remote_timout not found in type config.RemoteWriteConfig'],
  ],
  [
    'two of one name',
    URL_LINE + URL_LINE,
    [
      expect.stringMatching(
        /^line 4: found multiple remote write configs with job name "\w{6}"; give each a name of its own$/,
      ) as unknown as string,
    ],
  ],
  [
    'a message there is not',
    `${URL_LINE}    protobuf_message: v3\n`,
    [
      'line 4: unknown remote write protobuf message v3, supported: prometheus.WriteRequest, io.prometheus.write.v2.Request',
    ],
  ],
  [
    'what is not supported, by name',
    `${URL_LINE}    sigv4: {}\n    oauth2: {client_id: a}\n    proxy_url: http://p\n`,
    [
      'line 4: sigv4 is a way to authenticate of Prometheus that is not supported; send to a proxy of your own that adds it, such as vmagent or HAProxy',
      'line 5: oauth2 is not supported; send to a proxy of your own that adds it, such as vmagent or HAProxy',
      'line 6: proxy_url is not supported: there are no proxies; send to a proxy of your own that adds it, such as vmagent or HAProxy',
    ],
  ],
  [
    'headers of the protocol',
    `${URL_LINE}    headers: {Content-Encoding: gzip, Authorization: hidden}\n`,
    [
      'line 4: Content-Encoding is a reserved header. It must not be changed',
      'line 4: authorization header must be changed via the basic_auth or authorization parameter',
    ],
  ],
  [
    'shards',
    `${URL_LINE}    queue_config: {min_shards: 5, max_shards: 3}\n`,
    ['line 4: queue_config: min_shards 5 is more than max_shards 3'],
  ],
  [
    'no shard',
    `${URL_LINE}    queue_config: {max_shards: 0}\n`,
    ['line 4: queue_config: max_shards is 0; one shard at least has to send'],
  ],
  [
    'a relabelling step that is none',
    `${URL_LINE}    write_relabel_configs: [{action: dorp}]\n`,
    ['line 4: unknown relabel action "dorp"'],
  ],
  [
    'two ways to authenticate',
    `${URL_LINE}    basic_auth: {username: a}\n    authorization: {credentials: hidden}\n`,
    ['line 3: at most one of basic_auth, oauth2 & authorization must be configured'],
  ],
])('a mistake: %s', (_, remotes, want) => {
  const found = mistakes(remotes);
  expect(found).toEqual(want);
  expect(found.join()).not.toContain('hidden');
});
