import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/config/decode.js';
import type { HttpClientConfig } from '../../../src/config/http-client/config.js';
import { DEFAULT_HTTP_CONFIG, readHttpConfig } from '../../../src/config/http-client/read-config.js';
import { parseYamlTree } from '../../../src/config/yaml-tree.js';
import { Secret, type SecretSource } from '../../../src/model/secret.js';
import { parseModelDuration } from '../../../src/promql/duration.js';

const INSTEAD = 'do it otherwise';
const INHERITED: HttpClientConfig = {
  basic_auth: { username: 'inherited', password: new Secret('x') },
  follow_redirects: false,
};
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'http-config-'));
  writeFileSync(join(folder, 'password'), ' from the file\n');
  writeFileSync(join(folder, 'ca.pem'), 'a CA\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, inherited = DEFAULT_HTTP_CONFIG) {
  const decoder = new Decoder(parseModelDuration, folder);
  const config = readHttpConfig(decoder, parseYamlTree(text), inherited, INSTEAD);
  return { config, mistakes: decoder.problems.map(({ line, reason }) => `${line}: ${reason}`) };
}

/** All fields of a configuration, its secrets revealed. */
function revealed(config: unknown): unknown {
  if (config === null || typeof config !== 'object') return config;
  if ('reveal' in config) return (config as SecretSource).reveal();
  const set = Object.entries(config).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([key, value]) => [key, revealed(value)]));
}

describe('the fields', () => {
  test.each<[string, string, unknown]>([
    ['nothing: what is inherited', '', revealed(INHERITED)],
    ['null: what is inherited', '~', revealed(INHERITED)],
    ['anything: nothing is inherited', '{}', { follow_redirects: true }],
    ['redirects', 'follow_redirects: no', { follow_redirects: false }],
    ['HTTP/2, which changes nothing', 'enable_http2: true', { follow_redirects: true }],
    [
      'basic auth',
      'basic_auth: {username: me, password: secret}',
      { basic_auth: { username: 'me', password: 'secret' }, follow_redirects: true },
    ],
    [
      'basic auth out of files',
      'basic_auth: {username_file: password, password_file: password}',
      { basic_auth: { username: 'from the file', password: 'from the file' }, follow_redirects: true },
    ],
    [
      'authorization',
      'authorization: {type: Token, credentials_file: password}',
      { authorization: { type: 'Token', credentials: 'from the file' }, follow_redirects: true },
    ],
    [
      'the old bearer token',
      'bearer_token: 12345',
      { authorization: { type: 'Bearer', credentials: '12345' }, follow_redirects: true },
    ],
    [
      'the old bearer token out of a file',
      'bearer_token_file: password',
      { authorization: { type: 'Bearer', credentials: 'from the file' }, follow_redirects: true },
    ],
    [
      'headers',
      'http_headers: {X-Scope: {values: [a, b], secrets: [c], files: [password]}}',
      { headers: { 'x-scope': 'a, b, c, from the file' }, follow_redirects: true },
    ],
    [
      'TLS',
      'tls_config: {ca: PEM, server_name: x, min_version: TLS12, insecure_skip_verify: true}',
      {
        tls_config: { ca: 'PEM', server_name: 'x', insecure_skip_verify: true, min_version: 'TLSv1.2' },
        follow_redirects: true,
      },
    ],
    [
      'proxies that are switched off',
      'proxy_url: ""\nproxy_from_environment: false',
      { follow_redirects: true },
    ],
  ])('%s', (_, text, want) => {
    const { config, mistakes } = read(text, INHERITED);
    expect(mistakes).toEqual([]);
    expect(revealed(config)).toEqual(want);
  });

  test('files are found beside the configuration', () => {
    const { config, mistakes } = read('tls_config: {ca_file: ca.pem}');
    expect(mistakes).toEqual([]);
    expect(config.tls_config?.ca_file).toBe(join(folder, 'ca.pem'));
  });

  test("a secret's file is read when it is used, and may be created later", () => {
    const { config, mistakes } = read('authorization: {credentials_file: later}');
    expect(mistakes).toEqual([]);
    const reveal = () => config.authorization?.credentials?.reveal();
    expect(reveal).toThrow(`cannot read ${join(folder, 'later')}: no such file`);
    writeFileSync(join(folder, 'later'), 'one\n');
    expect(reveal()).toBe('one');
    writeFileSync(join(folder, 'later'), 'two\n');
    expect(reveal()).toBe('two');
  });
});

describe('mistakes', () => {
  test.each<[string, string[]]>([
    ['basic_auth: {user: me}', ['1: field user not found in type config.plain']],
    ['follow_redirects: maybe', ['1: cannot unmarshal !!str `maybe` into bool']],
    ['[]', ['1: cannot unmarshal !!seq into config.plain']],
    // A token where the mapping of its keys belongs.
    ['authorization: zebra', ['1: cannot unmarshal !!str <secret> into config.plain']],
    ['basic_auth: zebra', ['1: cannot unmarshal !!str <secret> into config.plain']],
    ['http_headers: {X-Key: zebra}', ['1: cannot unmarshal !!str <secret> into config.plain']],
    ['http_headers: {X-Key: {secrets: zebra}}', ['1: cannot unmarshal !!str <secret> into []config.Secret']],
    [
      'bearer_token: a\nbearer_token_file: b',
      ['2: at most one of bearer_token & bearer_token_file must be configured'],
    ],
    [
      'basic_auth: {}\nbearer_token: a',
      ['1: at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured'],
    ],
    [
      'authorization: {}\nbearer_token: a',
      ['1: authorization is not compatible with bearer_token & bearer_token_file'],
    ],
    [
      'authorization: {}\nbasic_auth: {}',
      ['1: at most one of basic_auth, oauth2 & authorization must be configured'],
    ],
    [
      'authorization: {type: Basic}',
      ['1: authorization type cannot be set to "basic", use "basic_auth" instead'],
    ],
    [
      'basic_auth: {password: a, password_file: b}',
      ['1: at most one of basic_auth password, password_file & password_ref must be configured'],
    ],
    [
      'authorization: {credentials_ref: a}',
      ['1: credentials_ref: there is no secret manager here; use credentials_file'],
    ],
    ['oauth2: {client_id: a}', [`1: oauth2 is not supported; ${INSTEAD}`]],
    [
      'proxy_url: http://127.0.0.1:1\nproxy_from_environment: true',
      [
        `1: proxy_url is not supported: there are no proxies; ${INSTEAD}`,
        `2: proxy_from_environment is not supported: there are no proxies; ${INSTEAD}`,
      ],
    ],
    ['tls_config: {min_version: SSL3}', ['1: unknown TLS version: SSL3']],
    [
      'tls_config: {cert: a}',
      ['1: exactly one of key or key_file must be configured when a client certificate is configured'],
    ],
    ['http_headers: {host: {values: [a]}}', ['1: setting header "Host" is not allowed']],
    [
      'http_headers: {x-a: {values: [a]}, X-A: {values: [b]}}',
      ['1: header "X-A" is defined in multiple sections'],
    ],
  ])('%s', (text, want) => {
    expect(read(text).mistakes).toEqual(want);
  });

  test('files that are not there, by their whole path', () => {
    expect(read('tls_config: {ca_file: no.pem}').mistakes).toEqual([
      `1: cannot read ${join(folder, 'no.pem')}: no such file`,
    ]);
    expect(read('http_headers: {X-A: {files: [no]}}').mistakes).toEqual([
      `1: unable to read header "X-A" from file ${join(folder, 'no')}: no such file`,
    ]);
  });
});
