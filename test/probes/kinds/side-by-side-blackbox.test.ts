// blackbox_exporter and our kinds of its names probe the same servers at the same time: every family, its type, labels and values.

import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, createServer, type Server as TcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dns } from '../../../src/probes/kinds/dns.js';
import { grpc } from '../../../src/probes/kinds/grpc.js';
import { http } from '../../../src/probes/kinds/http.js';
import { tcp } from '../../../src/probes/kinds/tcp.js';
import { certificate } from '../../support/certificate.js';
import { type Dnsmasq, startDnsmasq } from '../../support/dnsmasq.js';
import { type Exporter, startBlackbox } from '../../support/exporters.js';
import { type GrpcServer, startGrpc } from '../../support/grpc.js';
import { listen, portOf, stop } from '../../support/http.js';
import type { Exception, Moving } from './comparison.js';
import { Bench } from './recording.js';
import { type Meant, sideBySide } from './side-by-side.js';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

const NOT_REACHED = 'it shows 0 for a phase that was not reached';
const ITS_OWN: readonly Moving[] = [
  { family: 'probe_duration_seconds', reason: 'each times its own request' },
  { family: 'probe_dns_lookup_time_seconds', reason: 'an address takes it no time worth naming' },
];
const HTTP: Meant = {
  exceptions: [
    {
      family: 'probe_http_duration_seconds',
      what: 'series',
      reason: `${NOT_REACHED} and opens a connection every time`,
    },
  ],
  moving: [...ITS_OWN, { family: 'probe_http_duration_seconds', reason: 'each times its own request' }],
};
const TCP: Meant = { exceptions: [], moving: ITS_OWN };
const DNS: Meant = {
  exceptions: [{ family: 'probe_dns_duration_seconds', what: 'series', reason: NOT_REACHED }],
  moving: [...ITS_OWN, { family: 'probe_dns_duration_seconds', reason: 'each times its own request' }],
};
const GRPC: Meant = {
  exceptions: [{ family: 'probe_grpc_duration_seconds', what: 'series', reason: NOT_REACHED }],
  moving: [...ITS_OWN, { family: 'probe_grpc_duration_seconds', reason: 'each times its own request' }],
};
const NO_CERTIFICATE: Exception = {
  family: 'probe_ssl_earliest_cert_expiry',
  what: 'missing',
  reason: 'it shows 0 without TLS',
};
const TLS: readonly Exception[] = [
  { family: 'probe_ssl_last_chain_info', what: 'labels', reason: 'newer versions add serialnumber, as here' },
];
const withTls = (meant: Meant): Meant => ({ ...meant, exceptions: [...meant.exceptions, ...TLS] });

const CA = { tls_config: { ca_file: certificate.file } };
const OVER_TLS = { tls: true, ...CA };
const GREETING = { query_response: [{ expect: '^220' }] };
const SOA = { query_name: 'zone.test', query_type: 'SOA' };
const IP4 = { preferred_ip_protocol: 'ip4' };

const servers: (Server | TcpServer)[] = [];
let exporter: Exporter;
let nameServer: Dnsmasq;
const grpcServers: GrpcServer[] = [];
const at = { plain: '', secure: '', greeting: '', secureGreeting: '', name: '', grpc: '', secureGrpc: '' };

async function started(server: TcpServer): Promise<string> {
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const answer: RequestListener = ({ url }, response) => {
    if (url === '/moved') return response.writeHead(302, { location: '/' }).end();
    response.setHeader('last-modified', 'Wed, 01 Jan 2025 00:00:00 GMT');
    return response.end('{"status": "healthy"}');
  };
  const [plain, secure] = [await listen(answer), await listen(answer, certificate)];
  servers.push(plain, secure);
  at.plain = `http://127.0.0.1:${portOf(plain)}/moved`;
  at.secure = `https://127.0.0.1:${portOf(secure)}/`;
  at.greeting = await started(createServer(socket => socket.on('error', () => {}).end('220 hello\r\n')));
  at.secureGreeting = await started(
    createTlsServer({ cert: certificate.cert, key: certificate.key }, socket =>
      socket.on('error', () => {}).end('220 hello\r\n'),
    ),
  );
  nameServer = await startDnsmasq(['--auth-zone=zone.test', '--auth-server=ns.zone.test,127.0.0.1']);
  at.name = nameServer.address;
  grpcServers.push(await startGrpc({ '': 'SERVING' }), await startGrpc({ '': 'SERVING' }, certificate));
  [at.grpc, at.secureGrpc] = grpcServers.map(({ address }) => address) as [string, string];
  exporter = await startBlackbox({
    http: { prober: 'http', http: IP4 },
    https: { prober: 'http', http: { ...IP4, ...CA } },
    tcp: { prober: 'tcp', tcp: { ...IP4, ...GREETING } },
    tls: { prober: 'tcp', tcp: { ...IP4, ...GREETING, ...OVER_TLS } },
    dns: { prober: 'dns', dns: { ...IP4, ...SOA } },
    grpc: { prober: 'grpc', grpc: IP4 },
    grpcs: { prober: 'grpc', grpc: { ...IP4, ...OVER_TLS } },
  });
});
afterAll(async () => {
  await exporter?.close();
  await nameServer?.close();
  for (const server of grpcServers) server.close();
  for (const server of servers) {
    if ('closeAllConnections' in server) await stop(server as Server);
    else server.close();
  }
});

type Kind = Parameters<typeof sideBySide>[0] & Parameters<Bench['open']>[0];

describe('blackbox_exporter', () => {
  const cases: readonly [
    module: string,
    kind: unknown,
    place: keyof typeof at,
    options: object,
    meant: Meant,
  ][] = [
    ['http', http, 'plain', {}, HTTP],
    ['https', http, 'secure', CA, withTls(HTTP)],
    ['tcp', tcp, 'greeting', GREETING, TCP],
    ['tls', tcp, 'secureGreeting', { ...GREETING, ...OVER_TLS }, withTls(TCP)],
    ['dns', dns, 'name', SOA, DNS],
    ['grpc', grpc, 'grpc', {}, { ...GRPC, exceptions: [...GRPC.exceptions, NO_CERTIFICATE] }],
    ['grpcs', grpc, 'secureGrpc', OVER_TLS, withTls(GRPC)],
  ];
  test.each(cases)('%s', async (module, kind, place, options, meant) => {
    const target = at[place];
    const url = `${exporter.url}/probe?module=${module}&target=${encodeURIComponent(target)}`;
    const address = kind === http ? { url: target } : { address: target };
    const probe = await bench.open(kind as Kind, { ...address, ...options });
    expect(await sideBySide(kind as Kind, probe, url, meant)).toEqual([]);
  });
});
