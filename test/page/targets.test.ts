// The view of targets: what is scraped, how it is, and what was dropped.

import { expect, test } from 'vitest';
import { PATIENCE, PageTest, shows } from './page-test.js';

/** A port that nothing listens on. */
const CLOSED = '127.0.0.1:1';

const on = new PageTest(() => ({
  global: { scrape_interval: '1s' },
  scrape_configs: [
    {
      job_name: 'exporters',
      static_configs: [{ targets: [CLOSED, '127.0.0.1:2'], labels: { rack: 'a' } }],
      relabel_configs: [{ source_labels: ['__address__'], regex: '.*:2', action: 'drop' }],
    },
  ],
}));

test('each target has its labels and its last scrape with what went wrong; dropped ones are listed', async () => {
  const page = await on.open('ui/targets');
  await shows(page, 'main h1').toBe('Targets');
  await expect
    .poll(() => page.locator('main h2').allTextContents(), PATIENCE)
    .toEqual(['exporters 0 of 1 up', 'langgraph-monitor 1 of 1 up']);
  await shows(page, '.targets-view .target >> nth=0').toMatch(
    /^http:\/\/127\.0\.0\.1:1\/metrics down\s+instance="127\.0\.0\.1:1" job="exporters" rack="a"\s+.*refused\s+\d+ s ago in .* s, every 1s$/,
  );
  await shows(page, '.targets-view .target >> nth=1').toMatch(
    /^http:.*\/metrics up\s+instance=.*\s+\d+ s ago in .* s, every \d+s$/,
  );
  await page.getByText('1 target dropped by relabelling').click();
  await shows(page, '.targets-view details .row').toContain('__address__="127.0.0.1:2"');
  expect(on.trouble()).toEqual([]);
});
