import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import TallyReporter from './scripts/tally.mjs';

/** @throws when one was moved: a list that names it would mean nothing */
function files(names: readonly string[]): string[] {
  const paths = names.map(name => `test/${name}.test.ts`);
  const missing = paths.filter(path => !existsSync(new URL(path, import.meta.url)));
  if (missing.length > 0) throw new Error(`vitest.config.ts names no file there is: ${missing.join(', ')}`);
  return paths;
}

/**
 * Tests that wait for most of their time: for intervals, for the half minute after which a disk is tried again, for what a page
 * asks every quarter of a minute. More of them run at once than there are processors, before all others; those that take
 * longest first.
 */
const WAITING = files([
  ...[
    'deploy/shards',
    'e2e/two-monitors-view',
    'deploy/prometheus',
    'e2e/two-monitors',
    'e2e/secret-markers',
  ],
  ...['e2e/shards', 'e2e/two-monitors-mistakes', 'e2e/slow-storage', 'e2e/rules', 'e2e/local-rules'],
  ...[
    'e2e/network-namespaces',
    'e2e/two-monitors-silences',
    'e2e/shards-victoria',
    'e2e/storage',
    'e2e/crash',
    'e2e/storage-outage',
  ],
  ...['deploy/replay', 'grafana/queries', 'page/first-run-view', 'e2e/availability', 'e2e/reload'],
  ...['e2e/timetable', 'e2e/promql', 'page/overview', 'e2e/killed-while-notifying', 'e2e/alerting'],
  ...['e2e/clock-alerts', 'page/states', 'page/newer', 'e2e/remote-write', 'page/reports'],
  ...['e2e/killed-while-reporting', 'page/elsewhere', 'alerts/alerting', 'app/restarted-alerts', 'e2e/log'],
  ...['e2e/remote-write-bad-days', 'page/haproxy-view', 'deploy/haproxy-switch', 'e2e/external-labels'],
  ...['e2e/alert-relabel', 'page/settings', 'e2e/watch', 'alertmanager/forecast/truth', 'net/resolver'],
  ...[
    'page/incidents',
    'e2e/hung',
    'e2e/idle',
    'e2e/prometheus',
    'alertmanager/reload-transitions',
    'client/view',
  ],
]);

/**
 * Rooms whose modules keep nothing between calls that another test would see: their tests may share a process, which saves
 * most of a second of CPU per file, for starting it and for loading the same modules again.
 */
const SHARING = [
  ...['alertmanager', 'alerts', 'analysis', 'cluster', 'demo', 'go', 'http', 'http-client', 'langgraph'],
  ...[
    'metrics',
    'model',
    'net',
    'probes',
    'promql',
    'query',
    'report',
    'rules',
    'scrape',
    'store',
    'template',
  ],
  ...['textparse', 'tsdb'],
].map(room => `test/${room}/**/*.test.ts`);

/**
 * Tests of those rooms that change what is the process's own, or look at it: its time zone, its folder, its memory, or how soon
 * it answers a thread, which the heap that others leave delays.
 */
const OF_THE_PROCESS = files([
  ...['alertmanager/long-waits', 'http-client/connections', 'http/page/utc-offsets', 'probes/prober'],
  ...['query/embedded', 'query/embedded-load', 'query/embedded-thread'],
  ...['rules/unit-test', 'scrape/scraper', 'store/sqlite'],
]);

/** Tests that keep a processor busy with a browser, and tests that start whole programs and mostly wait for them. */
const BROWSER = ['/test/page/', '-browser.test.ts'];
const PROGRAMS = ['/test/e2e/', '/test/deploy/', '/test/alertmanager/dispatch/routes'];

/**
 * Slow files first, so that none of them is begun when the others are nearly done and a worker has nothing left; busy ones
 * between waiting ones, so that what one leaves of the processors the others use.
 */
class Mixed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      WAITING.findIndex(file => moduleId.endsWith(`/${file}`));
    const first = files.filter(file => place(file) >= 0).sort((a, b) => place(a) - place(b));
    const sorted = await super.sort(files.filter(file => place(file) < 0));
    const isOf = (places: readonly string[], file: TestSpecification) =>
      places.some(place => file.moduleId.includes(place));
    const busy = sorted.filter(file => isOf(BROWSER, file));
    const waiting = sorted.filter(file => isOf(PROGRAMS, file) && !busy.includes(file));
    const quick = sorted.filter(file => !busy.includes(file) && !waiting.includes(file));
    const mixed: TestSpecification[] = [];
    while (busy.length + waiting.length > 0) mixed.push(...busy.splice(0, 1), ...waiting.splice(0, 1));
    return [...first, ...mixed, ...quick];
  }
}

/** One of those that run after the waiting ones. */
const project = (name: string, include: string[], exclude: string[] = [], isolate = true) => ({
  extends: true as const,
  test: { name, include, exclude, isolate, sequence: { groupOrder: 1 } },
});

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'waiting', include: WAITING, maxWorkers: 4 } },
      project('apart', ['test/**/*.test.ts'], [...WAITING, ...SHARING]),
      project('process', OF_THE_PROCESS),
      project('together', SHARING, [...WAITING, ...OF_THE_PROCESS], false),
    ],
    // Processes, because native modules and worker threads are part of what is tested.
    pool: 'forks',
    // As many as a small machine has processors: with more, tests of timing see each other's load, and none is faster.
    maxWorkers: 2,
    sequence: { sequencer: Mixed },
    // Real servers are started; a slow machine is no failure.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // So is what a test waits for: it waits no longer than it takes.
    expect: { poll: { timeout: 60_000, interval: 50 } },
    // Real servers race with each other on a busy machine: there a test may fail once, and is listed as retried.
    retry: process.env.CI ? 1 : 0,
    reporters: ['default', new TallyReporter()],
  },
});
