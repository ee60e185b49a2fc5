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
    reporters: ['default', new TallyReporter()],
  },
});
