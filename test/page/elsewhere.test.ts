// The page where samples and rules are in a Prometheus at `query.url`: what it says while that is away, and afterwards.

import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { freePort } from '../support/child.js';
import { startPrometheus } from '../support/prometheus.js';
import { PageTest, shows } from './page-test.js';

const RULES = fileURLToPath(new URL('../../rules/*.rules.yml', import.meta.url));

let port: number;
beforeAll(async () => {
  port = await freePort();
});
const on = new PageTest(() => ({ query: { url: `http://127.0.0.1:${port}` } }));

/** A real Prometheus that evaluates the shipped rules over the monitor's metrics, at the port of `query.url`. */
function startRules() {
  const targets = [new URL(on.monitor.url).host];
  const every = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  const scrape_configs = [{ job_name: 'langgraph-monitor', static_configs: [{ targets }] }];
  return startPrometheus(
    JSON.stringify({ global: every, rule_files: [RULES], scrape_configs }),
    undefined,
    port,
  );
}

/** Each view and what it says while the Prometheus is away. */
const AWAY = [
  ['', /Whether an alert fires is not known.*History cannot be shown: query\.url/s],
  [
    'ui/alerts',
    /Rules and pending alerts cannot be shown: query\.url .*Whether an alert fires is not known/s,
  ],
  ['ui/incidents', /No incidents are known; none begins while/],
  ['ui/silences', /Silences cannot be shown: .* in the Alertmanager of the Prometheus at query\.url/],
  [
    'ui/service/tools',
    /History cannot be read: query\.url .* States do not depend on it.*Needed by\s+Search/s,
  ],
  ['ui/haproxy', /Backends cannot be shown: query\.url .* asked again by itself/],
  ['ui/node', /History cannot be read: query\.url .*Rules cannot be shown: query\.url/s],
  ['ui/explore?g0.expr=up', /query\.url http:\S+: connection refused/],
] as const;

test('says what it cannot show while the Prometheus is away, and shows it once it is back', async () => {
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  await on.checked();
  const page = await on.open();
  for (const [path, text] of AWAY) {
    await page.goto(`${on.monitor.url}/${path}`);
    await shows(page, 'body').toMatch(text);
    await shows(page, 'body').toMatch(/The rules are not evaluated: query\.url/);
  }
  await page.goto(`${on.monitor.url}/ui/alerts`);
  await shows(page, 'main .empty').toMatch(/not known/);
  const service = await on.open('ui/service/tools');
  await shows(service, '.service-view .notice').toMatch(/^History cannot be read/);
  const prometheus = await startRules();
  try {
    // Scraped, evaluated, asked for by the monitor and then by the page.
    const what = () => page.innerText('.alert .what');
    await expect
      .poll(what, { timeout: 120_000 })
      .toMatch(
        /Tools Server is unhealthy .* escalates to level2 in \d+ min.* unless it ends; notifications are sent by the Alertm/s,
      );
    await shows(page, 'body').not.toMatch(/The rules are not evaluated/);
    await page.getByRole('button', { name: 'More about ServiceDown of tools' }).click();
    await shows(page, '.about').toMatch(/target="tools".*Fires when \(?langgraph_monitor_service_up is 0/s);
    await service.waitForSelector('.uplot', { timeout: 60_000 });
    await shows(service, 'body').not.toMatch(/cannot be read/);
  } finally {
    await prometheus.close();
  }
  await shows(page, 'body').toMatch(/The rules are not evaluated: query\.url/);
  // A browser notes each answer that is an error; there is nothing else to note.
  const trouble = on.trouble().filter(text => !/status of 50[03]/.test(text));
  expect(trouble).toEqual([]);
}, 240_000);
