// The formats that are asked for, and the one that came. The words are those of Prometheus 3.

import { expect, test } from 'vitest';
import { acceptHeader, isOpenMetrics } from '../../src/scrape/negotiation.js';
import type { ScrapeProtocol } from '../../src/scrape/target.js';

test('the header Accept', () => {
  expect(
    acceptHeader(
      ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText1.0.0', 'PrometheusText0.0.4'],
      'allow-utf-8',
    ),
  ).toBe(
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,' +
      'application/openmetrics-text;version=0.0.1;q=0.4,' +
      'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
  );
});

const NO_FALLBACK = 'no fallback_scrape_protocol';

test.each<[string, ScrapeProtocol | undefined, boolean | string]>([
  ['text/plain; version=0.0.4; charset=utf-8', undefined, false],
  ['text/plain', undefined, false],
  ['TEXT/PLAIN;version="1.0.0"', undefined, false],
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', undefined, true],
  ['text/plain', 'OpenMetricsText1.0.0', false],
  [
    '',
    undefined,
    `non-compliant scrape target sending blank Content-Type and ${NO_FALLBACK} specified for target`,
  ],
  ['', 'PrometheusText0.0.4', false],
  ['', 'OpenMetricsText1.0.0', true],
  [
    'text/html',
    undefined,
    `received unsupported Content-Type "text/html" and ${NO_FALLBACK} specified for target`,
  ],
  ['text/html', 'PrometheusText0.0.4', false],
  [
    'text/plain; version',
    undefined,
    `cannot parse Content-Type "text/plain; version" and ${NO_FALLBACK} for target`,
  ],
  ['text', 'PrometheusText1.0.0', false],
  [
    'application/vnd.google.protobuf; encoding=delimited',
    'PrometheusText0.0.4',
    'the target answered in protobuf, which it was not asked for and which is not supported',
  ],
])('%j with fallback %s', (contentType, fallback, want) => {
  let got: boolean | string;
  try {
    got = isOpenMetrics(contentType, fallback);
  } catch (error) {
    got = (error as Error).message;
  }
  expect(got).toBe(want);
});
