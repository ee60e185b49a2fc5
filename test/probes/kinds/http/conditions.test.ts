// Conditions on an answer's headers, body, TLS and certificate: what is said of each, and that blackbox_exporter has the same
// verdict of the same server.

import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemaKit } from '../../../../src/config/schema-kit.js';
import { type HttpOptions, http } from '../../../../src/probes/kinds/http.js';
import { makeFolder, removeFolder } from '../../../support/child.js';
import { type Exporter, startBlackbox } from '../../../support/exporters.js';
import { listen, portOf, stop } from '../../../support/http.js';
import { dayIn, type Pair, Pki } from '../../../support/pki.js';
import { bothSides, probeByBlackbox } from '../blackbox.js';
import { Bench, run, verdict } from '../recording.js';

const folder = makeFolder('http-conditions');
const bench = new Bench();
let leaf: Pair;
let exporter: Exporter;
const closing: (() => unknown)[] = [];
const urls: Record<'plain' | 'tls' | 'up' | 'down', string> = { plain: '', tls: '', up: '', down: '' };

type Place = keyof typeof urls;
const header = (name: string, regexp: string, more: object = {}) => [{ header: name, regexp, ...more }];

/** Options under blackbox_exporter's names, and what is said. */
const shared: readonly [name: string, place: Place, options: object, want: string][] = [
  ['nothing', 'plain', {}, 'ok'],
  [
    'an unwanted header',
    'plain',
    { fail_if_header_matches: header('x-role', 'standby') },
    'body: Header x-role is "standby", which matches "standby"',
  ],
  ['not the unwanted value', 'plain', { fail_if_header_matches: header('X-Role', '^active$') }, 'ok'],
  [
    'a wanted header',
    'plain',
    { fail_if_header_not_matches: header('Content-Type', '^application/json') },
    'ok',
  ],
  [
    'not the wanted value',
    'plain',
    { fail_if_header_not_matches: header('Content-Type', '^text/') },
    'body: Header Content-Type is "application/json", which does not match "^text/"',
  ],
  [
    'an unwanted header that is missing',
    'plain',
    { fail_if_header_matches: header('X-None', '.') },
    'body: Header X-None is missing',
  ],
  [
    'an unwanted header that may be missing',
    'plain',
    { fail_if_header_matches: header('X-None', '.', { allow_missing: true }) },
    'ok',
  ],
  [
    'a wanted header that is missing',
    'plain',
    { fail_if_header_not_matches: header('X-None', '.') },
    'body: Header X-None is missing',
  ],
  [
    'a wanted header that may be missing',
    'plain',
    { fail_if_header_not_matches: header('X-None', '.', { allow_missing: true }) },
    'ok',
  ],
  [
    'one of several values is wanted',
    'plain',
    { fail_if_header_not_matches: header('Set-Cookie', '^b=') },
    'ok',
  ],
  [
    'one of several values is unwanted',
    'plain',
    { fail_if_header_matches: header('Set-Cookie', '^b=') },
    'body: Header Set-Cookie is "b=2", which matches "^b="',
  ],
  [
    'a header before a body',
    'plain',
    { fail_if_header_matches: header('X-Role', '.'), fail_if_body_matches_regexp: ['ok'] },
    'body: Header X-Role is "standby", which matches "."',
  ],
  [
    'a body after a header',
    'plain',
    { fail_if_header_matches: header('X-Role', 'active'), fail_if_body_matches_regexp: ['ok'] },
    'body: Body matches "ok"',
  ],
  [
    'a status before a header',
    'plain',
    { valid_status_codes: [204], fail_if_header_matches: header('X-Role', '.') },
    'status: HTTP 200',
  ],
  ['no TLS', 'plain', { fail_if_not_ssl: true }, 'tls: PLAIN answered without TLS (fail_if_not_ssl)'],
  ['no TLS, rightly', 'plain', { fail_if_ssl: true }, 'ok'],
  ['TLS', 'tls', { fail_if_ssl: true }, 'tls: TLS answered over TLS (fail_if_ssl)'],
  ['TLS, rightly', 'tls', { fail_if_not_ssl: true }, 'ok'],
  ['redirected to TLS', 'up', { fail_if_not_ssl: true }, 'ok'],
  ['redirected to TLS, wrongly', 'up', { fail_if_ssl: true }, 'tls: TLS answered over TLS (fail_if_ssl)'],
  [
    'redirected from TLS',
    'down',
    { fail_if_not_ssl: true },
    'tls: PLAIN answered without TLS (fail_if_not_ssl)',
  ],
  [
    'an expression before TLS',
    'plain',
    { fail_if_not_ssl: true, fail_if_body_matches_regexp: ['ok'] },
    'body: Body matches "ok"',
  ],
];

/** Keys of our own. */
const own: readonly [name: string, place: Place, options: object, want: string][] = [
  ['an expected body', 'plain', { expect_body: '"ok"\\}$' }, 'ok'],
  ['another body', 'plain', { expect_body: '^ready' }, 'body: Body does not match "^ready"'],
  [
    'an expected body beside others',
    'plain',
    { expect_body: 'ok', fail_if_body_not_matches_regexp: 'queue' },
    'body: Body does not match "queue"',
  ],
  ['a certificate for long enough', 'tls', { min_certificate_days: 9 }, 'ok'],
  [
    'a certificate for too short',
    'tls',
    { min_certificate_days: 11 },
    `tls: TLS: a certificate expires on DATE, in 9.9 days (min_certificate_days: 11)`,
  ],
  [
    'no certificate',
    'plain',
    { min_certificate_days: 1 },
    'tls: No certificate: the answer came without TLS (min_certificate_days)',
  ],
  ['a certificate behind a redirect', 'up', { min_certificate_days: 9 }, 'ok'],
];

function moduleName(name: string): string {
  return name.replaceAll(/\W+/g, '_');
}

beforeAll(async () => {
  const pki = new Pki(folder);
  const authority = pki.authority('authority');
  leaf = pki.leaf('leaf', { issuer: authority, to: 10 });
  const tls = { ca_file: authority.file };
  const answer: RequestListener = ({ url }, response) => {
    if (url === '/up') return response.writeHead(302, { location: urls.tls }).end();
    if (url === '/down') return response.writeHead(302, { location: urls.plain }).end();
    response.setHeader('x-role', 'standby');
    response.setHeader('content-type', 'application/json');
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    return response.end('{"status": "ok"}');
  };
  const [plain, secure] = [await listen(answer), await listen(answer, leaf)];
  closing.push(
    () => stop(plain),
    () => stop(secure),
  );
  urls.plain = `http://127.0.0.1:${portOf(plain)}/`;
  urls.tls = `https://127.0.0.1:${portOf(secure)}/`;
  urls.up = `${urls.plain}up`;
  urls.down = `${urls.tls}down`;
  exporter = await startBlackbox(
    Object.fromEntries(
      shared.map(([name, , options]) => [
        moduleName(name),
        { prober: 'http', http: { preferred_ip_protocol: 'ip4', tls_config: tls, ...options } },
      ]),
    ),
  );
  authorityFile = authority.file;
});
let authorityFile = '';
afterAll(async () => {
  await bench.close();
  await exporter?.close();
  for (const close of closing) await close();
  removeFolder(folder);
});

const ask = async (place: Place, options: object) =>
  run(await bench.open(http, { url: urls[place], tls_config: { ca_file: authorityFile }, ...options }));

const said = (text: string) =>
  text
    .replace(urls.plain.slice(0, -1), 'PLAIN')
    .replace(urls.tls.slice(0, -1), 'TLS')
    .replace(/(expires on) \d{4}-\d\d-\d\dT\d\d:\d\dZ/, '$1 DATE');

describe('what is said', () => {
  test.each([...shared, ...own])('%s', async (_, place, options, want) => {
    expect(said(verdict(await ask(place, options)))).toBe(want);
  });

  test('the date is that of the certificate', async () => {
    expect(verdict(await ask('tls', { min_certificate_days: 11 }))).toContain(` ${dayIn(10)}T`);
  });

  test('a secret that a header repeats is not shown', async () => {
    const server = await listen(({ headers }, response) => {
      response.setHeader('x-echo', String(headers['x-token']));
      response.end();
    });
    closing.push(() => stop(server));
    const ran = await run(
      await bench.open(http, {
        url: `http://127.0.0.1:${portOf(server)}/`,
        headers: { 'X-Token': 'correct-horse' },
        fail_if_header_matches: header('X-Echo', 'horse'),
      }),
    );
    expect(verdict(ran)).toBe('body: Header X-Echo is "<secret>", which matches "horse"');
  });
});

test.each(shared)('blackbox_exporter agrees: %s', async (name, place, options) => {
  const theirs = await probeByBlackbox(exporter, moduleName(name), urls[place]);
  const both = bothSides(await ask(place, options), theirs, ['probe_failed_due_to_regex', 'probe_http_ssl']);
  expect(both.ours).toEqual(both.theirs);
});

describe('configuration that cannot hold', () => {
  const cases: readonly [options: object, want: string | undefined][] = [
    [
      { url: 'http://127.0.0.1/', fail_if_ssl: true, fail_if_not_ssl: true },
      'fail_if_ssl and fail_if_not_ssl exclude each other; remove one',
    ],
    [
      { url: 'https://127.0.0.1/', fail_if_ssl: true, min_certificate_days: 3 },
      'min_certificate_days needs TLS, which fail_if_ssl forbids; remove one',
    ],
    [
      { url: 'http://127.0.0.1/', fail_if_not_ssl: true, follow_redirects: false },
      'fail_if_not_ssl fails every answer of an http:// URL; write https://',
    ],
    [
      { url: 'http://127.0.0.1/', min_certificate_days: 3, follow_redirects: false },
      'min_certificate_days fails every answer of an http:// URL; write https://',
    ],
    [
      { url: 'https://127.0.0.1/', fail_if_ssl: true, follow_redirects: false },
      'fail_if_ssl fails every answer of an https:// URL; write http://',
    ],
    [{ url: 'http://127.0.0.1/', fail_if_not_ssl: true }, undefined],
    [{ url: 'https://127.0.0.1/', min_certificate_days: 3, follow_redirects: false }, undefined],
    [
      { url: 'http://127.0.0.1/', method: 'HEAD', expect_body: 'x' },
      'a HEAD is answered without a body; condition, expect_body and fail_if_body_... need method GET',
    ],
  ];
  test.each(cases)('%j', (options, want) => {
    expect(http.check?.(http.options(schemaKit).parse(options) as HttpOptions)).toBe(want);
  });

  test.each([
    [{ fail_if_header_matches: [{ header: 'a b', regexp: 'x' }] }, /not the name of a header/],
    [{ fail_if_header_matches: [{ header: 'a', regexp: '(x' }] }, /missing closing/],
    [{ fail_if_header_matches: { header: 'a', regexp: 'x' } }, /expected a list/],
    [{ fail_if_header_not_matches: [{ header: 'a', regexp: 'x', missing: true }] }, /unknown key "missing"/],
    [{ min_certificate_days: -1 }, /number from 0/],
    [{ expect_body: '(x' }, /missing closing/],
  ])('%j', (options, want) => {
    const { error } = http.options(schemaKit).safeParse({ url: 'http://127.0.0.1/', ...options });
    expect(error?.issues[0]?.message).toMatch(want);
  });
});
