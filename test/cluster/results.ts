// Services and check results for the tests of this room.

import type { CheckResult } from '../../src/model/result.js';
import type { Service } from '../../src/model/service.js';

/** A critical service named after its id, unless said otherwise. */
export function service(id: string, more: Partial<Service> = {}): Service {
  const critical = more.critical ?? true;
  const severity = critical ? 'critical' : 'warning';
  return { id, name: id, kind: 'http', critical, severity, dependsOn: [], ...more };
}

/** A healthy result that is believed, unless said otherwise. */
export function result(target: string, more: Partial<CheckResult> = {}): CheckResult {
  return {
    ...{ target, at: 1000, status: 'healthy', responseTime: 0.1, level: 'up', since: 500 },
    ...{ consecutiveFailures: 0, readings: { values: [] } },
    ...more,
  };
}

export const timedOut: Partial<CheckResult> = {
  ...{ status: 'timeout', error: 'Request timed out', reason: 'timeout', level: 'down' },
  ...{ responseTime: 10, consecutiveFailures: 2 },
};
export const slow: Partial<CheckResult> = {
  status: 'degraded',
  error: 'Slow: 6 s, threshold 5 s',
  level: 'slow',
};
