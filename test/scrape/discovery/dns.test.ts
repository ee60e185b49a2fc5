// Targets of DNS records, as a real dnsmasq answers them.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { freePort, makeFolder, removeFolder } from '../../support/child.js';
import { type Discovered, discover } from './support.js';

const RECORDS = [
  'srv-host=_metrics._tcp.cluster.test,node-a.cluster.test,9100',
  'srv-host=_metrics._tcp.cluster.test,node-b.cluster.test,9200',
  'host-record=nodes.cluster.test,127.0.0.11,::1',
  'host-record=nodes.cluster.test,127.0.0.12',
  'mx-host=mail.test,mx.mail.test,10',
  'cname=alias.cluster.test,nodes.cluster.test',
];

let folder = '';
let port = 0;
let dnsmasq: ChildProcess | undefined;
let found: Discovered | undefined;

beforeAll(async () => {
  folder = makeFolder('dns-sd');
  port = await freePort();
  await restart(RECORDS);
});
afterEach(() => found?.discovery.close());
afterAll(async () => {
  await end();
  removeFolder(folder);
});

async function end(): Promise<void> {
  if (!dnsmasq) return;
  const gone = once(dnsmasq, 'exit');
  dnsmasq.kill();
  await gone;
  dnsmasq = undefined;
}

/** Starts it with these records; it reads no other file. */
async function restart(records: readonly string[]): Promise<void> {
  await end();
  const file = join(folder, 'dnsmasq.conf');
  writeFileSync(
    file,
    [
      ...['no-resolv', 'no-hosts', 'no-daemon', 'bind-interfaces', 'listen-address=127.0.0.1'],
      ...[`port=${port}`, 'local=/test/', 'log-facility=-', ...records],
      '',
    ].join('\n'),
  );
  dnsmasq = spawn('dnsmasq', [`--conf-file=${file}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(dnsmasq.stderr as NodeJS.ReadableStream, 'data');
}

function start(keys: object, search = ''): Discovered {
  const resolvConf = join(folder, 'resolv.conf');
  writeFileSync(resolvConf, `nameserver 127.0.0.1:${port}\n${search}options timeout:1 attempts:1\n`);
  found = discover({ dns_sd_configs: [{ refresh_interval: '100ms', ...keys }] }, folder, resolvConf);
  return found;
}

test.each<[string, object, Record<string, string>[]]>([
  [
    'SRV records have ports',
    { names: ['_metrics._tcp.cluster.test'] },
    [
      {
        __address__: 'node-a.cluster.test:9100',
        __meta_dns_name: '_metrics._tcp.cluster.test',
        __meta_dns_srv_record_target: 'node-a.cluster.test.',
        __meta_dns_srv_record_port: '9100',
      },
      {
        __address__: 'node-b.cluster.test:9200',
        __meta_dns_name: '_metrics._tcp.cluster.test',
        __meta_dns_srv_record_target: 'node-b.cluster.test.',
        __meta_dns_srv_record_port: '9200',
      },
    ],
  ],
  [
    'A records take the port',
    { names: ['nodes.cluster.test'], type: 'A', port: 9100 },
    [
      { __address__: '127.0.0.11:9100', __meta_dns_name: 'nodes.cluster.test' },
      { __address__: '127.0.0.12:9100', __meta_dns_name: 'nodes.cluster.test' },
    ],
  ],
  [
    'AAAA records are in brackets',
    { names: ['nodes.cluster.test'], type: 'AAAA', port: 9100 },
    [{ __address__: '[::1]:9100', __meta_dns_name: 'nodes.cluster.test' }],
  ],
  [
    'a name that stands for another',
    { names: ['alias.cluster.test'], type: 'AAAA', port: 1 },
    [{ __address__: '[::1]:1', __meta_dns_name: 'alias.cluster.test' }],
  ],
  [
    'MX records',
    { names: ['mail.test'], type: 'MX', port: 25 },
    [
      {
        __address__: 'mx.mail.test:25',
        __meta_dns_name: 'mail.test',
        __meta_dns_mx_record_target: 'mx.mail.test.',
      },
    ],
  ],
  [
    'a name that does not exist',
    { names: ['none.test', 'mail.test'], type: 'MX', port: 1 },
    [expect.objectContaining({ __meta_dns_name: 'mail.test' })],
  ],
])('%s', async (_, keys, want) => {
  const { until, labels } = start(keys);
  await until(want.map(each => each.__address__ ?? 'mx.mail.test:1'));
  expect(labels()).toEqual(want);
});

test('a short name is found in a search domain', async () => {
  const { until, labels } = start({ names: ['nodes'], type: 'AAAA', port: 1 }, 'search cluster.test\n');
  await until(['[::1]:1']);
  expect(labels()).toEqual([{ __address__: '[::1]:1', __meta_dns_name: 'nodes' }]);
});

test('targets stay while the name server is away, and go with their name', async () => {
  const { until, untilLogged, addresses } = start({ names: ['nodes.cluster.test'], type: 'A', port: 1 });
  await until(['127.0.0.11:1', '127.0.0.12:1']);
  await end();
  await untilLogged('DNS: no answer for nodes.cluster.test');
  expect(addresses()).toHaveLength(2);
  await restart(['host-record=nodes.cluster.test,127.0.0.13']);
  await until(['127.0.0.13:1']);
  await restart([]);
  await until([]);
  await restart(RECORDS);
});
