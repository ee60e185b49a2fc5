// Status and alerts of the rules: for a client while services stop and recover, with accepted and refused rule files, and
// beside a Prometheus with the same rules.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Fault, json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, runToEnd, startMonitor, writeConfiguration } from '../support/monitor.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import { type ClusterHealth, clusterHealth, wholeHistory } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const SHIPPED = fileURLToPath(new URL('../../rules', import.meta.url));
const STATUS = join(SHIPPED, 'status.rules.yml');
const REFUSED: Fault = { kind: 'refused' };
const LIFECYCLE = '--web.enable-lifecycle';
const NOT_RELOADED = 'Configuration not reloaded; the running one stays';

let folder: string;
let servers: Map<string, SimulatedServer>;
beforeEach(() => {
  folder = makeFolder('rules');
});
afterEach(() => removeFolder(folder));

beforeAll(async () => {
  const start = () => startServer({ answer: () => json({ status: 'healthy' }) });
  const ids = ['cache', 'embeddings', 'llm', 'tools'];
  servers = new Map(await Promise.all(ids.map(async id => [id, await start()] as const)));
});
afterEach(() => set(OK, ...servers.keys()));
afterAll(async () => {
  await Promise.all([...servers.values()].map(server => server.close()));
});

/** Makes servers fail, or recover. */
async function set(fault: Fault, ...ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map(id => servers.get(id)?.setFault(fault)));
}

/** A configuration with these services, all critical, each of the server of its name, named `Tools Server`. */
function watching(ids: readonly string[], more: object = {}): { services: Record<string, object> } {
  const service = (id: string) => ({
    name: nameOf(id),
    url: `${servers.get(id)?.url}/health`,
    critical: true,
    timeout: '5s',
    confirm: { failures: 2, successes: 1, every: '300ms' },
  });
  return {
    ...{
      query: { scrape_interval: '1s' },
      scan: { intervals: { critical: '1s', other: '1s' } },
      host: { enabled: false },
    },
    services: Object.fromEntries(ids.map(id => [id, service(id)])),
    ...more,
  };
}

const nameOf = (id: string) => `${id.charAt(0).toUpperCase()}${id.slice(1)} Server`;
const lineOf = (id: string) => `CRITICAL: ${nameOf(id)} is error - Connection refused`;

/** Writes a file of rules below the test's folder. @returns its path */
function writeRules(path: string, rules: readonly object[], group: object = {}): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'own', ...group, rules }] }, undefined, 2));
  return file;
}

/** Status and alerts of one answer as text. */
function pairOf({ overall_status, alerts }: Pick<ClusterHealth, 'overall_status' | 'alerts'>): string {
  return [overall_status, ...alerts].join(' | ');
}

function withoutRepeats(items: readonly string[]): string[] {
  return items.filter((item, i) => item !== items[i - 1]);
}

/** Requests /cluster_health without a pause while something happens. @returns status and alerts of every answer */
async function pairsDuring(monitor: RunningMonitor, something: () => Promise<void>): Promise<string[]> {
  const pairs: string[] = [];
  let isOver = false;
  const asking = async () => {
    while (!isOver) pairs.push(pairOf(await clusterHealth(monitor)));
  };
  const happening = something().finally(() => {
    isOver = true;
  });
  await Promise.all([happening, asking()]);
  return pairs;
}

/** The history from the first healthy entry on, oldest first. */
async function sinceHealthy(monitor: RunningMonitor): Promise<ClusterHealth[]> {
  const entries = [...(await wholeHistory(monitor)).history].reverse();
  return entries.slice(entries.findIndex(entry => entry.overall_status === 'healthy'));
}

const alertsOf = async (monitor: RunningMonitor) =>
  (await monitor.json<{ alerts: string[] }>('/alerts')).alerts;

/** Waits until /cluster_health, /alerts and the newest entry of /history have these. */
async function reached(monitor: RunningMonitor, overall: string, alerts: readonly string[]): Promise<void> {
  const wanted = pairOf({ overall_status: overall, alerts });
  await expect.poll(async () => pairOf(await clusterHealth(monitor)), PATIENCE).toBe(wanted);
  expect(await alertsOf(monitor)).toEqual(alerts);
  const newest = async () => (await wholeHistory(monitor)).history[0];
  await expect
    .poll(async () => pairOf((await newest()) ?? { overall_status: '', alerts: [] }), PATIENCE)
    .toBe(wanted);
}

interface ApiAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
  readonly activeAt: string;
}

interface ApiGroup {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly { name: string; health: string; lastError?: string; lastEvaluation: string }[];
}

const apiAlerts = async (monitor: RunningMonitor) =>
  (await monitor.json<{ data: { alerts: ApiAlert[] } }>('/api/v1/alerts')).data.alerts;
const apiGroups = async (monitor: RunningMonitor) =>
  (await monitor.json<{ data: { groups: ApiGroup[] } }>('/api/v1/rules')).data.groups;
const apiRule = async (monitor: RunningMonitor, name: string) =>
  (await apiGroups(monitor)).flatMap(group => group.rules).find(rule => rule.name === name);
const activeAt = async (monitor: RunningMonitor, name: string) =>
  Date.parse((await apiAlerts(monitor)).find(({ labels }) => labels.alertname === name)?.activeAt ?? '');

describe('critical services stop and recover', () => {
  const ids = ['cache', 'embeddings', 'llm', 'tools'];
  const TIMETABLE: readonly (readonly [string, string, Fault, string, readonly string[]])[] = [
    ['one of four stops', 'tools', REFUSED, 'degraded', [lineOf('tools')]],
    ['a second one stops', 'embeddings', REFUSED, 'unhealthy', [lineOf('embeddings'), lineOf('tools')]],
    ['the first is back', 'tools', OK, 'degraded', [lineOf('embeddings')]],
    ['the second is back', 'embeddings', OK, 'healthy', []],
  ];

  test('status and alerts change together, also in /history', async () => {
    await using monitor = await startMonitor(watching(ids));
    await reached(monitor, 'healthy', []);
    let before = 'healthy';
    for (const [what, id, fault, overall, alerts] of TIMETABLE) {
      const pairs = await pairsDuring(monitor, async () => {
        await set(fault, id);
        await reached(monitor, overall, alerts);
      });
      const after = pairOf({ overall_status: overall, alerts });
      expect([what, pairs.length > 20, withoutRepeats(pairs)]).toEqual([what, true, [before, after]]);
      before = after;
    }

    const pairs = TIMETABLE.map(([, , , overall_status, alerts]) => pairOf({ overall_status, alerts }));
    expect(withoutRepeats((await sinceHealthy(monitor)).map(pairOf))).toEqual(['healthy', ...pairs]);
  });

  test('the entry of the scan that finds a service down has its alert', async () => {
    await using monitor = await startMonitor(watching(['tools']));
    await reached(monitor, 'healthy', []);
    await set(REFUSED, 'tools');
    await reached(monitor, 'unhealthy', [lineOf('tools')]);
    await set(OK, 'tools');
    await reached(monitor, 'healthy', []);
    const entries = await sinceHealthy(monitor);
    const isDown = (entry: ClusterHealth) => (entry.services.tools?.health.consecutive_failures ?? 0) >= 2;
    expect(entries.some(isDown)).toBe(true);
    expect(entries.map(pairOf)).toEqual(
      entries.map(entry => (isDown(entry) ? `unhealthy | ${lineOf('tools')}` : 'healthy')),
    );
  });
});

describe('depends_on', () => {
  test('mutes alerts of services that depend on one that is down, as long as it is down', async () => {
    const { services, ...rest } = watching(['cache', 'tools']);
    // It is down before any service that depends on it.
    const cache = { ...services.cache, interval: '100ms', confirm: { failures: 1, successes: 1 } };
    const confirm = { failures: 3, successes: 1, every: '300ms' };
    const tools = { ...services.tools, depends_on: ['cache'], confirm };
    await using monitor = await startMonitor({ ...rest, services: { cache, tools } });
    await reached(monitor, 'healthy', []);
    // Longer than the confirmation takes, in an entry that was written after an evaluation of the rules.
    const failures = async () =>
      (await wholeHistory(monitor)).history[0]?.services.tools?.health.consecutive_failures;

    const together = await pairsDuring(monitor, async () => {
      await set(REFUSED, 'cache', 'tools');
      await expect.poll(failures, PATIENCE).toBeGreaterThan(3);
      await reached(monitor, 'unhealthy', [lineOf('cache')]);
    });
    expect(withoutRepeats(together)).toEqual(['healthy', `unhealthy | ${lineOf('cache')}`]);

    await set(OK, 'cache');
    await reached(monitor, 'unhealthy', [lineOf('tools')]);
    await set(OK, 'tools');
    await reached(monitor, 'healthy', []);
    expect(monitor.logged('Alert firing').map(line => line.alert)).toEqual(['cache', 'tools'].map(lineOf));
    expect(monitor.logged('Alert resolved').map(line => line.alert)).toEqual(['cache', 'tools'].map(lineOf));
  });
});

describe('after a restart', () => {
  const EXPR = 'langgraph_monitor_service_up{target="tools"} == 0';
  const own = () =>
    writeRules('own.rules.yml', [
      { alert: 'Long', expr: EXPR, for: '1h' },
      { alert: 'Short', expr: EXPR, for: '4s' },
      { alert: 'Fired', expr: 'vector(1)', for: '1h' },
    ]);

  test('kill -9: a pending alert stays pending, without the time the monitor was stopped', async () => {
    // Another port would be another instance, and its alerts others.
    const flags = [`--web.listen-address=127.0.0.1:${await freePort()}`];
    const configuration = watching(['tools'], { rule_files: [STATUS, own()] });
    await set(REFUSED, 'tools');
    const state = 'ALERTS_FOR_STATE{alertname="Long"}';
    const query = async (monitor: RunningMonitor, expr: string, time = Date.now() / 1000) => {
      const parameters = new URLSearchParams({ query: expr, time: String(time) });
      const answer = await monitor.json<{ data: { result: { value: [number, string] }[] } }>(
        `/api/v1/query?${parameters}`,
      );
      return Number(answer.data.result[0]?.value[1]) * 1000;
    };

    await using monitor = await startMonitor(configuration, { folder, flags });
    await expect.poll(() => query(monitor, `time() - ${state}`), PATIENCE).toBeGreaterThan(4000);
    expect((await apiAlerts(monitor)).find(each => each.labels.alertname === 'Long')?.state).toBe('pending');
    await expect
      .poll(
        async () => (await apiAlerts(monitor)).find(each => each.labels.alertname === 'Short')?.state,
        PATIENCE,
      )
      .toBe('firing');
    const [before, short] = [await activeAt(monitor, 'Long'), await activeAt(monitor, 'Short')];
    await monitor.kill();
    const killed = Date.now();

    await using again = await startMonitor(configuration, { folder, flags });
    // It fired, and still fires.
    await expect.poll(() => activeAt(again, 'Short'), PATIENCE).toBe(Math.floor(short / 1000) * 1000);
    const last = await query(again, `timestamp(${state})`, killed / 1000);
    const since = await activeAt(again, 'Long');
    // Since its restored state: that and the last sample have whole seconds, as in Prometheus.
    const restoredAt = since - Math.floor(before / 1000) * 1000 + Math.floor(last / 1000) * 1000;
    expect(restoredAt).toBeGreaterThan(killed);
    expect(restoredAt).toBeLessThanOrEqual(Date.now());
    await expect.poll(() => query(again, state), PATIENCE).toBe(Math.floor(since / 1000) * 1000);
  });

  test('on another port: no alerts of the instance before', async () => {
    await set(REFUSED, 'cache', 'tools');
    {
      await using monitor = await startMonitor(watching(['cache', 'tools']), { folder });
      await reached(monitor, 'unhealthy', [lineOf('cache'), lineOf('tools')]);
    }
    await set(OK, 'tools');
    await using again = await startMonitor(watching(['cache', 'tools']), { folder });
    await reached(again, 'unhealthy', [lineOf('cache')]);
    await set(OK, 'cache');
    await reached(again, 'healthy', []);
  });

  test('an alert that fired before still fires, since the same time', async () => {
    const now = Math.floor(Date.now() / 1000);
    const since = now - 7200;
    const file = join(folder, 'state.om');
    writeFileSync(file, `ALERTS_FOR_STATE{alertname="Fired"} ${since} ${now - 10}\n# EOF\n`);
    const storage = `--storage.path=${join(folder, 'data')}`;
    expect(await runToEnd(['import', file, storage])).toMatchObject({ code: 0, stderr: '' });
    await using monitor = await startMonitor(watching(['tools'], { rule_files: [STATUS, own()] }), {
      folder,
    });
    const fired = async () => (await apiAlerts(monitor)).find(each => each.labels.alertname === 'Fired');
    await expect.poll(fired, PATIENCE).toMatchObject({ state: 'firing' });
    expect(await activeAt(monitor, 'Fired')).toBe(since * 1000);
  });
});

describe('a rule file that is broken', () => {
  const broken = () => writeRules('own.rules.yml', [{ alert: 'Odd', expr: 'rate(up)' }]);
  const line = (file: string) =>
    `${file}: 8:19: group "own", rule 1, "Odd": could not parse expression: 1:6: parse error: ` +
    'expected type range vector in call to function "rate", got instant vector';

  test('prevents the start, with file, group, rule and reason', async () => {
    const file = broken();
    const configuration = writeConfiguration(folder, watching(['tools'], { rule_files: [STATUS, file] }));
    const flags = [`--storage.path=${join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'];
    const { code, stderr } = await runToEnd([`--config.file=${configuration}`, ...flags]);
    const said = stderr.split('\n').filter(each => each !== '' && !each.startsWith('time='));
    expect({ code, said }).toEqual({ code: 1, said: [line(file)] });
    expect(await runToEnd(['check-config', configuration])).toMatchObject({
      code: 1,
      stderr: `${line(file)}\n`,
    });
  });

  test.each<[string, (monitor: RunningMonitor) => Promise<number | undefined>, number | undefined]>([
    ['SIGHUP', async monitor => void monitor.signal('SIGHUP'), undefined],
    ['POST /-/reload', async monitor => (await monitor.get('/-/reload', { method: 'POST' })).status, 500],
  ])('%s: the old rules stay active, and the log has the reason', async (_, reload, status) => {
    const file = writeRules('own.rules.yml', [{ alert: 'Even', expr: 'vector(1)' }]);
    const configuration = watching(['tools'], { rule_files: [STATUS, file] });
    await using monitor = await startMonitor(configuration, { folder, flags: [LIFECYCLE] });
    await expect.poll(() => apiRule(monitor, 'Even'), PATIENCE).toMatchObject({ health: 'ok' });
    const since = await activeAt(monitor, 'Even');

    broken();
    expect(await reload(monitor)).toBe(status);
    await expect
      .poll(() => monitor.logged(NOT_RELOADED).map(({ err }) => err), PATIENCE)
      .toEqual([line(file)]);
    expect(await monitor.metric('langgraph_monitor_config_last_reload_successful')).toBe(0);
    const evaluated = await apiRule(monitor, 'Even');
    await expect
      .poll(async () => (await apiRule(monitor, 'Even'))?.lastEvaluation, PATIENCE)
      .not.toBe(evaluated?.lastEvaluation);
    expect(await activeAt(monitor, 'Even')).toBe(since);
    expect(await apiRule(monitor, 'Odd')).toBeUndefined();

    writeRules('own.rules.yml', [{ alert: 'Odd', expr: 'vector(1)' }]);
    await reload(monitor);
    await expect.poll(() => apiRule(monitor, 'Odd'), PATIENCE).toMatchObject({ health: 'ok' });
    expect(await apiRule(monitor, 'Even')).toBeUndefined();
  });
});

test('a rule that fails is marked, counted and logged once, and the others are evaluated', async () => {
  const file = writeRules('own.rules.yml', [
    { record: 'own:before', expr: 'vector(1)' },
    { record: 'own:odd', expr: 'vector(1) * on () langgraph_monitor_service_info' },
    { record: 'own:after', expr: 'own:before + 1' },
  ]);
  const rule_files = [STATUS, file];
  const configuration = watching(['cache', 'tools'], { rule_files });
  await using monitor = await startMonitor(configuration, { folder, flags: [LIFECYCLE] });
  const failures = async () =>
    (await monitor.metric('langgraph_monitor_rule_evaluation_failures_total')) as number;
  await expect.poll(failures, PATIENCE).toBeGreaterThan(3);
  const reason = expect.stringContaining('found duplicate series for the match group {} on the right hand');
  expect(await apiRule(monitor, 'own:odd')).toMatchObject({ health: 'err', lastError: reason });
  for (const name of ['own:before', 'own:after', 'langgraph:cluster_status'])
    expect(await apiRule(monitor, name)).toMatchObject({ health: 'ok' });
  const { data } = await monitor.json<{ data: { result: object[] } }>('/api/v1/query?query=own:after');
  expect(data.result).toMatchObject([{ value: [expect.anything(), '2'] }]);
  await reached(monitor, 'healthy', []);
  const fields = { file, group: 'own', rule: 'own:odd', err: reason };
  expect(monitor.logged('Rule failed')).toEqual([expect.objectContaining(fields)]);

  // With one service left the rule no longer fails.
  writeConfiguration(folder, watching(['tools'], { rule_files }));
  expect((await monitor.get('/-/reload', { method: 'POST' })).status).toBe(200);
  await expect.poll(() => apiRule(monitor, 'own:odd'), PATIENCE).toMatchObject({ health: 'ok' });
  await expect.poll(() => monitor.logged('Rule recovered').length, PATIENCE).toBe(1);
  expect(monitor.logged('Rule failed')).toHaveLength(1);
});

describe('rule_files', () => {
  const ALWAYS = {
    alert: 'Always',
    expr: 'vector(1)',
    labels: { severity: 'info' },
    annotations: { description: 'Own words' },
  };
  const POLICY = { record: 'langgraph:cluster_status', expr: 'vector(0)' };
  const shipped = () => readdirSync(SHIPPED).filter(name => name.endsWith('.rules.yml'));

  test.each<[string, () => object, () => string[], string, string[]]>([
    ['without any: those that ship', () => ({}), shipped, 'healthy', []],
    [
      'a folder rules/ beside the configuration: those',
      () => {
        writeRules('rules/a.rules.yml', [POLICY]);
        writeRules('rules/b.rules.yml', [ALWAYS]);
        return {};
      },
      () => ['a.rules.yml', 'b.rules.yml'],
      'unhealthy',
      ['INFO: Own words'],
    ],
    [
      'named ones: those, and not that folder',
      () => {
        writeRules('rules/a.rules.yml', [POLICY]);
        writeRules('mine/b.yml', [ALWAYS]);
        return { rule_files: [STATUS, 'mine/*.yml'] };
      },
      () => ['b.yml', 'status.rules.yml'],
      'healthy',
      ['INFO: Own words'],
    ],
  ])('%s', async (_, prepare, files, overall, alerts) => {
    await using monitor = await startMonitor(watching(['tools'], prepare()), { folder });
    await reached(monitor, overall, alerts);
    const used = new Set((await apiGroups(monitor)).map(group => group.file.replace(/.*\//, '')));
    expect([...used].sort()).toEqual(files().sort());
  });

  test('without a rule that records the status are refused', async () => {
    const file = writeConfiguration(folder, watching(['tools'], { rule_files: ['own.rules.yml'] }));
    writeRules('own.rules.yml', [ALWAYS]);
    const flags = [`--storage.path=${join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'];
    const { code, stderr } = await runToEnd([`--config.file=${file}`, ...flags]);
    const said = stderr.split('\n').filter(each => each !== '' && !each.startsWith('time='));
    expect({ code, said }).toEqual({
      code: 1,
      said: [
        `${file}: rule_files: no rule records langgraph:cluster_status, which /cluster_health shows; add status.rules.yml of the shipped rules`,
      ],
    });
  });
});

describe('a Prometheus with the same rules', () => {
  let prometheus: PrometheusServer | undefined;
  afterEach(() => prometheus?.close());

  /** Firing alerts, with their target and description. */
  const firing = (alerts: readonly ApiAlert[]) =>
    alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels, annotations }) => JSON.stringify([Object.entries(labels).sort(), annotations]))
      .sort();

  test('has the same alerts and the same status, for itself and for a monitor with it as its engine', async () => {
    const port = await freePort();
    prometheus = await startPrometheus(
      JSON.stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        rule_files: [join(SHIPPED, '*.rules.yml')],
        scrape_configs: [
          { job_name: 'langgraph-monitor', static_configs: [{ targets: [`127.0.0.1:${port}`] }] },
        ],
      }),
    );
    const { url, api, close } = prometheus;
    const ids = ['cache', 'embeddings', 'llm', 'tools'];
    await using embedded = await startMonitor(watching(ids), {
      flags: [`--web.listen-address=127.0.0.1:${port}`],
    });
    await using remote = await startMonitor(watching(ids, { query: { url } }));
    /** Waits until all three have these. */
    const agreed = async (overall: string, alerts: readonly string[]) => {
      await reached(embedded, overall, alerts);
      await reached(remote, overall, alerts);
      await vi.waitFor(async () => {
        const here = firing(await apiAlerts(embedded));
        expect(here).toHaveLength(alerts.length + 1);
        expect(firing((await api<{ alerts: ApiAlert[] }>('alerts')).alerts)).toEqual(here);
        expect(firing(await apiAlerts(remote))).toEqual(here);
      }, PATIENCE);
    };

    await agreed('healthy', []);
    await set(REFUSED, 'tools');
    await agreed('degraded', [lineOf('tools')]);
    await set(REFUSED, 'embeddings');
    await agreed('unhealthy', [lineOf('embeddings'), lineOf('tools')]);
    await set(OK, 'embeddings');
    await agreed('degraded', [lineOf('tools')]);
    for (const monitor of [embedded, remote])
      await expect.poll(() => clusterHealth(monitor), PATIENCE).not.toHaveProperty('rules');

    await close();
    type Told = ClusterHealth & { readonly rules?: string };
    const reason = new RegExp(`^query\\.url ${url}: connection refused; state of (\\d+) s ago$`);
    const age = async () => {
      const { rules } = await remote.json<Told>('/cluster_health');
      return Number(reason.exec(rules ?? '')?.[1] ?? Number.NaN);
    };
    await expect.poll(age, PATIENCE).toBeGreaterThan(1);
    // The embedded engine is current; the remote one is as old as its last evaluation.
    await set(OK, 'tools');
    await reached(embedded, 'healthy', []);
    const later = await age();
    for (const path of ['/cluster_health', '/alerts']) {
      const answer = await remote.get(path);
      expect([answer.status, await answer.json()]).toEqual([
        200,
        expect.objectContaining({ alerts: [lineOf('tools')], rules: expect.stringMatching(reason) }),
      ]);
    }
    expect((await clusterHealth(remote)).overall_status).toBe('degraded');
    expect(await remote.json('/health')).toMatchObject({ rules: expect.stringMatching(reason) });
    await expect.poll(age, PATIENCE).toBeGreaterThan(later);
  });
});
