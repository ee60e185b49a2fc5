// Automatic actions on alerts: real commands and webhooks, and their limits.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseMatchers } from '../../src/alertmanager/matchers/parse.js';
import type { ActionDefinition } from '../../src/alerts/actions/definition.js';
import { systemClock } from '../../src/model/time.js';
import { firing, openWorld, over, type World } from '../support/alerting.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { answers, type Endpoint, hangs, startEndpoint } from '../support/endpoint.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const HOUR = 3_600_000;

let folder: string;
let world: World;
let hook: Endpoint;

beforeEach(async () => {
  folder = makeFolder('actions');
  hook = await startEndpoint();
});
afterEach(async () => {
  await world.close();
  await hook.close();
  removeFolder(folder);
});

function action(rest: Partial<ActionDefinition>): ActionDefinition {
  return {
    name: 'restart',
    enabled: true,
    matchers: parseMatchers('alertname="ServiceDown"'),
    command: undefined,
    webhook: undefined,
    timeout: 5000,
    cooldown: HOUR,
    maxPerHour: 3,
    ...rest,
  };
}

const start = async (...actions: readonly ActionDefinition[]) => {
  world = await openWorld({ folder, actions });
};
const results = (target: string) =>
  world.alerting.history
    .select({ service: target, limit: 10 })
    .episodes.flatMap(({ actions }) => actions.map(({ action, result }) => `${action}: ${result}`));
const shell = (script: string): [string, ...string[]] => ['/bin/sh', '-c', script];

describe('a command', () => {
  test('gets the alert on its standard input and in its environment, and nothing secret', async () => {
    process.env.REDIS_PASSWORD = 'hunter2';
    const file = join(folder, 'seen');
    await start(action({ command: shell(`cat > ${file}; env >> ${file}; echo "$0"`) }));
    world.send(firing({ target: 'tools' }));
    await expect.poll(() => results('tools'), PATIENCE).toEqual(['restart: succeeded']);
    delete process.env.REDIS_PASSWORD;
    const seen = readFileSync(file, 'utf8');
    const [json] = seen.split('\n');
    expect(JSON.parse(json?.slice(0, json.lastIndexOf('}') + 1) as string)).toMatchObject({
      version: '1',
      action: 'restart',
      alert: { status: 'firing', labels: { alertname: 'ServiceDown', target: 'tools' } },
    });
    expect(seen).toContain('ALERTNAME=ServiceDown');
    expect(seen).toContain('TARGET=tools');
    expect(seen).not.toContain('hunter2');
    expect(world.emitted).toContain('restart true');
  });

  test('gets its arguments unchanged: there is no shell', async () => {
    const file = join(folder, 'args');
    const odd = '$(touch x) `id` ; "quoted" *';
    await start(
      action({
        command: [
          process.execPath,
          '-e',
          `require('fs').writeFileSync(${JSON.stringify(file)}, process.argv[1])`,
          odd,
        ],
      }),
    );
    world.send(firing({ target: 'tools' }));
    await expect.poll(() => results('tools'), PATIENCE).toEqual(['restart: succeeded']);
    expect(readFileSync(file, 'utf8')).toBe(odd);
  });

  test.each<[string, [string, ...string[]], RegExp]>([
    [
      'that repeats a token of its arguments',
      shell('echo "curl: bad header Authorization: Bearer abc123def456" >&2; exit 3'),
      /^restart: failed: exit code 3: curl: bad header Authorization: Bearer <secret>$/,
    ],
    [
      'that fails',
      shell('echo first; echo "no such unit" >&2; exit 3'),
      /^restart: failed: exit code 3: no such unit$/,
    ],
    [
      'that is not there',
      ['/nowhere/restart'],
      /^restart: failed: cannot run \/nowhere\/restart: no such program$/,
    ],
    ['that is killed', shell('kill -9 $$'), /^restart: failed: ended by SIGKILL$/],
  ])('%s', async (_, command, want) => {
    await start(action({ command }));
    world.send(firing({ target: 'tools' }));
    await expect.poll(() => results('tools'), PATIENCE).toEqual([expect.stringMatching(want)]);
    expect(world.emitted).toContain('restart false');
  });

  test('that does not end is killed, with its child processes', async () => {
    const file = join(folder, 'late');
    const command = shell(`(sleep 2; touch ${file}) & sleep 60`);
    await start(action({ command, timeout: 300 }));
    world.send(firing({ target: 'tools' }));
    await expect
      .poll(() => results('tools'), PATIENCE)
      .toEqual(['restart: failed: ended after 300ms (timeout)']);
    await delay(2200);
    expect(existsSync(file)).toBe(false);
  });
});

describe('a webhook', () => {
  const webhook = () => ({ url: `${hook.url}/restart?token=hunter2`, follow_redirects: true });

  test('gets the alert', async () => {
    await start(action({ webhook: webhook() }));
    world.send(firing({ target: 'tools' }));
    await expect.poll(() => results('tools'), PATIENCE).toEqual(['restart: succeeded']);
    expect(hook.requests).toMatchObject([{ method: 'POST', path: '/restart?token=hunter2' }]);
    expect(JSON.parse(hook.requests[0]?.body as string)).toMatchObject({ action: 'restart' });
  });

  test.each([
    ['answers an error', answers(500, 'hunter2'), 60_000, / answered HTTP 500$/],
    ['hangs', hangs, 300, /: no answer within 300ms \(timeout\)$/],
  ])('that %s: the error has no secret', async (_, behaviour, timeout, want) => {
    hook.behaviour = behaviour;
    await start(action({ webhook: webhook(), timeout }));
    world.send(firing({ target: 'tools' }));
    await expect.poll(() => results('tools'), PATIENCE).toEqual([expect.stringMatching(want)]);
    expect(JSON.stringify([results('tools'), world.logged])).not.toContain('hunter2');
  });
});

describe('limits', () => {
  const webhook = () => ({ url: hook.url, follow_redirects: true });

  test('disabled by default: the action that would have run is recorded', async () => {
    await start(action({ webhook: webhook(), enabled: false }));
    world.send(firing({ target: 'tools' }));
    await expect.poll(() => results('tools'), PATIENCE).toEqual(['restart: not run: off (enabled: false)']);
    expect(hook.requests).toEqual([]);
  });

  test('the same alert causes no second run within the cooldown, also after a restart', async () => {
    await start(action({ webhook: webhook() }));
    world.send(firing({ target: 'tools' }));
    await expect.poll(() => results('tools'), PATIENCE).toHaveLength(1);
    world.send(over({ target: 'tools' }));
    await world.close();
    await start(action({ webhook: webhook() }));
    world.send(firing({ target: 'tools' }));
    await expect.poll(() => results('tools'), PATIENCE).toContain('restart: not run: cooldown');
    expect(hook.requests).toHaveLength(1);
  });

  test.each([
    ['two minutes', 120_000, 'restart: not run: cooldown'],
    ['three days', 3 * 86_400_000, 'restart: succeeded'],
  ])('a clock that was set back by %s does not prolong the cooldown', async (_, back, want) => {
    let offset = 0;
    const clock = { ...systemClock, now: () => Date.now() + offset, elapsed: () => systemClock.elapsed() };
    world = await openWorld({ folder, actions: [action({ webhook: webhook(), maxPerHour: 1 })], clock });
    world.send(firing({ target: 'tools' }));
    await expect.poll(() => results('tools'), PATIENCE).toEqual(['restart: succeeded']);
    world.send(over({ target: 'tools' }));
    offset = -back;
    const alert = { ...firing({ target: 'tools' }), startsAt: Date.now() - back };
    world.alerting.alerts.upsert([alert], Date.now() - back);
    await expect.poll(() => results('tools').sort(), PATIENCE).toEqual([want, 'restart: succeeded'].sort());
  });

  test('the number of runs in an hour is limited for all alerts together', async () => {
    await start(action({ webhook: webhook(), maxPerHour: 2 }));
    for (const target of ['a', 'b', 'c']) {
      world.send(firing({ target }));
      await expect.poll(() => results(target), PATIENCE).toHaveLength(1);
    }
    expect(results('c')).toEqual(['restart: not run: 2 runs in the last hour (max_per_hour)']);
    expect(hook.requests).toHaveLength(2);
  });

  test('a silenced alert, and one that does not match, cause no run', async () => {
    await start(action({ webhook: webhook() }));
    const at = Date.now();
    const silence = { startsAt: at, endsAt: at + HOUR, createdBy: 'ann', comment: 'upgrade' };
    world.alerting.silences.set({ ...silence, matchers: parseMatchers('target="a"') }, at);
    world.send(firing({ target: 'a' }), firing({ target: 'b', alertname: 'Other' }));
    await expect.poll(() => results('a'), PATIENCE).toEqual(['restart: not run: silenced by ann (upgrade)']);
    expect(results('b')).toEqual([]);
    expect(hook.requests).toEqual([]);
  });

  test('an alert that is sent again causes no run', async () => {
    await start(action({ webhook: webhook(), cooldown: 0 }));
    for (let i = 0; i < 5; i++) world.send(firing({ target: 'a' }));
    await expect.poll(() => results('a'), PATIENCE).toEqual(['restart: succeeded']);
    expect(hook.requests).toHaveLength(1);
  });
});
