import { expect, test } from 'vitest';
import { LeftOutLog } from '../../src/app/left-out-log.js';
import type { CheckResult } from '../../src/model/result.js';

const result = (more: Partial<CheckResult>): CheckResult => ({
  ...{ target: 'haproxy', at: 1, status: 'healthy', responseTime: 1, readings: { values: [] } },
  ...{ level: 'up', since: 1, consecutiveFailures: 0 },
  ...more,
});

test('samples that are left out are logged once, with what to set', () => {
  const lines: string[] = [];
  const log = new LeftOutLog({
    info: (_, message) => void lines.push(`info ${message}`),
    warn: (_, message) => void lines.push(`warn ${message}`),
  });
  const leftOut = { samples: 50, of: 150, limit: 100 };
  const begin =
    "warn Samples are left out: 150 are more than the service's sample_limit of 100; " +
    'set services.haproxy.sample_limit to 150 or more, or to 0 for any number';
  const end = 'info No samples are left out';
  const steps: [Partial<CheckResult>, string[]][] = [
    [{}, []],
    [{ leftOut }, [begin]],
    [{ leftOut }, []],
    [{ reason: 'timeout' }, []],
    [{ leftOut }, []],
    [{}, [end]],
    [{}, []],
    [{ leftOut, reason: 'body' }, [begin]],
  ];
  for (const [more, want] of steps) {
    log.log(result(more));
    expect(lines.splice(0)).toEqual(want);
  }
  log.remove('haproxy');
  log.log(result({}));
  expect(lines).toEqual([]);
});
