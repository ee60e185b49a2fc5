import { defineConfig } from 'vitest/config';
import TallyReporter from './scripts/tally.mjs';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Processes, because native modules and worker threads are part of what is tested.
    pool: 'forks',
    maxWorkers: 2,
    // Real servers are started; a slow machine is no failure.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Real servers race with each other on a busy machine: there a test may fail once, and is listed as retried.
    retry: process.env.CI ? 1 : 0,
    reporters: ['default', new TallyReporter()],
  },
});
