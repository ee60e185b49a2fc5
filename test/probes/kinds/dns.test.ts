// The kind dns: what is said of name servers that answer, do not, or answer something else, and that blackbox_exporter has the same
// verdict of the same dnsmasq.

import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
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

type Reply = (question: Buffer, from: RemoteInfo, socket: UdpSocket) => void;

async function udp(reply: Reply): Promise<string> {
  const socket = createSocket('udp4');
  closing.push(() => socket.close());
  socket.on('message', (message, from) => reply(message, from, socket));
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  return `127.0.0.1:${socket.address().port}`;
}

/** The question as an answer without records, changed by a function. */
function answerTo(question: Buffer, change: (answer: Buffer) => void = () => {}): Buffer {
  const answer = Buffer.from(question);
  answer[2] = 0x81;
  change(answer);
  return answer;
}

describe('servers that answer something else', () => {
  const A = { query_name: 'one.test' };
  const otherId = (answer: Buffer) => answer.writeUInt16BE((answer.readUInt16BE(0) + 1) % 0x10000, 0);
  const truncated = (answer: Buffer) => answer.writeUInt8(0x83, 2);
  const many = (answer: Buffer) => answer.writeUInt16BE(0xffff, 6);
  const cases: readonly [name: string, reply: Reply, want: string | RegExp][] = [
    ['nothing', () => {}, 'timeout: Request timed out waiting for an answer'],
    ['as it should', (q, from, socket) => socket.send(answerTo(q), from.port), 'ok'],
    [
      'another id first',
      (q, from, socket) =>
        socket.send(answerTo(q, otherId), from.port, () => socket.send(answerTo(q), from.port)),
      'ok',
    ],
    [
      'another id',
      (q, from, socket) => socket.send(answerTo(q, otherId), from.port),
      'timeout: Request timed out waiting for an answer (1 answers to other questions came)',
    ],
    ['the question', (q, from, socket) => socket.send(q, from.port), /^timeout: /],
    ['two bytes', (q, from, socket) => socket.send(q.subarray(0, 2), from.port), /^timeout: /],
    [
      'fewer records than it says',
      (q, from, socket) => socket.send(answerTo(q, many), from.port),
      /^protocol: The answer is damaged \(/,
    ],
    [
      'a truncated answer and no TCP',
      (q, from, socket) => socket.send(answerTo(q, truncated), from.port),
      'refused: Connection refused',
    ],
  ];
  test.each(cases)('%s', async (_, reply, want) => {
    const words = await said(await udp(reply), A, 1000);
    if (typeof want === 'string') expect(words).toBe(want);
    else expect(words).toMatch(want);
  });

  test('an answer from another address is not taken', async () => {
    const other = createSocket('udp4');
    closing.push(() => other.close());
    const address = await udp((q, from) => other.send(answerTo(q), from.port, '127.0.0.1'));
    expect(await said(address, A, 500)).toBe('timeout: Request timed out waiting for an answer');
  });

  test('names that point to themselves', async () => {
    const loop: Reply = (q, from, socket) => {
      const record = Buffer.from([0xc0, q.length, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4]);
      socket.send(Buffer.concat([answerTo(q, answer => answer.writeUInt16BE(1, 6)), record]), from.port);
    };
    expect(await said(await udp(loop), A)).toMatch(/^protocol: The answer is damaged/);
  });

  test('a flood of answers to other questions', async () => {
    const flood: Reply = (q, from, socket) => {
      const wrong = answerTo(q, otherId);
      let sent = 0;
      const more = () => {
        if (sent++ < 20_000) socket.send(wrong, from.port, from.address, () => setImmediate(more));
      };
      for (let i = 0; i < 50; i++) more();
    };
    expect(await said(await udp(flood), A)).toBe(
      'protocol: More than 1000 messages came that answer another question',
    );
  });

  test('a closed port', async () => {
    expect(await said(`127.0.0.1:${await freePort()}`, A)).toBe('refused: Connection refused');
  });

  const overTcp: readonly [name: string, serve: (socket: Socket) => void, want: string][] = [
    ['nothing', () => {}, 'timeout: Request timed out waiting for an answer'],
    [
      'half an answer',
      socket => void socket.once('data', () => socket.end(Buffer.from([0, 100, 1, 2]))),
      'protocol: Connection closed before the answer was complete',
    ],
    [
      'one byte at a time',
      socket => void setInterval(() => socket.write(Buffer.from([255])), 20).unref(),
      'timeout: Request timed out waiting for an answer',
    ],
    [
      'zeros without end',
      socket => {
        const more = () => {
          while (!socket.destroyed && socket.write(Buffer.alloc(1000)));
        };
        socket.on('drain', more);
        more();
      },
      'protocol: More than 1000 messages came that answer another question',
    ],
  ];
  test.each(overTcp)('over TCP: %s', async (_, serve, want) => {
    const address = await listening(createServer(socket => void serve(socket.on('error', () => {}))));
    expect(await said(address, { ...A, transport_protocol: 'tcp' }, 1000)).toBe(want);
  });
});

test('recursion is asked for unless it is not wanted', async () => {
  const asked: number[] = [];
  const address = await udp((q, from, socket) => {
    asked.push((q[2] as number) & 1);
    socket.send(answerTo(q), from.port);
  });
  await said(address, { query_name: 'a.test' });
  await said(address, { query_name: 'a.test', recursion_desired: false });
  expect(asked).toEqual([1, 0]);
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
