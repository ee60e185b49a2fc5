import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { schemaKit } from '../../../src/config/schema-kit.js';
import { redis } from '../../../src/probes/kinds/redis.js';
import { certificate } from '../../support/certificate.js';
import { freePort, makeFolder, removeFolder } from '../../support/child.js';
import { startRedisExporter } from '../../support/exporters.js';
import { type RedisServer, startRedis } from '../../support/redis.js';
import { parseExposition } from './comparison.js';
import { Bench, run, verdict } from './recording.js';

const PASSWORD = 'a-Secret-w0rd';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

describe('redis options', () => {
  const cases: readonly [input: string, want: unknown][] = [
    ['127.0.0.1:6380', { host: '127.0.0.1', port: 6380 }],
    ['cache.internal', { host: 'cache.internal', port: 6379 }],
    ['[::1]:7000', { host: '::1', port: 7000 }],
    ['[fe80::1%eth0]', { host: 'fe80::1%eth0', port: 6379 }],
    ['unix:/run/redis.sock', { path: '/run/redis.sock' }],
    ['::1', 'not an address of Redis; write [::1]:6379'],
    [
      'redis://:hunter2@127.0.0.1:6379/0',
      'is a URL; write HOST:PORT alone, and username, password, db and tls_config as keys of their own',
    ],
    ['127.0.0.1:99999', 'not an address of Redis; write HOST:PORT, [IPV6]:PORT or unix:/PATH'],
    ['/run/redis.sock', 'not an address of Redis; write unix:/run/redis.sock'],
    ...['unix:redis.sock', './redis.sock'].map((path): [string, string] => [
      path,
      'not an address of Redis; write the absolute path of a socket, such as unix:/run/redis/redis.sock',
    ]),
    ['', 'not an address of Redis; write HOST:PORT, [IPV6]:PORT or unix:/PATH'],
  ];
  test.each(cases)('host %s', (input, want) => {
    const result = redis.options(schemaKit).safeParse({ host: input });
    expect(result.success ? result.data.host : result.error.issues[0]?.message).toEqual(want);
  });
});

test('an unreadable file of TLS is the reason of each check', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const probe = await bench.open(redis, { host, tls_config: { ca_file: '/nowhere/ca.crt' } });
  expect(verdict(await run(probe))).toBe('tls: TLS: tls_config: cannot read /nowhere/ca.crt: no such file');
  server.close();
});

describe('redis with a password', () => {
  let server: RedisServer;
  let replica: RedisServer;
  beforeAll(async () => {
    server = await startRedis({
      password: PASSWORD,
      lines: ['maxmemory 64mb', 'maxmemory-policy allkeys-lru'],
    });
    replica = await startRedis({ lines: [`replicaof 127.0.0.1 ${server.port}`, `masterauth ${PASSWORD}`] });
    for (const line of [
      'ACL SETUSER monitor on >monitors-word -@all +ping +info',
      'ACL SETUSER limited on >limited-word -@all',
      'SET a 1',
      'SET b 1 EX 1000',
      'GET a',
      'GET none',
      'NOSUCHCOMMAND',
    ]) {
      await server.command(line);
    }
    await vi.waitFor(async () => expect(await server.command('WAIT 1 100')).toBe(':1'), 60_000);
  });
  afterAll(async () => {
    await replica.close();
    await server.close();
  });

  const at = (config: object = {}) => bench.open(redis, { host: `127.0.0.1:${server.port}`, ...config });

  const signIns: readonly [name: string, config: object, want: string][] = [
    ['password', { password: PASSWORD }, 'ok'],
    ['default user by name', { username: 'default', password: PASSWORD }, 'ok'],
    ['a user allowed PING and INFO only', { username: 'monitor', password: 'monitors-word' }, 'ok'],
    ['database', { password: PASSWORD, db: 3 }, 'ok'],
    ['no such database', { password: PASSWORD, db: 99 }, 'status: ERR DB index is out of range'],
    ['no password', {}, 'auth: NOAUTH Authentication required.'],
    ['empty password is none', { password: '' }, 'auth: NOAUTH Authentication required.'],
    [
      'wrong password',
      { password: 'wrong-word' },
      'auth: WRONGPASS invalid username-password pair or user is disabled.',
    ],
    [
      'a user allowed nothing',
      { username: 'limited', password: 'limited-word' },
      "auth: NOPERM this user has no permissions to run the 'ping' command",
    ],
    [
      'a user allowed no SELECT',
      { username: 'monitor', password: 'monitors-word', db: 1 },
      "auth: NOPERM this user has no permissions to run the 'select' command",
    ],
  ];
  test.each(signIns)('signs in: %s', async (_, config, want) => {
    const ran = await run(await at(config));
    expect(verdict(ran)).toBe(want);
    // A refused command other than INFO does not hide what INFO returns.
    const informed = want === 'ok' || /DB index|'select'/.test(want);
    expect(ran.attempt.value('redis_up')).toBe(informed ? 1 : 0);
    expect(ran.attempt.value('redis_connected_slaves')).toBe(informed ? 1 : undefined);
    expect(ran.attempt.elapsed).toBeGreaterThan(0);
    expect(inspect(ran, { depth: 9 })).not.toMatch(/a-Secret|wrong-word|-word/);
  });

  test('sends nothing but AUTH, PING and INFO', async () => {
    await run(await at({ username: 'monitor', password: 'monitors-word' }));
    expect(await server.command('ACL LOG RESET')).toBe('+OK');
    expect(verdict(await run(await at({ username: 'monitor', password: 'monitors-word' })))).toBe('ok');
    expect(await server.command('ACL LOG')).toBe('*0');
  });

  test('answers over the unix socket', async () => {
    const probe = await bench.open(redis, { host: `unix:${server.socket}`, password: PASSWORD });
    expect(verdict(await run(probe))).toBe('ok');
  });

  const tls: readonly [name: string, config: object, want: string | RegExp][] = [
    ['with its CA', { tls_config: { ca_file: certificate.file } }, 'ok'],
    ['by its name', { tls_config: { ca_file: certificate.file, server_name: 'localhost' } }, 'ok'],
    ['unchecked', { tls_config: { insecure_skip_verify: true } }, 'ok'],
    [
      'of an unknown CA',
      { tls_config: {} },
      'tls: TLS: certificate is self-signed; name its CA in tls_config.ca_file',
    ],
    [
      'for another name',
      { tls_config: { ca_file: certificate.file, server_name: 'cache.internal' } },
      /^tls: TLS: certificate is for .*localhost.*, not for cache.internal; set tls_config.server_name$/,
    ],
  ];
  test.each(tls)('over TLS, a certificate %s', async (_, config, want) => {
    const probe = await bench.open(redis, {
      host: `127.0.0.1:${server.tlsPort}`,
      password: PASSWORD,
      ...config,
    });
    for (const ran of [await run(probe), await run(probe)]) {
      expect(verdict(ran)).toEqual(want instanceof RegExp ? expect.stringMatching(want) : want);
      expect(ran.attempt.value('probe_ssl_earliest_cert_expiry')).toBeGreaterThan(Date.now() / 1000);
    }
  });

  test('keeps its connection', async () => {
    const probe = await at({ password: PASSWORD });
    const first = (await run(probe)).attempt.value('redis_connections_received_total');
    const second = (await run(probe)).attempt.value('redis_connections_received_total');
    expect(second).toBe(first);
  });

  test('replaces a kept connection that was closed meanwhile', async () => {
    const probe = await at({ password: PASSWORD });
    await run(probe);
    await server.command('CLIENT KILL TYPE normal SKIPME yes');
    expect(verdict(await run(probe))).toBe('ok');
  });

  test('records INFO under the names of redis_exporter', async () => {
    const { attempt } = await run(await at({ password: PASSWORD }));
    const want: readonly [series: string, value: number][] = [
      ['redis_memory_max_bytes', 64 * 1024 * 1024],
      ['redis_db_keys{db="db0"}', 2],
      ['redis_db_keys_expiring{db="db0"}', 1],
      ['redis_keyspace_hits_total', 1],
      ['redis_keyspace_misses_total', 1],
      ['redis_errors_total{err="ERR"}', 2],
      ['redis_connected_slaves', 1],
      ['redis_aof_last_write_status', 1],
      ['redis_cluster_enabled', 0],
      ['redis_max_clients', 10_000],
    ];
    for (const [series, value] of want) expect([series, attempt.value(series)]).toEqual([series, value]);
    expect(attempt.value('redis_total_system_memory_bytes')).toBeGreaterThan(0);
    expect(attempt.value('redis_db_avg_ttl_seconds{db="db0"}')).toBeGreaterThan(900);
    expect(Date.now() / 1000 - (attempt.value('redis_start_time_seconds') ?? 0)).toBeLessThan(60);
    const names = [...attempt.measuredSamples.keys()];
    const slave = `{slave_ip="127.0.0.1",slave_port="${replica.port}",slave_state="online"}`;
    expect(names).toContain(`redis_connected_slave_lag_seconds${slave}`);
    expect(names).toContain(`redis_connected_slave_offset_bytes${slave}`);
    expect(names.find(name => name.startsWith('redis_instance_info'))).toMatch(
      /maxmemory_policy="allkeys-lru",os="Linux.*redis_mode="standalone".*role="master"/,
    );
  });

  test('shows the fields of the detail view', async () => {
    const { attempt } = await run(await at({ password: PASSWORD }));
    expect(attempt.details).toMatchObject({
      connected_clients: expect.any(Number),
      used_memory_human: expect.stringMatching(/^\d.*[BKMG]$/),
      uptime_in_seconds: expect.any(Number),
      redis_version: expect.stringMatching(/^\d/),
      role: 'master',
      maxmemory: 64 * 1024 * 1024,
      keyspace_hit_ratio: 0.5,
    });
  });

  test('records what a replica is', async () => {
    const probe = await bench.open(redis, { host: `127.0.0.1:${replica.port}` });
    const { attempt } = await run(probe);
    const master = `master_host="127.0.0.1",master_port="${server.port}"`;
    expect(attempt.value(`redis_slave_info{${master},read_only="1"}`)).toBe(1);
    expect(attempt.value(`redis_master_link_up{${master}}`)).toBe(1);
    expect(attempt.value(`redis_master_sync_in_progress{${master}}`)).toBe(0);
    expect(attempt.value('redis_slave_priority')).toBe(100);
    expect(attempt.details).toMatchObject({ role: 'slave', master_link_status: 'up' });
  });

  test('accepts a server without a password', async () => {
    const probe = await bench.open(redis, { host: `127.0.0.1:${replica.port}`, password: PASSWORD });
    expect(verdict(await run(probe))).toBe('ok');
  });
});

describe('redis that stops answering', () => {
  test('hung, running again, killed: each with its reason', async () => {
    const server = await startRedis();
    try {
      const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}` });
      expect(verdict(await run(probe))).toBe('ok');
      server.signal('SIGSTOP');
      const hung = await run(probe, 300);
      expect(verdict(hung)).toBe('timeout: Request timed out');
      expect(hung.attempt.value('redis_up')).toBe(0);
      // Connecting to a stopped server succeeds, by the kernel alone.
      expect(verdict(await run(probe, 300))).toBe('timeout: Request timed out');
      server.signal('SIGCONT');
      expect(verdict(await run(probe))).toBe('ok');
      await server.kill();
      expect(verdict(await run(probe))).toBe('refused: Connection refused');
      expect(verdict(await run(probe))).toBe('refused: Connection refused');
    } finally {
      await server.close();
    }
  });

  test('full: the reason names the limit of clients', async () => {
    const server = await startRedis({ lines: ['maxclients 1'] });
    try {
      const holder = await bench.open(redis, { host: `127.0.0.1:${server.port}` });
      await expect.poll(async () => verdict(await run(holder))).toBe('ok');
      const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}` });
      expect(verdict(await run(probe))).toBe('status: ERR max number of clients reached');
    } finally {
      await server.close();
    }
  });
});

describe('PING refused for a state of the server, INFO answered', () => {
  test('cannot save', async () => {
    const folder = makeFolder('redis-dir');
    const server = await startRedis({ lines: [`dir ${folder}`, 'save 3600 1'] });
    try {
      await server.command('SET a 1');
      removeFolder(folder);
      await server.command('BGSAVE');
      await expect.poll(() => server.command('PING')).toMatch(/^-MISCONF/);
      const refused = (await server.command('PING')).slice(1);
      const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}` });
      for (const ran of [await run(probe), await run(probe)]) {
        expect(verdict(ran)).toBe(`status: ${refused}`);
        expect(ran.attempt.value('redis_rdb_last_bgsave_status')).toBe(0);
        expect(ran.attempt.value('redis_db_keys{db="db0"}')).toBe(1);
        expect(ran.attempt.value('redis_up')).toBe(1);
        expect(ran.attempt.details).toMatchObject({ role: 'master' });
        expect(ran.attempt.measuredSamples.size).toBeGreaterThan(100);
      }
    } finally {
      await server.close();
    }
  });

  test('is busy with a script, during which INFO is not answered either', async () => {
    const server = await startRedis({ lines: ['busy-reply-threshold 10'] });
    try {
      const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}` });
      expect(verdict(await run(probe))).toBe('ok');
      const script = server.command('EVAL "while true do end" 0');
      await expect.poll(() => server.command('PING')).toMatch(/^-BUSY/);
      const fresh = await bench.open(redis, { host: `127.0.0.1:${server.port}`, db: 1 });
      // On the connection that was kept, and on a new one.
      for (const each of [probe, probe, fresh]) {
        const ran = await run(each);
        expect(verdict(ran)).toMatch(/^status: BUSY Redis is busy running a script/);
        expect(ran.attempt.value('redis_up')).toBe(0);
      }
      await server.command('SCRIPT KILL');
      expect(await script).toMatch(/^-/);
      expect(verdict(await run(probe))).toBe('ok');
      expect(verdict(await run(fresh))).toBe('ok');
    } finally {
      await server.close();
    }
  });

  test('has lost its master', async () => {
    const gone = await freePort();
    const server = await startRedis({
      lines: [`replicaof 127.0.0.1 ${gone}`, 'replica-serve-stale-data no'],
    });
    try {
      const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}`, db: 1 });
      const ran = await run(probe);
      expect(verdict(ran)).toMatch(/^status: MASTERDOWN Link with MASTER is down and .*'no'\.$/);
      const master = `master_host="127.0.0.1",master_port="${gone}"`;
      expect(ran.attempt.value(`redis_master_link_up{${master}}`)).toBe(0);
      expect(ran.attempt.value(`redis_slave_info{${master},read_only="1"}`)).toBe(1);
    } finally {
      await server.close();
    }
  });

  test('an error reply of any length is cut between two words, on one line, without the password', async () => {
    const reply = `BUSY ${'a long story '.repeat(100)}`;
    for (const [answer, want] of [
      [reply, /^status: BUSY (a long story )+a( long)?( story)?…$/],
      ["ERR unknown command 'AUTH', with args beginning with: 'a-Secret-w0rd'", /^status: ERR .*'<secret>'$/],
      ['OOM first\tsecond\u001b[31m', /^status: OOM first second \[31m$/],
    ] as const) {
      const server = await listen(socket => socket.on('data', () => socket.write(`-${answer}\r\n`)));
      const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}`, password: PASSWORD });
      expect(verdict(await run(probe))).toMatch(want);
      await server.close();
    }
  });
});

describe('INFO of other servers, as redis_exporter reads it', () => {
  const answers: readonly [name: string, lines: string[], want: Record<string, number>][] = [
    [
      "two masters of KeyDB's active replica",
      [
        ...['# Server', 'redis_version:6.3.4', '# Replication', 'role:active-replica'],
        ...['master_global_link_status:up', 'connected_masters:1'],
        ...['master_host:10.0.0.2', 'master_port:6379', 'master_link_status:up'],
        ...['master_last_io_seconds_ago:3', 'master_sync_in_progress:0', 'slave_repl_offset:77'],
        ...['master_1_host:10.0.0.3', 'master_1_port:6380', 'master_1_link_status:down'],
        ...['master_1_last_io_seconds_ago:-1', 'master_1_sync_in_progress:1', 'slave_repl_offset:99'],
      ],
      {
        'redis_master_link_up{master_host="10.0.0.2",master_port="6379"}': 1,
        'redis_master_link_up{master_host="10.0.0.3",master_port="6380"}': 0,
        'redis_master_last_io_seconds_ago{master_host="10.0.0.2",master_port="6379"}': 3,
        'redis_master_last_io_seconds_ago{master_host="10.0.0.3",master_port="6380"}': -1,
        'redis_master_sync_in_progress{master_host="10.0.0.2",master_port="6379"}': 0,
        'redis_master_sync_in_progress{master_host="10.0.0.3",master_port="6380"}': 1,
        'redis_slave_repl_offset{master_host="10.0.0.2",master_port="6379"}': 77,
        'redis_slave_repl_offset{master_host="10.0.0.3",master_port="6380"}': 99,
      },
    ],
    [
      'numbers without end and words',
      [
        ...[
          '# Memory',
          'mem_fragmentation_ratio:inf',
          'allocator_frag_ratio:-inf',
          'allocator_rss_ratio:Infinity',
        ],
        ...['# Persistence', 'aof_last_write_status:fail', 'aof_last_bgrewrite_status:ok', 'loading:true'],
      ],
      {
        redis_mem_fragmentation_ratio: Number.POSITIVE_INFINITY,
        redis_allocator_frag_ratio: Number.NEGATIVE_INFINITY,
        redis_allocator_rss_ratio: Number.POSITIVE_INFINITY,
        redis_aof_last_write_status: 0,
        redis_aof_last_bgrewrite_status: 1,
        redis_loading_dump_file: 1,
      },
    ],
  ];
  test.each(answers)('%s', async (_, lines, want) => {
    const text = `${lines.join('\r\n')}\r\n`;
    const server = await listen(socket =>
      socket.on('data', chunk => {
        const command = chunk.toString();
        if (/ping/i.test(command)) socket.write('+PONG\r\n');
        else if (/info/i.test(command)) socket.write(`$${text.length}\r\n${text}\r\n`);
        else socket.write('-ERR unknown command\r\n');
      }),
    );
    const exporter = await startRedisExporter(server.port);
    try {
      const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}` });
      const { attempt } = await run(probe);
      const theirs = parseExposition(await (await fetch(`${exporter.url}/metrics`)).text());
      for (const [series, value] of Object.entries(want)) {
        expect([series, attempt.value(series)]).toEqual([series, value]);
        const [, family = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
        expect([series, theirs.get(family)?.samples.get(labels)]).toEqual([series, value]);
      }
    } finally {
      await exporter.close();
      await server.close();
    }
  });
});

describe('another server at the address', () => {
  const answers: readonly [name: string, answer: (socket: Socket) => void, want: string][] = [
    [
      'hangs up',
      socket => socket.destroy(),
      'protocol: Connection closed before any answer; if the port speaks TLS, set tls_config',
    ],
    [
      'HTTP',
      socket => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'protocol: Not a Redis answer (Unknown RESP type 72 "H")',
    ],
    ['another answer to PING', socket => socket.write('+HELLO\r\n'), 'protocol: Not a Redis answer to PING'],
    [
      'protected mode',
      socket => socket.end('-DENIED Redis is running in protected mode\r\n'),
      'auth: DENIED Redis is running in protected mode',
    ],
    [
      'half an answer',
      socket => socket.end('+PO'),
      'protocol: Connection closed before the answer was complete',
    ],
    [
      'an answer without end',
      socket => socket.write(`$9000000\r\n${'x'.repeat(1_200_000)}`),
      'body: A reply is longer than 1 MiB',
    ],
    ['silence', () => {}, 'timeout: Request timed out'],
  ];
  test.each(answers)('%s', async (_, answer, want) => {
    const server = await listen(socket => socket.on('data', () => answer(socket)));
    const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}` });
    const ran = await run(probe, want.startsWith('timeout') ? 300 : 5000);
    expect(verdict(ran)).toBe(want);
    expect(ran.attempt.value('redis_up')).toBe(0);
    await server.close();
  });

  test('a server that loads its data: refused, with what INFO says', async () => {
    const replicas = 'slave0:ip=10.0.0.1,port=6379,state=online,offset=1,lag=0\r\n'
      .repeat(2)
      .replace('0', '1');
    const info = `redis_version:7.0.15\r\nloading:1\r\nuptime_in_seconds:soon\r\nnonsense\r\n${replicas}`;
    const server = await listen(socket =>
      socket.on('data', chunk =>
        socket.write(
          /ping/i.test(chunk.toString())
            ? '-LOADING Redis is loading the dataset in memory\r\n'
            : `$${info.length}\r\n${info}\r\n`,
        ),
      ),
    );
    const probe = await bench.open(redis, { host: `127.0.0.1:${server.port}` });
    const ran = await run(probe);
    expect(verdict(ran)).toBe('status: LOADING Redis is loading the dataset in memory');
    expect(ran.attempt.value('redis_loading_dump_file')).toBe(1);
    expect(ran.attempt.value('redis_up')).toBe(1);
    expect(ran.attempt.value('redis_memory_used_bytes')).toBeUndefined();
    expect(ran.attempt.value('redis_uptime_in_seconds')).toBeUndefined();
    await server.close();
  });

  test('a name that is none', async () => {
    const probe = await bench.open(redis, { host: 'no-such-host.invalid' });
    expect(verdict(await run(probe))).toMatch(/^dns: /);
  });

  test('no socket there', async () => {
    const probe = await bench.open(redis, { host: 'unix:/nowhere/redis.sock' });
    expect(verdict(await run(probe))).toBe('refused: No such socket');
  });
});

async function listen(serve: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server: Server = createServer(socket => {
    open.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('not listening');
  return {
    port: address.port,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
