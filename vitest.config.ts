import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import TallyReporter from './scripts/tally.mjs';

const files = (names: readonly string[]) => names.map(name => `test/${name}.test.ts`);

/**
 * Rooms whose modules keep nothing between calls that another test would see: their tests may share a process, which saves
 * most of a second of CPU per file, for starting it and for loading the same modules again.
 */
const SHARING = [
  ...['alertmanager', 'alerts', 'analysis', 'cluster', 'demo', 'go', 'http', 'http-client', 'langgraph'],
  ...['metrics', 'model', 'net', 'probes', 'promql', 'query', 'report', 'rules', 'store', 'template', 'tsdb'],
].map(room => `test/${room}/**/*.test.ts`);

/** Tests of those rooms that change what is the process's own, or look at it: its time zone, its folder, its memory. */
const OF_THE_PROCESS = files([
  ...['alertmanager/long-waits', 'http-client/connections', 'http/page/utc-offsets', 'probes/prober'],
  ...['rules/unit-test', 'store/sqlite'],
]);

/** Tests that keep a processor busy with a browser, and tests that start whole programs and mostly wait for them. */
const BROWSER = ['/test/page/', '-browser.test.ts'];
const PROGRAMS = ['/test/e2e/', '/test/deploy/', '/test/grafana/', '/test/alertmanager/dispatch/routes'];

/**
 * Slow files first, so that none of them is begun when the others are nearly done and a worker has nothing left; busy ones
 * between waiting ones, so that what one leaves of the processors the others use.
 */
class Mixed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isOf = (places: readonly string[], file: TestSpecification) =>
      places.some(place => file.moduleId.includes(place));
    const busy = sorted.filter(file => isOf(BROWSER, file));
    const waiting = sorted.filter(file => isOf(PROGRAMS, file) && !busy.includes(file));
    const quick = sorted.filter(file => !busy.includes(file) && !waiting.includes(file));
    const mixed: TestSpecification[] = [];
    while (busy.length + waiting.length > 0) mixed.push(...busy.splice(0, 1), ...waiting.splice(0, 1));
    return [...mixed, ...quick];
  }
}

const project = (name: string, include: string[], exclude: string[] = [], isolate = true) => ({
  extends: true as const,
  test: { name, include, exclude, isolate },
});

export default defineConfig({
  test: {
    projects: [
      project('apart', ['test/**/*.test.ts'], SHARING),
      project('process', OF_THE_PROCESS),
      project('together', SHARING, OF_THE_PROCESS, false),
    ],
    // Processes, because native modules and worker threads are part of what is tested.
    pool: 'forks',
    // As many as a small machine has processors: with more, tests of timing see each other's load, and none is faster.
    maxWorkers: 2,
    sequence: { sequencer: Mixed },
    // Real servers are started; a slow machine is no failure.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // So is what a test waits for: it waits no longer than it takes.
    expect: { poll: { timeout: 25_000, interval: 50 } },
    // Real servers race with each other on a busy machine: there a test may fail once, and is listed as retried.
    retry: process.env.CI ? 1 : 0,
    reporters: ['default', new TallyReporter()],
  },
});
