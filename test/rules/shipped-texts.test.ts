// Texts of the shipped alerts stay as they are while an alert fires: a text that changes with every evaluation makes of
// one alert many. The value has a field of its own.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadRuleFiles } from '../../src/rules/load.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Alerts whose value is in their text, where it may be. */
const MAY = new Map([
  // It is 1 while the service is down and 2 while it is up between outages.
  ['ServiceDown', ['description', 'summary']],
  // 1 while it is down and 0 while it is up between outages.
  ['HAProxyBackendDown', ['description', 'summary']],
  ['HAProxyServerDown', ['description', 'summary']],
  // Asks only whether it has expired.
  ['CertificateExpiring', ['description']],
  // The length of a vector, which the model has.
  ['EmbeddingDimensionChanged', ['description']],
  // The value is what to configure.
  ['MonitorTooFewConcurrentChecks', ['description']],
]);

const alerts = loadRuleFiles(['rules/*.rules.yml'], ROOT)
  .flatMap(({ groups }) => groups)
  .flatMap(({ rules }) => rules)
  .flatMap(rule => (rule.kind === 'alerting' ? [rule] : []));

test.each(alerts.map(({ name, annotations }) => [name, annotations] as const))('%s', (name, annotations) => {
  const moving = Object.entries(annotations)
    .filter(([, text]) => /\$value|\.Value/.test(text))
    .map(([key]) => key);
  expect(moving).toEqual(MAY.get(name) ?? []);
});
