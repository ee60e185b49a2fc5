// Runs every command of every recipe in the pages for users.

import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Recipe, recipesOf } from './recipes.js';
import { Sandbox } from './sandbox.js';
import { ROOT } from './tool.js';

const PAGES = [
  'README.md',
  'deploy/README.md',
  ...readdirSync(join(ROOT, 'docs')).map(name => `docs/${name}`),
].filter(name => name.endsWith('.md'));
const recipes = PAGES.flatMap(recipesOf);
const named = ({ file, line, commands }: Recipe) => [`${file}:${line} ${commands[0]}`] as const;
const of = (file: string) => recipes.filter(each => each.file === file);

/** Pages whose commands are run in one checkout, beside the demo. */
// Rules over history come first: after the import of old samples they have years to evaluate.
const BESIDE_DEMO = ['docs/rules.md', 'README.md', 'docs/routing.md', 'docs/scraping.md'];
/** Run by shards.test.ts. */
const SHARDS = 'docs/scaling.md';
/** Documented, and not run here otherwise. */
const isOther = ({ file }: Recipe) => ![...BESIDE_DEMO, 'deploy/README.md', SHARDS].includes(file);

test('there are recipes, and each one is run below', () => {
  expect(of('deploy/README.md').length).toBeGreaterThan(6);
  expect(of('README.md').length).toBeGreaterThan(4);
  for (const file of BESIDE_DEMO) expect(of(file).length, file).toBeGreaterThan(0);
  expect(recipes.filter(isOther).map(({ file, commands }) => [file, commands.at(-1)])).toEqual([
    ['docs/dashboards.md', 'grafana server --homepath=/usr/share/grafana'],
  ]);
});

describe('deploy/README.md, to the letter and in its order', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await Sandbox.make({ modules: true });
  });
  afterAll(() => sandbox.close());

  // A test must not call the reference cluster's addresses; here the page asks the reader to change them.
  const EDITS: readonly [after: RegExp, edit: () => void][] = [
    [
      /daemon-reload/,
      () =>
        writeFileSync(
          join(sandbox.root, 'etc/langgraph-monitor/monitor.yml'),
          'services:\n  self: { name: Self, url: "http://127.0.0.1:9/health" }\n',
        ),
    ],
  ];

  test.each(of('deploy/README.md').map(each => [...named(each), each] as const))(
    '%s',
    (_, { commands }) => {
      const { status, stdout, stderr } = sandbox.run(commands);
      expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
      for (const [after, edit] of EDITS) if (commands.some(each => after.test(each))) edit();
    },
    120_000,
  );

  test('the unit is enabled under both of its names', () => {
    const link = (path: string) => readlinkSync(join(sandbox.root, 'etc/systemd/system', path));
    expect(link('multi-user.target.wants/langgraph-monitor.service')).toMatch(/langgraph-monitor\.service$/);
    expect(link('monitoring-server.service')).toMatch(/langgraph-monitor\.service$/);
  });

  test('it runs with the files of /etc, its log says nothing is missing, and a reload is taken', async () => {
    const query = 'query=langgraph_monitor_config_last_reload_successful';
    const reply = async () => (await fetch(`http://127.0.0.1:${sandbox.port}/api/v1/query?${query}`)).json();
    // Once it has been scraped.
    await expect.poll(reply).toMatchObject({ data: { result: [{ value: [expect.any(Number), '1'] }] } });
    await vi.waitFor(() => expect(sandbox.read('journal')).toContain('Configuration reloaded'), 60_000);
    expect(sandbox.read('journal')).not.toMatch(/no such file|level=error/);
    expect(sandbox.calls).toEqual(
      expect.arrayContaining([
        'systemctl reload langgraph-monitor',
        'systemctl reload haproxy',
        'systemctl reload prometheus',
        'journalctl -u langgraph-monitor -n 20',
      ]),
    );
  });

  test('without any alertmanager.yml it says so, and works', () => {
    const { status, stdout, stderr } = sandbox.run([
      'rm /opt/langgraph-monitor/alertmanager.yml /etc/langgraph-monitor/alertmanager.yml',
      'langgraph-monitor check-config /etc/langgraph-monitor/monitor.yml',
    ]);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: expect.stringContaining('valid, 1 service'),
      stderr: expect.stringMatching(
        /^warning: \S+alertmanager\.yml: no such file, nor .*; alerts go to the log only\. /,
      ),
    });
  });

  test('docker is asked for what docker-compose.yml has', () => {
    const { services } = load(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')) as {
      services: Record<string, { profiles?: string[] }>;
    };
    const profiles = Object.values(services).flatMap(each => each.profiles ?? []);
    const asked = sandbox.calls.filter(call => call.startsWith('docker '));
    expect(asked.length).toBeGreaterThan(2);
    for (const call of asked) {
      const match = /^docker compose(?: --profile (\w+))? (?:up -d|restart (\w+))$/.exec(call);
      expect(match, call).not.toBeNull();
      if (match?.[1]) expect(profiles).toContain(match[1]);
      if (match?.[2]) expect(Object.keys(services)).toContain(match[2]);
    }
  });
});

/** Commands that go on until they are ended; the others of their block are run meanwhile. */
const GOES_ON: Readonly<Record<string, string>> = {
  'npm start': 'npm start -- --web.listen-address=127.0.0.1:8083 --config.file=quiet.yml',
  'npm run demo': 'npm run demo -- --web.listen-address=127.0.0.1:8083',
  'npm start -- --config.file=cluster.yml':
    'npm start -- --web.listen-address=127.0.0.1:8083 --config.file=quiet.yml',
};
/** Commands with mistakes to be shown, whose exit code is not 0. */
const FAILS = new Set(['node dist/main.js check-config cluster.yml']);
/** What follows the demo for minutes does so for a moment. */
const shorter = (command: string) => command.replace('watch.mjs 150', 'watch.mjs 1');

/** The file whose mistakes README.md shows. */
const MISTAKEN = `services:
  tools:
    url: http://127.0.0.1:9/health
    timeout: 5x
    kritical: true
  redis:
    kind: redis
    host: \${NOPE}:6379
`;

describe('README.md and what is run beside the demo', () => {
  let sandbox: Sandbox;
  let end: (() => Promise<string>) | undefined;
  beforeAll(async () => {
    sandbox = await Sandbox.make();
    const write = (name: string, text: string) => writeFileSync(join(sandbox.checkout, name), text);
    write('quiet.yml', 'services:\n  self: { name: Self, url: "http://127.0.0.1:9/health" }\n');
    write('cluster.yml', MISTAKEN);
    write('history.om', '# TYPE past gauge\npast 1 1700000000\n# EOF\n');
    mkdirSync(join(sandbox.checkout, 'rules/tests'), { recursive: true });
  });
  afterAll(async () => {
    await end?.();
    sandbox.close();
  });

  const blocks = BESIDE_DEMO.flatMap(of);
  const DEMO = 'npm run demo';
  const starts = blocks.flatMap(({ commands }) => commands.filter(each => each in GOES_ON && each !== DEMO));

  test.each(starts)(
    '%s',
    async command => {
      const stop = await sandbox.start(GOES_ON[command] as string);
      expect(await stop()).toContain(`http://127.0.0.1:${sandbox.port}`);
    },
    120_000,
  );

  // Runs beside the commands below.
  test(DEMO, async () => {
    end = await sandbox.start(GOES_ON[DEMO] as string);
  });

  const others = blocks.flatMap(({ commands, printed }) =>
    commands.filter(each => !(each in GOES_ON)).map(command => ({ command, printed })),
  );
  test.each(others)(
    '$command',
    ({ command, printed }) => {
      const { status, stdout, stderr } = sandbox.run([shorter(command)]);
      expect({ status, stdout, stderr }).toMatchObject({ status: FAILS.has(command) ? 1 : 0 });
      if (FAILS.has(command)) expect(stderr.trim().split('\n').sort()).toEqual([...printed].sort());
    },
    120_000,
  );

  test('the demo prints what the page shows of it', async () => {
    const output = await end?.();
    end = undefined;
    expect(output).toContain(`The monitor runs on http://127.0.0.1:${sandbox.port}. Look at`);
  });
});

test('docs/dashboards.md: Grafana is given the variables its provisioning asks for', async () => {
  const sandbox = await Sandbox.make();
  try {
    const recipe = recipes.find(isOther) as Recipe;
    expect(sandbox.run(recipe.commands)).toMatchObject({ status: 0 });
    const provisioning = readdirSync(join(ROOT, 'grafana/provisioning'), {
      recursive: true,
      encoding: 'utf8',
    })
      .filter(name => name.endsWith('.yml'))
      .map(name => readFileSync(join(ROOT, 'grafana/provisioning', name), 'utf8'))
      .join('\n');
    const wanted = [...provisioning.matchAll(/\$\{?([A-Z_]+)\}?/g)].map(match => match[1] as string);
    expect(wanted.length).toBeGreaterThan(2);
    for (const name of new Set(wanted)) expect(sandbox.calls[0]).toContain(`${name}=`);
  } finally {
    sandbox.close();
  }
});
