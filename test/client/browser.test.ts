// The client in a browser: a page of another origin than the monitor's loads the built client, without a bundler.

import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import bcrypt from 'bcrypt';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { basicAuthGuard } from '../../src/http/web/basic-auth.js';
import { NO_WEB_CONFIG } from '../../src/http/web-config.js';
import { result, startMonitor, type TestMonitor } from '../http/monitor.js';
import { listen, portOf, stop } from '../support/http.js';
import { DIST } from '../support/monitor.js';

const CHROMIUM = '/usr/bin/chromium-headless-shell';
/** Flags without which the browser would make requests of its own. */
const ALONE = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const BAD = { status: 'error', error: 'Connection refused', reason: 'refused', level: 'down' } as const;

let browser: Browser;
let site: Server;
let page: Page;
let monitor: TestMonitor;
/** Errors in the browser's console. */
let trouble: string[];

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ALONE, env: { HOME: '/tmp' } });
  site = await listen(({ url = '' }, response) => {
    if (url.endsWith('.js')) {
      response.setHeader('content-type', 'text/javascript');
      response.end(readFileSync(fileURLToPath(new URL(`client${url}`, DIST))));
    } else response.setHeader('content-type', 'text/html').end('<!doctype html><title>x</title>');
  });
});
afterAll(async () => {
  await browser?.close();
  await stop(site);
});
afterEach(async () => {
  await page.close();
  await monitor[Symbol.asyncDispose]();
});

async function open(options: Parameters<typeof startMonitor>[0] = {}): Promise<void> {
  monitor = await startMonitor(options);
  for (const { id } of monitor.cluster.services) monitor.feed(result(id));
  page = await browser.newPage();
  trouble = [];
  page.on('pageerror', error => trouble.push(error.message));
  page.on('console', message => message.type() === 'error' && trouble.push(message.text()));
  await page.goto(`http://127.0.0.1:${portOf(site)}/`);
}

/** Makes a client in the page, as `client`, and a view of it, as `view`. */
async function watch(headers: Record<string, string> = {}): Promise<void> {
  await page.evaluate(`(async () => {
    const { LangGraphMonitoring } = await import('/monitoring.js');
    globalThis.client = new LangGraphMonitoring(${JSON.stringify({ url: monitor.url, headers })});
    globalThis.view = client.watch();
    await view.ready();
  })()`);
}

const inPage = (expression: string) => page.evaluate(expression);
const eventually = (expression: string) => expect.poll(() => inPage(expression), { interval: 20 });

describe('a page', () => {
  test('watches the cluster and sees it change', async () => {
    await open();
    await watch();
    expect(await inPage('[view.mode, view.health.overall_status]')).toEqual(['streaming', 'healthy']);
    monitor.feed(result('jetson_ollama', BAD));
    await eventually('client.current?.services.jetson_ollama.health.status').toBe('error');
    await eventually('client.getBestLlmEndpoint()').toBe('http://127.0.0.1:8080');
    expect(trouble).toEqual([]);
  });

  test('asks once', async () => {
    await open();
    const answers = `import('/monitoring.js').then(async ({ LangGraphMonitoring }) => {
      const client = new LangGraphMonitoring(${JSON.stringify(monitor.url)});
      const { health } = await client.getServiceHealth('tools', { fresh: 1000 });
      const best = await client.getBestEndpoint('llm', { prefer: 'latency' });
      const other = await new LangGraphMonitoring('http://127.0.0.1:1').checkClusterHealth();
      return [health.status, best.service, other.error];
    })`;
    expect(await inPage(answers)).toEqual([
      'healthy',
      'jetson_ollama',
      'Failed to reach monitoring service: Failed to fetch',
    ]);
  });

  test('reconnects with the id of the last event, after a preflight request', async () => {
    await open();
    await watch();
    monitor.events.disconnectAll();
    await expect.poll(() => monitor.events.subscribers).toBe(1);
    monitor.feed(result('tools', BAD));
    await eventually('client.current?.services.tools.health.status').toBe('error');
    expect(trouble).toEqual([]);
  });

  test('sends a password, where one is needed', async () => {
    const guard = basicAuthGuard({ alice: bcrypt.hashSync('secret', 4) });
    await open({ web: { ...NO_WEB_CONFIG, guard } });
    await watch({ authorization: `Basic ${btoa('alice:secret')}` });
    expect(await inPage('[view.mode, view.health.overall_status]')).toEqual(['streaming', 'healthy']);
    expect(trouble).toEqual([]);
  });

  test('gets events with an EventSource of the browser, too', async () => {
    await open();
    await inPage(`new Promise(resolve => {
      globalThis.seen = [];
      globalThis.source = new EventSource(${JSON.stringify(`${monitor.url}/events`)});
      source.addEventListener('health', event => {
        seen.push([Number(event.lastEventId) > 0, JSON.parse(event.data).overall_status]);
        resolve();
      });
    })`);
    monitor.feed(result('tools', BAD));
    await eventually('seen').toEqual([
      [true, 'healthy'],
      [true, 'degraded'],
    ]);
  });

  test('that is left disconnects', async () => {
    await open();
    await watch();
    expect(monitor.events.subscribers).toBe(1);
    await page.goto('about:blank');
    await expect.poll(() => monitor.events.subscribers).toBe(0);
  });
});
