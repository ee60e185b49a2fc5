// A vitest reporter that ends the run with one plain line, `N passed, N failed`, for readers that are programs.
// Used by vitest.config.ts.

/**
 * The result of a run. A file that fails outside its tests (it does not load, a hook throws) and an uncaught error each
 * count as one failure, so that a failed run never reads as `0 failed`.
 */
export function tally(modules, unhandledErrors) {
  const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    let failedTests = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') count.passed += 1;
      else if (state === 'failed') failedTests += 1;
      else count.skipped += 1;
    }
    count.failed += failedTests === 0 && module.state() === 'failed' ? 1 : failedTests;
  }
  return count;
}

export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const { passed, failed, skipped } = tally(modules, unhandledErrors);
    console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}
