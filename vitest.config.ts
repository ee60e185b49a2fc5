import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import TallyReporter from './scripts/tally.mjs';

/** Tests that start whole programs or a browser and mostly wait for them. */
const SLOW = ['/test/page/', '/test/e2e/', '/test/deploy/', '/test/grafana/'];

/** Slow files first, so that none of them is begun when the others are nearly done and a worker has nothing left. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = SLOW.findIndex(folder => moduleId.includes(folder));
      return at === -1 ? SLOW.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Processes, because native modules and worker threads are part of what is tested.
    pool: 'forks',
    // As many as a small machine has processors: with more, tests of timing see each other's load.
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
    // Real servers are started; a slow machine is no failure.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Real servers race with each other on a busy machine: there a test may fail once, and is listed as retried.
    retry: process.env.CI ? 1 : 0,
    reporters: ['default', new TallyReporter()],
  },
});
