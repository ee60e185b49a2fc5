// The kind dns: what is said of name servers that answer, do not, or answer something else, and that blackbox_exporter has the same
// verdict of the same dnsmasq.

import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dns } from '../../../src/probes/kinds/dns.js';
import { freePort, makeFolder, removeFolder } from '../../support/child.js';
import { type Dnsmasq, startDnsmasq } from '../../support/dnsmasq.js';
import { type Exporter, startBlackbox } from '../../support/exporters.js';
import { type Pair, Pki } from '../../support/pki.js';
import { bothSides, probeByBlackbox } from './blackbox.js';
import { checkedBy, problemOf } from './checked.js';
import { Bench, type Run, run } from './recording.js';

const folder = makeFolder('dns');
const bench = new Bench();
const closing: (() => unknown)[] = [];
let authority: Pair;
let server: Dnsmasq;
let zone: Dnsmasq;
let exporter: Exporter;
let tlsAddress = '';

const MANY = Array.from({ length: 60 }, (_, i) => `--address=/many.test/10.1.0.${i + 1}`);
const RECORDS = [
  '--host-record=one.test,10.0.0.7,fd00::7',
  '--address=/two.test/10.0.0.1',
  '--address=/two.test/10.0.0.2',
  '--cname=alias.test,one.test',
  '--mx-host=mail.test,mx.test,10',
  '--txt-record=text.test,say "hello",\\there',
  '--srv-host=_redis._tcp.test,one.test,6379,1,5',
  '--caa-record=one.test,0,issue,ca.example.org',
  '--naptr-record=n.test,100,10,S,SIP+D2U,!^.*$!sip:a@b.test!,next.test',
  '--ptr-record=7.0.0.10.in-addr.arpa,one.test',
  '--dns-rr=raw.test,65,0001000000',
  `--dns-rr=raw.test,44,0101${'0a'.repeat(20)}`,
  `--dns-rr=raw.test,52,030101${'0b'.repeat(32)}`,
  `--dns-rr=raw.test,43,12340802${'ab'.repeat(32)}`,
  '--dns-rr=raw.test,48,010103080301000aff',
  '--dns-rr=raw.test,13,03414d44054c696e7578',
  '--dns-rr=raw.test,17,01610474657374000162047465737400',
  '--dns-rr=raw.test,46,0001080200000e1065000000640000001234047465737400aabbcc',
  '--dns-rr=raw.test,47,01620474657374000006400000000003',
  ...MANY,
];
/** Of a server that answers for its own zone alone. */
const ZONE = ['--auth-zone=zone.test', '--auth-server=ns.zone.test,127.0.0.1'];

/** The line of a record, as an expression that matches nothing else. */
const line = (text: string) =>
  `^${text.replaceAll(/[.*+?^$()[\]{}|\\]/g, '\\$&').replaceAll(' ', '[\\t ]')}$`;
const answers = (validator: object) => ({ validate_answer_rrs: validator });
const exactly = (text: string) => answers({ fail_if_not_matches_regexp: [line(text)] });

const shared: readonly [name: string, question: string, options: object, want: string | RegExp][] = [
  ['an address', 'one.test A', {}, 'ok'],
  ['no such name', 'none.test A', {}, 'status: The server answered NXDOMAIN, wanted NOERROR'],
  ['no such name, as wanted', 'none.test A', { valid_rcodes: ['NXDOMAIN'] }, 'ok'],
  [
    'a name that exists and should not',
    'one.test A',
    { valid_rcodes: ['NXDOMAIN', 'REFUSED'] },
    'status: The server answered NOERROR, wanted NXDOMAIN or REFUSED',
  ],
  ['a name without such records', 'one.test MX', {}, 'ok'],
  ['an A record', 'one.test A', exactly('one.test. 0 IN A 10.0.0.7'), 'ok'],
  ['an AAAA record', 'one.test AAAA', exactly('one.test. 0 IN AAAA fd00::7'), 'ok'],
  ['an MX record', 'mail.test MX', exactly('mail.test. 0 IN MX 10 mx.test.'), 'ok'],
  ['an SRV record', '_redis._tcp.test SRV', exactly('_redis._tcp.test. 0 IN SRV 1 5 6379 one.test.'), 'ok'],
  ['a TXT record', 'text.test TXT', exactly('text.test. 0 IN TXT "say \\"hello\\"" "\\\\there"'), 'ok'],
  ['a CAA record', 'one.test CAA', exactly('one.test. 0 IN CAA 0 issue "ca.example.org"'), 'ok'],
  [
    'a NAPTR record',
    'n.test NAPTR',
    exactly('n.test. 0 IN NAPTR 100 10 "S" "SIP+D2U" "!^.*$!sip:a@b.test!" next.test.'),
    'ok',
  ],
  ['a PTR record', '7.0.0.10.in-addr.arpa PTR', exactly('7.0.0.10.in-addr.arpa. 0 IN PTR one.test.'), 'ok'],
  [
    'an SOA record',
    'zone.test SOA',
    answers({
      fail_if_none_matches_regexp: [
        '^zone\\.test\\.\\t600\\tIN\\tSOA\\tns\\.zone\\.test\\. hostmaster\\.ns\\.zone\\.test\\. \\d+ 1200 180 1209600 600$',
      ],
    }),
    'ok',
  ],
  ['an SSHFP record', 'raw.test SSHFP', exactly(`raw.test. 0 IN SSHFP 1 1 ${'0A'.repeat(20)}`), 'ok'],
  ['a TLSA record', 'raw.test TLSA', exactly(`raw.test. 0 IN TLSA 3 1 1 ${'0b'.repeat(32)}`), 'ok'],
  ['a DS record', 'raw.test DS', exactly(`raw.test. 0 IN DS 4660 8 2 ${'AB'.repeat(32)}`), 'ok'],
  ['a DNSKEY record', 'raw.test DNSKEY', exactly('raw.test. 0 IN DNSKEY 257 3 8 AwEACv8='), 'ok'],
  ['an HINFO record', 'raw.test HINFO', exactly('raw.test. 0 IN HINFO "AMD" "Linux"'), 'ok'],
  ['an RP record', 'raw.test RP', exactly('raw.test. 0 IN RP a.test. b.test.'), 'ok'],
  [
    'an RRSIG record',
    'raw.test RRSIG',
    exactly('raw.test. 0 IN RRSIG A 8 2 3600 20230912060656 20230302014640 4660 test. qrvM'),
    'ok',
  ],
  ['an NSEC record', 'raw.test NSEC', exactly('raw.test. 0 IN NSEC b.test. A RRSIG NSEC'), 'ok'],
  [
    'a CNAME record',
    'alias.test A',
    answers({ fail_if_none_matches_regexp: [line('alias.test. 0 IN CNAME one.test.')] }),
    'ok',
  ],
  [
    'an unwanted record',
    'two.test A',
    answers({ fail_if_matches_regexp: ['\\t127\\.', '10\\.0\\.0\\.2$'] }),
    'body: A record of the answer matches "10\\\\.0\\\\.0\\\\.2$": two.test. 0 IN A 10.0.0.2',
  ],
  ['no unwanted record', 'two.test A', answers({ fail_if_matches_regexp: ['127\\.'] }), 'ok'],
  ['every record is wanted', 'two.test A', answers({ fail_if_not_matches_regexp: ['10\\.0', 'IN'] }), 'ok'],
  [
    'one record is not wanted',
    'two.test A',
    answers({ fail_if_not_matches_regexp: ['\\.1$'] }),
    'body: A record of the answer does not match "\\\\.1$": two.test. 0 IN A 10.0.0.2',
  ],
  [
    'records are wanted and there are none',
    'one.test MX',
    answers({ fail_if_not_matches_regexp: ['x'] }),
    'body: No answer record, which "x" should match',
  ],
  ['all match', 'two.test A', answers({ fail_if_all_match_regexp: ['10\\.0'] }), 'ok'],
  [
    'not all match',
    'two.test A',
    answers({ fail_if_all_match_regexp: ['\\.1$'] }),
    /^body: A record of the answer does not match/,
  ],
  ['all of none match', 'one.test MX', answers({ fail_if_all_match_regexp: ['x'] }), 'ok'],
  ['one matches', 'two.test A', answers({ fail_if_none_matches_regexp: ['\\.1$', 'x'] }), 'ok'],
  [
    'none matches',
    'two.test A',
    answers({ fail_if_none_matches_regexp: ['x', 'y'] }),
    'body: No record of the answer matches "x" or "y"',
  ],
  [
    'one should match and there is none',
    'one.test MX',
    answers({ fail_if_none_matches_regexp: ['x'] }),
    'body: No answer record, which "x" should match',
  ],
  [
    'the authority section',
    'zone.test SOA',
    { validate_authority_rrs: { fail_if_not_matches_regexp: ['NS\\tns\\.zone\\.test\\.$'] } },
    'ok',
  ],
  [
    'the authority section, wrong',
    'zone.test SOA',
    { validate_authority_rrs: { fail_if_not_matches_regexp: ['other'] } },
    'body: A record of the authority does not match "other": zone.test. 600 IN NS ns.zone.test.',
  ],
  [
    'the additional section',
    'zone.test SOA',
    { validate_additional_rrs: { fail_if_not_matches_regexp: ['x'] } },
    'body: No additional record, which "x" should match',
  ],
  [
    'a code before records',
    'none.test A',
    answers({ fail_if_not_matches_regexp: ['x'] }),
    'status: The server answered NXDOMAIN, wanted NOERROR',
  ],
  ['over TCP', 'two.test A', { transport_protocol: 'tcp' }, 'ok'],
  [
    'many records over TCP',
    'many.test A',
    { transport_protocol: 'tcp', ...answers({ fail_if_none_matches_regexp: ['10\\.1\\.0\\.60$'] }) },
    'ok',
  ],
];

/** Of our own: the short form, and TCP after a truncated answer, which blackbox_exporter judges as it is. */
const own: readonly [name: string, question: string, options: object, want: string | RegExp][] = [
  ['the expected address', 'one.test A', { expect: '10.0.0.7' }, 'ok'],
  [
    'another address',
    'two.test A',
    { expect: '10.0.0.7' },
    /^body: The answer does not have "10\.0\.0\.7": it has A 10\.0\.0\.[12], A 10\.0\.0\.[12]$/,
  ],
  ['no address', 'one.test MX', { expect: 'x' }, 'body: The answer does not have "x": it is empty'],
  ['all expected addresses', 'two.test A', { expect: ['10.0.0.2', '10.0.0.1'] }, 'ok'],
  [
    'one expected address is missing',
    'two.test A',
    { expect: ['10.0.0.2', '10.0.0.3'] },
    /does not have "10\.0\.0\.3"/,
  ],
  ['an address in another spelling', 'one.test AAAA', { expect: 'FD00:0::7' }, 'ok'],
  ['a name without its dot', 'mail.test MX', { expect: '10 MX.test' }, 'ok'],
  ['a text without quotes', 'text.test TXT', { expect: 'say "hello"\\there' }, 'ok'],
  ['behind an alias', 'alias.test A', { expect: ['one.test', '10.0.0.7'] }, 'ok'],
  ['a record of an unknown form', 'raw.test HTTPS', { expect: '\\# 5 0001000000' }, 'ok'],
  ['a truncated answer', 'many.test A', { expect: ['10.1.0.1', '10.1.0.60'] }, 'ok'],
];

const ask = ([query_name, query_type]: readonly string[], options: object) => ({
  query_name,
  query_type,
  ...options,
});
const questionOf = (question: string, options: object) => ask(question.split(' '), options);
const addressFor = (question: string) => (question.startsWith('zone') ? zone : server).address;
const moduleName = (name: string) => name.replaceAll(/\W+/g, '_');

beforeAll(async () => {
  server = await startDnsmasq(RECORDS);
  zone = await startDnsmasq(ZONE);
  const pki = new Pki(folder);
  authority = pki.authority('authority');
  const { cert, key } = pki.leaf('leaf', { issuer: authority, to: 10 });
  const tls = createTlsServer({ cert, key }, socket => {
    const upstream = connect(server.port, '127.0.0.1');
    for (const each of [socket, upstream]) each.on('error', () => each.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  tlsAddress = await listening(tls);
  const modules = [...shared, OVER_TLS].map(([name, question, options]) => [
    moduleName(name),
    {
      prober: 'dns',
      timeout: '5s',
      dns: { preferred_ip_protocol: 'ip4', ...withAuthority(questionOf(question, options)) },
    },
  ]);
  exporter = await startBlackbox(Object.fromEntries(modules));
});
afterAll(async () => {
  await bench.close();
  await exporter?.close();
  for (const close of closing) await close();
  await server?.close();
  await zone?.close();
  removeFolder(folder);
});

async function listening(listener: Server): Promise<string> {
  const sockets = new Set<Socket>();
  listener.on('connection', socket => sockets.add(socket));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

const OVER_TLS = ['over TLS', 'one.test A', { transport_protocol: 'tcp', dns_over_tls: true }, 'ok'] as const;
const withAuthority = (options: object) =>
  'dns_over_tls' in options ? { tls_config: { ca_file: authority.file }, ...options } : options;

const open = (address: string, options: object) => bench.open(dns, { address, ...withAuthority(options) });
const said = async (address: string, options: object, timeout = 5000) =>
  checkedBy(await open(address, options), timeout);
const measured = async (address: string, options: object): Promise<Run> => run(await open(address, options));

test.each([...shared, ...own])('%s', async (_, question, options, want) => {
  const words = await said(addressFor(question), questionOf(question, options));
  if (typeof want === 'string') expect(words).toBe(want);
  else expect(words).toMatch(want);
});

test('over TLS', async () => {
  const [, question, options] = OVER_TLS;
  expect(await said(tlsAddress, questionOf(question, options))).toBe('ok');
  expect(await said(tlsAddress, questionOf(question, { ...options, min_certificate_days: 11 }))).toMatch(
    /^tls: TLS: a certificate expires on/,
  );
  expect(await said(tlsAddress, questionOf(question, { ...options, tls_config: {} }))).toMatch(
    /^tls: TLS: certificate is signed by an unknown CA/,
  );
});

const SERIES = [
  'probe_dns_answer_rrs',
  'probe_dns_authority_rrs',
  'probe_dns_additional_rrs',
  'probe_dns_query_succeeded',
  'probe_ip_protocol',
  'probe_ip_addr_hash',
  'probe_ssl_earliest_cert_expiry',
];

test.each([...shared, OVER_TLS])('blackbox_exporter agrees: %s', async (name, question, options) => {
  const address = 'dns_over_tls' in options ? tlsAddress : addressFor(question);
  const theirs = await probeByBlackbox(exporter, moduleName(name), address);
  const ours = await measured(address, questionOf(question, options));
  // It shows no certificate of a name server.
  const series = SERIES.slice(0, 'dns_over_tls' in options ? -1 : undefined);
  const both = bothSides(ours, theirs, question.endsWith('SOA') ? [...series, 'probe_dns_serial'] : series);
  expect(both.ours).toEqual(both.theirs);
});

test('how long each phase took', async () => {
  const phases = async (address: string, options: object) => {
    const { attempt } = await measured(address, questionOf('one.test A', options));
    return ['resolve', 'connect', 'request'].filter(
      phase => (attempt.value(`probe_dns_duration_seconds{phase="${phase}"}`) ?? -1) >= 0,
    );
  };
  expect(await phases(server.address, {})).toEqual(['connect', 'request']);
  const named = server.address.replace('127.0.0.1', 'localhost');
  for (const transport_protocol of ['udp', 'tcp'])
    expect(await phases(named, { transport_protocol, preferred_ip_protocol: 'ip4' })).toEqual([
      'resolve',
      'connect',
      'request',
    ]);
  expect(await phases(`127.0.0.1:${await freePort()}`, { transport_protocol: 'tcp' })).toEqual([]);
});

describe('configuration', () => {
  const cases: readonly [options: object, want: RegExp | undefined][] = [
    [{}, undefined],
    [{ address: 'ns.test' }, undefined],
    [{ address: '::1' }, /write \[::1\]:53$/],
    [{ query_name: undefined }, /expected a text/],
    [{ query_name: 'a..b' }, /^is not a name; write it in ASCII/],
    [{ query_name: `${'x'.repeat(64)}.test` }, /^is not a name/],
    [{ query_name: 'caf\u00e9.test' }, /^is not a name; write it in ASCII/],
    [{ query_name: '.', query_type: 'NS' }, undefined],
    [{ query_type: 'B' }, /^expected one of A, AAAA, /],
    [{ valid_rcodes: ['OK'] }, /^expected one of NOERROR, /],
    [{ validate_answer_rrs: { fail_if_matches_regexp: '(' } }, /missing closing/],
    [{ validate_answer_rrs: { fail_if_any_matches_regexp: 'x' } }, /unknown key/],
    [{ transport_protocol: 'tls' }, /^expected udp or tcp$/],
    [{ dns_over_tls: true }, /^address: DNS over TLS is on port 853; write 127\.0\.0\.1:853$/],
    [
      { dns_over_tls: true, address: '127.0.0.1:853', transport_protocol: 'udp' },
      /^dns_over_tls is over TCP/,
    ],
    [{ tls_config: {} }, /^tls_config is not used; set dns_over_tls: true$/],
    [{ min_certificate_days: 3 }, /^min_certificate_days needs dns_over_tls: true$/],
  ];
  test.each(cases)('%j', (options, want) => {
    const problem = problemOf(dns, { address: '127.0.0.1', query_name: 'one.test', ...options });
    if (want) expect(problem).toMatch(want);
    else expect(problem).toBeUndefined();
  });
});
