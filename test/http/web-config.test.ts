import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/load.js';
import { loadWebConfig } from '../../src/http/web-config.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { makeCertificate } from './certificates.js';

/** As htpasswd writes them. */
const HASH = '$2y$04$hk7sUGTmBKxVLzxMNPr9nuRPIF1rQPSwDvJzVBiHhUNUhD6zUG0cG';

let folder: string;
beforeAll(() => {
  folder = makeFolder('web-config');
  const ca = makeCertificate(folder, 'ca');
  makeCertificate(folder, 'server', 'IP:127.0.0.1', ca);
  makeCertificate(folder, 'other');
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'empty.pem'), '');
  writeFileSync(
    join(folder, 'damaged.pem'),
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  );
  execFileSync('openssl', [
    ...['pkey', '-in', join(folder, 'server.key'), '-aes256', '-passout', 'pass:x'],
    ...['-out', join(folder, 'encrypted.key')],
  ]);
});
afterAll(() => removeFolder(folder));

function load(yaml: string) {
  const file = join(folder, 'web.yml');
  writeFileSync(file, yaml);
  return loadWebConfig(file);
}

/** Every mistake of a file, without the file's name in front. */
function mistakes(yaml: string): string[] {
  try {
    load(yaml);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).mistakes.map(line => {
      expect(line.startsWith(`${join(folder, 'web.yml')}: `)).toBe(true);
      return line.slice(join(folder, 'web.yml').length + 2).replaceAll(folder, 'DIR');
    });
  }
  return [];
}

const tls = (lines: string, pair = 'cert_file: server.pem\n  key_file: server.key') =>
  `tls_server_config:\n  ${pair}\n${lines.replaceAll(/^/gm, '  ')}\n`;

describe('what is accepted', () => {
  test.each([
    ['an empty file', ''],
    ['nothing but comments', '# nothing yet\n'],
    [
      'sections with nothing in them',
      'tls_server_config: {}\nhttp_server_config: {}\nbasic_auth_users: {}\n',
    ],
    ['http2: false', 'http_server_config: { http2: false }'],
    ['no rate', 'rate_limit: { interval: 0, burst: 0 }'],
    ['a blank header', 'http_server_config: { headers: { X-Frame-Options: "" } }'],
  ])('%s changes nothing', (_, yaml) => {
    expect(load(yaml)).toMatchObject({ tls: undefined, guard: undefined, headers: [] });
  });

  test.each([
    ['a certificate and key', tls('')],
    ['absolute paths', tls('', 'cert_file: FOLDER/server.pem\n  key_file: FOLDER/server.key')],
    ['client certificates', tls('client_auth_type: RequireAndVerifyClientCert\nclient_ca_file: ca.pem')],
    ['any client certificate', tls('client_auth_type: RequireAnyClientCert\nclient_allowed_sans: [a, b]')],
    ['versions', tls('min_version: TLS13\nmax_version: TLS13')],
    [
      'suites and curves',
      tls('cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\ncurve_preferences: [CurveP384, X25519]'),
    ],
    ['the preference of suites', tls('prefer_server_cipher_suites: false')],
  ])('%s', (_, yaml) => {
    expect(load(yaml.replaceAll('FOLDER', folder)).tls).toBeDefined();
  });

  test('names every file it was read from', () => {
    const { files } = load(tls('client_auth_type: VerifyClientCertIfGiven\nclient_ca_file: ./sub/../ca.pem'));
    expect(files).toEqual(['web.yml', 'server.pem', 'server.key', 'ca.pem'].map(name => join(folder, name)));
  });

  test('headers come in the order they are allowed in', () => {
    expect(
      load(
        'http_server_config: { headers: { Strict-Transport-Security: max-age=60, X-Frame-Options: deny } }',
      ).headers,
    ).toEqual([
      ['X-Frame-Options', 'deny'],
      ['Strict-Transport-Security', 'max-age=60'],
    ]);
  });
});

describe('mistakes', () => {
  const SECTIONS = 'tls_server_config, http_server_config, basic_auth_users, rate_limit';
  const table: [name: string, yaml: string, want: string[]][] = [
    ['an unknown section', 'nonsense: 1', [`unknown key "nonsense"; known: ${SECTIONS}`]],
    [
      'a mistyped section',
      'basic_auth_user: {}',
      ['unknown key "basic_auth_user", did you mean "basic_auth_users"?'],
    ],
    [
      'a mistyped key',
      tls('min_versoin: TLS12'),
      ['tls_server_config: unknown key "min_versoin", did you mean "min_version"?'],
    ],
    ['no map', '- a', [`expected keys and values; known: ${SECTIONS}`]],
    [
      'no key',
      tls('', 'cert_file: server.pem'),
      ['tls_server_config.key_file: missing; TLS needs a key, here or inline as key'],
    ],
    [
      'TLS wanted but not given',
      tls('', 'min_version: TLS13'),
      [
        'tls_server_config.cert_file: missing; TLS needs a certificate, here or inline as cert',
        'tls_server_config.key_file: missing; TLS needs a key, here or inline as key',
      ],
    ],
    [
      'files that are not there',
      tls('', 'cert_file: none.pem\n  key_file: sub'),
      [
        'tls_server_config.cert_file: cannot read DIR/none.pem: no such file',
        'tls_server_config.key_file: cannot read DIR/sub: is a directory',
      ],
    ],
    [
      'the key of another certificate',
      tls('', 'cert_file: server.pem\n  key_file: other.key'),
      ['tls_server_config.key_file: DIR/other.key does not belong to the certificate'],
    ],
    [
      'certificate and key exchanged',
      tls('', 'cert_file: server.key\n  key_file: server.pem'),
      [
        'tls_server_config.cert_file: DIR/server.key holds no certificate; expected PEM',
        'tls_server_config.key_file: DIR/server.pem holds no private key; expected PEM',
      ],
    ],
    [
      'a damaged certificate',
      tls('', 'cert_file: damaged.pem\n  key_file: server.key'),
      ['tls_server_config.cert_file: DIR/damaged.pem holds a damaged certificate'],
    ],
    [
      'a key with a passphrase',
      tls('', 'cert_file: server.pem\n  key_file: encrypted.key'),
      [
        'tls_server_config.key_file: DIR/encrypted.key is encrypted, and a passphrase is not supported; use a key without one',
      ],
    ],
    [
      'an inline certificate that is none',
      tls('', 'cert: hello\n  key_file: server.key'),
      ['tls_server_config.cert: the text holds no certificate; expected PEM'],
    ],
    ['inline and file', tls('cert: x'), ['tls_server_config.cert_file: use cert or cert_file, not both']],
    [
      'a client CA without certificates in it',
      tls('client_auth_type: RequireAndVerifyClientCert\nclient_ca_file: empty.pem'),
      ['tls_server_config.client_ca_file: DIR/empty.pem holds no certificate; expected PEM'],
    ],
    [
      'a client CA without verification of clients',
      tls('client_ca_file: ca.pem'),
      [
        'tls_server_config.client_auth_type: must ask for a certificate when a client CA is given, as RequireAndVerifyClientCert does',
      ],
    ],
    [
      'a policy without a CA',
      tls('client_auth_type: RequireAndVerifyClientCert'),
      [
        "tls_server_config.client_ca_file: missing; RequireAndVerifyClientCert needs to know who signs the clients' certificates",
      ],
    ],
    [
      'a policy that is none',
      tls('client_auth_type: Sometimes'),
      [
        'tls_server_config.client_auth_type: expected NoClientCert, RequestClientCert, RequireAnyClientCert, RequireClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert',
      ],
    ],
    [
      'names of clients that need no certificate',
      tls('client_auth_type: RequestClientCert\nclient_allowed_sans: [a]'),
      [
        'tls_server_config.client_allowed_sans: needs client_auth_type RequireAnyClientCert or RequireAndVerifyClientCert',
      ],
    ],
    [
      'an empty list of names',
      tls('client_auth_type: RequireAnyClientCert\nclient_allowed_sans: []'),
      ['tls_server_config.client_allowed_sans: name at least one, or leave it out'],
    ],
    [
      'an old version',
      tls('min_version: TLS10'),
      ['tls_server_config.min_version: expected TLS12 or TLS13; older versions are not supported'],
    ],
    [
      'versions the wrong way round',
      tls('min_version: TLS13\nmax_version: TLS12'),
      ['tls_server_config.min_version: is newer than max_version'],
    ],
    [
      'a mistyped suite',
      tls('cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265]'),
      [
        'tls_server_config.cipher_suites.0: no cipher suite "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265", did you mean "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"?',
      ],
    ],
    [
      'an unknown curve',
      tls('curve_preferences: [CurveP256, CurveP265]'),
      ['tls_server_config.curve_preferences.1: no curve "CurveP265", did you mean "CurveP256"?'],
    ],
    [
      'HTTP/2',
      'http_server_config: { http2: true }',
      ['http_server_config.http2: HTTP/2 is not supported, only HTTP/1.1; write false or leave it out'],
    ],
    [
      'a header that may not be set',
      'http_server_config: { headers: { Server: x } }',
      [
        'http_server_config.headers: unknown key "Server"; known: Content-Security-Policy, X-Frame-Options, X-Content-Type-Options, X-XSS-Protection, Strict-Transport-Security',
      ],
    ],
    [
      'values of headers',
      'http_server_config: { headers: { X-Frame-Options: allow, X-XSS-Protection: "a\\nb: c" } }',
      [
        'http_server_config.headers.X-Frame-Options: expected deny or sameorigin',
        'http_server_config.headers.X-XSS-Protection: holds a character that no header may have',
      ],
    ],
    [
      'passwords that are no hashes',
      `basic_auth_users: { alice: hunter2, bob: '${HASH}', carol: '$2x$${HASH.slice(4)}', dave: '${HASH}.' }`,
      ['alice', 'carol', 'dave'].map(
        user => `basic_auth_users.${user}: not a bcrypt hash; make one with: htpasswd -nBC 10 USER`,
      ),
    ],
    [
      'users without names',
      'basic_auth_users: [a]',
      ['basic_auth_users: expected users, each with a bcrypt hash'],
    ],
    [
      'a rate without a burst',
      'rate_limit: { interval: 1s }',
      ['rate_limit.burst: must be at least 1, else no request is answered'],
    ],
    [
      'a rate without a unit',
      'rate_limit: { interval: 10, burst: 1 }',
      ['rate_limit.interval: expected a duration such as 100ms or 1s, with its unit'],
    ],
    [
      'a rate in other words',
      'rate_limit: { interval: 1 day, burst: 1 }',
      ['rate_limit.interval: "1 day" is not a duration; write 100ms, 1s, 1m30s'],
    ],
    [
      'several at once',
      `${tls('min_version: TLS10', 'cert_file: none.pem')}rate_limit: { burst: x }`,
      [
        'tls_server_config.min_version: expected TLS12 or TLS13; older versions are not supported',
        'rate_limit.burst: expected a whole number from 0 to 1000000',
      ],
    ],
  ];

  test.each(table)('%s', (_, yaml, want) => {
    expect(mistakes(yaml)).toEqual(want);
  });

  test('never shows a secret', () => {
    const all = mistakes(
      'basic_auth_users: { alice: hunter2 }\ntls_server_config: { cert: x, key: hunter3 }',
    );
    expect(all.join()).not.toMatch(/hunter/);
    expect(all.length).toBe(3);
  });

  test('names a file that is not there', () => {
    expect(() => loadWebConfig(join(folder, 'none.yml'))).toThrow(
      `${join(folder, 'none.yml')}: no such file`,
    );
  });
});
