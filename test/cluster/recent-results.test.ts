// The last answers of a service: which are kept, and what is shown of each.

import { expect, test } from 'vitest';
import { RecentResults } from '../../src/cluster/recent-results.js';
import { result } from '../http/monitor.js';

const LAYOUT = {
  families: [
    'probe_success',
    'probe_http_duration_seconds',
    'probe_http_duration_seconds',
    'probe_ssl_earliest_cert_expiry',
    'probe_ssl_last_chain_info',
    'probe_tls_version_info',
  ],
  labels: [
    [],
    ['resolve'],
    ['connect'],
    [],
    ['ab:cd', 'CN=ca', 'CN=tools', 'tools,tools.lan', '01'],
    ['TLS 1.3'],
  ],
};

test('the last twenty are kept, newest first, and none of a service that is gone', () => {
  const recent = new RecentResults();
  for (let i = 0; i < 25; i++) recent.add(result('tools', { at: i }));
  recent.add(result('redis', { at: 99 }));
  expect(recent.of('tools').map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, i) => 24 - i));
  recent.remove('tools');
  expect([recent.of('tools'), recent.of('redis').length, recent.of('nix')]).toEqual([[], 1, []]);
});

test('phases are those that were reached; the layout holds until it changes', () => {
  const recent = new RecentResults();
  recent.add(
    result('tools', { readings: { layout: LAYOUT, values: [1, 0.001, 0.002, 1_800_000_000, 1, 1] } }),
  );
  recent.add(
    result('tools', { readings: { values: [0, 0.003, Number.NaN, Number.NaN, Number.NaN, Number.NaN] } }),
  );
  expect(recent.of('tools').map(({ phases }) => phases)).toEqual([
    { resolve: 0.003 },
    { resolve: 0.001, connect: 0.002 },
  ]);
  // A connection that failed presents no certificate; the last one that was seen still expires.
  expect(recent.certificateOf('tools')).toEqual({
    ...{ expires: 1_800_000_000, chainExpires: undefined },
    ...{ issuer: 'CN=ca', subject: 'CN=tools', names: 'tools,tools.lan', tlsVersion: 'TLS 1.3' },
  });
  recent.add(result('tools', { readings: { layout: { families: [], labels: [] }, values: [] } }));
  expect(recent.of('tools')[0]?.phases).toBeUndefined();
});

test.each<[name: string, data: string | undefined, want: unknown]>([
  ['none', undefined, undefined],
  ['a short one as it is', '{"status":"ok"}', '{"status":"ok"}'],
  ['line breaks are spaces', '{\n  "a": 1\n}', '{ "a": 1 }'],
  ['a password', '{"password":"hunter22"}', '{"password":"<secret>"}'],
  ['credentials of a URL', '{"db":"redis://user:pass@cache:6379"}', expect.not.stringContaining('pass@')],
  [
    'a secret where it is cut off',
    `{"a":"${'x'.repeat(190)}","password":"hunter22"}`,
    expect.not.stringContaining('hunt'),
  ],
  ['a long one is cut', `"${'x'.repeat(5000)}"`, expect.stringMatching(/^.{200}\.\.\.$/)],
])('of a body: %s', (_, data, want) => {
  const recent = new RecentResults();
  recent.add(result('tools', data === undefined ? {} : { data }));
  expect(recent.of('tools')[0]?.body).toEqual(want);
});

test('bodies of one service one after the other, long and short, the same again and none', () => {
  const recent = new RecentResults();
  const long = (word: string) => `{"password":"hunter22","text":"${word.repeat(100)}"}`;
  const shown = (word: string) => `${long(word).replace('hunter22', '<secret>').slice(0, 200)}...`;
  const bodies = ['{"a":1}', long('one'), undefined, long('two'), long('two'), '{"token":"abcdefgh1"}'];
  for (const data of bodies) recent.add(result('tools', data === undefined ? {} : { data }));
  expect(recent.of('tools').map(({ body }) => body)).toEqual([
    '{"token":"<secret>"}',
    shown('two'),
    shown('two'),
    undefined,
    shown('one'),
    '{"a":1}',
  ]);
});
