// The real amtool against our port: every command prints what it prints against a real Alertmanager with the same state.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadWebConfig } from '../../../src/http/web-config.js';
import { systemClock } from '../../../src/model/time.js';
import { type AlertmanagerServer, startAlertmanager } from '../../support/alertmanager.js';
import { amtool, type Printed } from '../../support/amtool.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { startMonitor, type TestMonitor } from '../monitor.js';
import { ask, plain } from './both.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const ALERTMANAGER = `
route:
  receiver: team
  group_wait: 1h
  routes:
    - matchers: [severity="critical"]
      receiver: pager
      continue: true
    - matchers: [severity=~"critical|warning"]
      receiver: chat
receivers: [{ name: team }, { name: pager }, { name: chat }]
`;

let folder: string;
let theirs: AlertmanagerServer;
let ours: TestMonitor;
beforeAll(async () => {
  folder = makeFolder('amtool');
  theirs = await startAlertmanager(ALERTMANAGER);
  ours = await startMonitor({ alertmanager: ALERTMANAGER, clock: systemClock });
});
afterAll(async () => {
  await ours?.[Symbol.asyncDispose]();
  await theirs?.close();
  removeFolder(folder);
});

/** Ids of silences by name, of ours and of theirs. */
const ids = new Map<string, readonly string[]>();
const namesOf = () => new Map([...ids].flatMap(([name, both]) => both.map(id => [id, name] as const)));

/** A command line for one of both; `ID one` stands for the id the silence called `one` has there. */
function commandFor(side: number, args: readonly string[]): string[] {
  return args.map(each => (each.startsWith('ID ') ? (ids.get(each.slice(3))?.[side] as string) : each));
}

function onBoth(args: readonly string[]): Promise<Printed[]> {
  return Promise.all([ours.url, theirs.url].map((url, side) => amtool(url, ...commandFor(side, args))));
}

/** Runs a command against both; both print the same. @returns what ours printed */
async function run(...args: readonly string[]): Promise<Printed> {
  const [our, their] = (await onBoth(args)).map(({ code, stdout, stderr }) => ({
    code,
    stdout: plain(stdout, namesOf()),
    stderr: plain(stderr, namesOf()),
  })) as [Printed, Printed];
  expect(our, args.join(' ')).toEqual(their);
  return our;
}

/** Runs a command that prints the id of a silence, which is called `name` from then on. */
async function make(name: string, ...args: readonly string[]): Promise<void> {
  const printed = await onBoth(args);
  expect(printed.map(({ code }) => code)).toEqual([0, 0]);
  const found = printed.map(({ stdout }) => stdout.trim());
  for (const id of found) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  ids.set(name, found);
}

describe('amtool', () => {
  test('alert add and query', async () => {
    expect(await run('alert', 'query')).toMatchObject({ code: 0 });
    const added = [
      ['alertname=ServiceDown', 'severity=critical', 'target=tools', '--annotation=summary=It is down'],
      ['alertname=ServiceSlow', 'severity=warning', 'target=redis', '--generator-url=http://127.0.0.1/x'],
      [
        'alertname=ServiceSlow',
        'severity=warning',
        'target=tools',
        '--start=2024-01-15T10:30:45Z',
        '--end=2096-10-02T00:00:00Z',
      ],
      ['ServiceNamedAlone', 'note="a \\"quoted\\", odd\\\\value"'],
      ['alertname=Over', '--start=2024-01-15T10:30:45Z', '--end=2024-01-15T10:31:45Z'],
    ];
    for (const args of added)
      expect(await run('alert', 'add', ...args)).toEqual({ code: 0, stdout: '', stderr: '' });
    await vi.waitFor(async () => expect(await theirs.get('alerts')).toHaveLength(4), PATIENCE);
    for (const args of [
      [],
      ['alertname=ServiceDown'],
      ['ServiceSlow'],
      ['ServiceSlow', 'target=~t.*'],
      ['target!=tools'],
      ['nothing=here'],
      ['--receiver=chat'],
      ['--receiver=unknown'],
      ['--active'],
      ['--unprocessed'],
      ['--inhibited'],
      ['-o', 'extended', 'target=redis'],
    ])
      expect(await run('alert', 'query', ...args)).toMatchObject({ code: 0 });
    expect((await run('alert', 'query')).stdout).toContain('ServiceNamedAlone');
    expect((await run('alert', 'query')).stdout).not.toContain('Over');
  });

  test('alert query as JSON', async () => {
    const [our, their] = await Promise.all(
      [ours.url, theirs.url].map(async url => {
        const { stdout } = await amtool(url, 'alert', 'query', '-o', 'json', 'target=redis');
        return JSON.parse(plain(stdout)) as unknown;
      }),
    );
    expect(our).toEqual(their);
    expect(our).toHaveLength(1);
  });

  test('silence add, query, update and expire', async () => {
    await make(
      'one',
      'silence',
      'add',
      'alertname=ServiceDown',
      '--author=ann',
      '--comment=upgrade of tools',
    );
    await make(
      'two',
      'silence',
      'add',
      'ServiceSlow',
      'target=~red.*',
      '-d',
      '3h',
      '--author=bob',
      '--comment=c',
    );
    const later = ['--start=2089-01-01T00:00:00Z', '--end=2090-01-01T00:00:00Z'];
    await make(
      'three',
      'silence',
      'add',
      'severity!=info',
      'x!~y.*',
      'z=1',
      ...later,
      '--author=cy',
      '--comment=d',
    );
    for (const args of [
      [],
      ['-q'],
      ['alertname=ServiceDown'],
      ['target=~red.*'],
      ['target=redis'],
      ['--created-by=ann'],
      ['--created-by=unknown'],
      ['--within=2h'],
      ['--expired'],
      ['--expired', '--within=1h'],
      ['-o', 'extended'],
    ])
      expect(await run('silence', 'query', ...args)).toMatchObject({ code: 0 });
    expect((await run('silence', 'query')).stdout).toMatch(/one.*\n.*two.*\n.*three/);
    await run('alert', 'query');
    await run('alert', 'query', '--silenced');
    await run('silence', 'update', '--comment=still', 'ID one');
    await run('silence', 'update', '--duration=4h', 'ID one');
    expect((await run('silence', 'query', '-o', 'extended')).stdout).toMatch(/one.*now\+240m.*still/);
    for (const id of ['ID two', 'ID two'])
      expect(await run('silence', 'expire', id)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await run('silence', 'query')).stdout).not.toContain('two');
    expect((await run('silence', 'query', '--expired')).stdout).toContain('two');
    expect((await run('alert', 'query')).stdout).toContain('ServiceSlow');
    // The update of an expired silence creates another.
    expect((await run('silence', 'update', '--duration=1h', 'ID two')).stdout).toMatch(/some id.*red/);
    expect((await run('silence', 'query')).stdout).toContain('some id');
  });

  test.each<[string, readonly string[]]>([
    ['no silence', ['silence', 'update', '--duration=1h', '00000000-0000-0000-0000-000000000000']],
    ['no id', ['silence', 'expire', 'foo']],
    ['no label', ['alert', 'add', 'alertname=']],
    ['a matcher of everything', ['silence', 'add', 'a=~.*', '--comment=c']],
    ['no receiver', ['alert', 'query', '--receiver=(']],
    ['a silence without comment', ['silence', 'add', 'a=b']],
  ])('prints the error for %s', async (_, args) => {
    const printed = await onBoth(args);
    expect(printed.map(({ code }) => code)).toEqual([1, 1]);
    const words = printed.map(({ stderr }) => stderr.replace('silence invalid:', 'invalid silence:'));
    expect(words[0]).toBe(words[1]);
  });

  test('silence import', async () => {
    const silences = [
      { matchers: [{ name: 'a', value: 'b', isRegex: false, isEqual: true }], comment: 'first' },
      {
        matchers: [
          { name: 'c', value: 'd.*', isRegex: true, isEqual: false },
          { name: 'e', value: 'f', isRegex: false },
        ],
      },
    ].map(each => ({ comment: 'second', createdBy: 'import', startsAt: at(-60), endsAt: at(60), ...each }));
    const file = join(folder, 'silences.json');
    writeFileSync(file, JSON.stringify(silences));
    const printed = await onBoth(['silence', 'import', file]);
    const lines = printed.map(({ code, stdout, stderr }) => [code, plain(stdout).split('\n').sort(), stderr]);
    expect(lines[0]).toEqual(lines[1]);
    expect(lines[0]?.[0]).toBe(0);
    const found = await onBoth(['silence', 'query', '--created-by=import', '-o', 'extended']);
    const shown = found.map(({ stdout }) => plain(stdout).split('\n').sort());
    expect(shown[0]).toEqual(shown[1]);
    expect(shown[0]?.join()).toContain('e="f"');
  });

  test('silence export: its JSON can be imported again', async () => {
    const { stdout } = await amtool(ours.url, 'silence', 'query', '-o', 'json', '--created-by=import');
    const file = join(folder, 'again.json');
    writeFileSync(file, stdout);
    await using other = await startMonitor({ alertmanager: ALERTMANAGER, clock: systemClock });
    expect(await amtool(other.url, 'silence', 'import', file)).toMatchObject({ code: 0 });
    const [mine, others] = await Promise.all(
      [ours, other].map(({ url }) =>
        amtool(url, 'silence', 'query', '--created-by=import', '-o', 'extended'),
      ),
    );
    const sorted = (printed: Printed | undefined) =>
      plain(printed?.stdout ?? '')
        .split('\n')
        .sort();
    expect(sorted(others)).toEqual(sorted(mine));
  });

  test('cluster show and the tree of routes', async () => {
    expect(await run('cluster', 'show')).toMatchObject({ code: 0 });
    expect(await run('config', 'routes', 'show')).toMatchObject({ code: 0 });
    for (const labels of [['severity=critical'], ['severity=warning', 'target=x'], ['a=b']])
      expect(await run('config', 'routes', 'test', ...labels)).toMatchObject({ code: 0 });
    expect((await run('config', 'routes', 'test', 'severity=critical')).stdout).toBe('pager,chat\n');
  });
});

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

test('config show prints the file as it was written, without secrets, and amtool accepts it', async () => {
  const file = fileURLToPath(new URL('../../../alertmanager.yml', import.meta.url));
  const shipped = readFileSync(file, 'utf8');
  const secret = 'webhook_configs: [{ url: "http://127.0.0.1:1/s3cr3t" }]';
  for (const text of [shipped, `route: { receiver: a }\nreceivers: [{ name: a, ${secret} }]\n`]) {
    await using monitor = await startMonitor({ alertmanager: text });
    const shown = await amtool(monitor.url, 'config', 'show');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).not.toContain('s3cr3t');
    expect(await amtool(monitor.url, 'config', 'routes', 'show')).toMatchObject({ code: 0, stderr: '' });
  }
});

test('amtool is authenticated by a user and password in the URL', async () => {
  const file = join(folder, 'web.yml');
  writeFileSync(file, `basic_auth_users:\n  ann: ${bcrypt.hashSync('secret', 4)}\n`);
  await using monitor = await startMonitor({ web: loadWebConfig(file), clock: systemClock });
  const as = (user: string) => monitor.url.replace('//', `//${user}@`);
  const add = ['silence', 'add', 'a=b', '--comment=c'];
  expect(await amtool(as('ann:secret'), ...add)).toMatchObject({ code: 0, stderr: '' });
  expect(await amtool(as('ann:wrong'), ...add)).toMatchObject({ code: 1, stdout: '' });
  expect(await amtool(monitor.url, ...add)).toMatchObject({ code: 1, stdout: '' });
  expect(monitor.alerting.silences.all()).toHaveLength(1);
});

test('with real Alertmanagers amtool prints where they are', async () => {
  const alertmanagers = [
    { url: 'http://127.0.0.1:9093', timeout: 1000, follow_redirects: true },
    { url: 'http://127.0.0.1:9094/am', timeout: 1000, follow_redirects: true },
  ];
  const ELSEWHERE = [
    [{ by: 'alertmanagers', alertmanagers } as const, 'ask http://127.0.0.1:9093, http://127.0.0.1:9094/am'],
    [
      { by: 'prometheus', url: 'http://127.0.0.1:9090' } as const,
      'http://127.0.0.1:9090/api/v1/alertmanagers',
    ],
  ] as const;
  for (const [alertmanager, where] of ELSEWHERE) {
    await using monitor = await startMonitor({ alertmanager });
    for (const args of [
      ['alert', 'query'],
      ['alert', 'add', 'a=b'],
      ['silence', 'query'],
      ['silence', 'add', 'a=b', '--comment=c'],
      ['silence', 'expire', '00000000-0000-0000-0000-000000000000'],
    ]) {
      const { code, stderr } = await amtool(monitor.url, ...args);
      expect([code, stderr], args.join(' ')).toEqual([1, expect.stringContaining(where)]);
    }
    for (const path of ['status', 'receivers', 'alerts/groups'])
      expect(await ask(monitor.url, path)).toEqual({ status: 500, body: expect.stringContaining(where) });
  }
});
