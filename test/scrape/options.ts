// What a job's options are in tests that do not say more.

import type { ScrapeOptions } from '../../src/scrape/target.js';

/** Prometheus' defaults, with some of them replaced. */
export function options(replaced: Partial<ScrapeOptions> = {}): ScrapeOptions {
  return {
    honorLabels: false,
    honorTimestamps: true,
    trackTimestampsStaleness: false,
    protocols: ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText1.0.0', 'PrometheusText0.0.4'],
    fallbackProtocol: undefined,
    enableCompression: true,
    limits: { bodySize: 0, samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0 },
    nameValidation: 'utf8',
    nameEscaping: 'allow-utf-8',
    metricRelabelConfigs: [],
    http: { follow_redirects: true },
    ...replaced,
  };
}
