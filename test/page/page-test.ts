// A small cluster of the test's own, the real program that watches it, and Debian's Chromium that looks at its page.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { newContext, type OpenPage, openIn, openPage, startBrowser } from './browser.js';

export const PATIENCE = { timeout: 60_000, interval: 50 };
export const PHONE = { viewport: { width: 375, height: 812 } };
export const DESKTOP = { viewport: { width: 1440, height: 900 } };
export const LONG = 'Rechtsschutzversicherungsgesellschaftenverzeichnisdienst für Anschlussfragen';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Servers and a monitor for all tests of a file or `describe`, in the state the test before left them in but without its
 * pages and what these remembered; or, where they are not shared, new ones before each test. {@link healthy} ends faults and
 * silences. A monitor costs seconds of CPU to start and a browser's context nearly one, so sharing is the rule.
 */
export class PageTest {
  browser!: Browser;
  /** Of the monitor, kept over {@link restart}. */
  folder!: string;
  servers!: Record<'llm' | 'tools', SimulatedServer>;
  monitor!: RunningMonitor;
  /** Where the program is, when it is not the tree's. */
  dist: URL | undefined;
  #opened: OpenPage[] = [];
  /** Of all pages that need nothing else. */
  #context: BrowserContext | undefined;
  #flags: string[] = [];
  readonly #over: (test: PageTest) => object;
  readonly #moreFlags: (test: PageTest) => string[];

  /**
   * @param over of the monitor's configuration, in place of what stands here @param flags of its command line
   * @param isShared by the file's tests
   */
  constructor(
    over: (test: PageTest) => object = () => ({}),
    flags: (test: PageTest) => string[] = () => [],
    isShared = true,
  ) {
    this.#over = over;
    this.#moreFlags = flags;
    beforeAll(async () => {
      this.browser = await startBrowser();
      if (isShared) await this.#begin();
    });
    afterAll(async () => {
      if (isShared) await this.#end();
      await this.browser?.close();
    });
    beforeEach(async () => {
      if (!isShared) await this.#begin();
    });
    afterEach(async () => {
      await this.#closePages();
      if (!isShared) await this.#end();
    });
  }

  async #begin(): Promise<void> {
    this.folder = makeFolder('page');
    this.#flags = [`--web.listen-address=127.0.0.1:${await freePort()}`, ...this.#moreFlags(this)];
    const serve = () => startServer({ answer: () => json({ status: 'healthy', models: ['llama3.2:3b'] }) });
    this.servers = { llm: await serve(), tools: await serve() };
    this.monitor = await this.start();
  }

  async #closePages(): Promise<void> {
    const opened = this.#opened;
    this.#opened = [];
    await Promise.all(opened.map(({ page }) => this.#close(page)));
  }

  async #close(page: Page): Promise<void> {
    if (page.context() !== this.#context) return page.context().close();
    // Where the monitor is away there may be no storage to clear.
    await page.evaluate('localStorage.clear(); sessionStorage.clear()').catch(() => {});
    await page.close();
  }

  async #end(): Promise<void> {
    // Of a start that failed there may be less.
    await this.monitor?.[Symbol.asyncDispose]();
    await Promise.all(Object.values(this.servers ?? {}).map(server => server.close()));
    removeFolder(this.folder);
  }

  /** Starts the monitor, at the address and on the storage it had. */
  start(): Promise<RunningMonitor> {
    return startMonitor(
      {
        node: 'wall',
        scan: { intervals: { critical: '500ms', other: '500ms' } },
        query: { scrape_interval: '1s' },
        services: {
          llm: this.service('llm', { name: LONG, critical: true }),
          tools: this.service('tools', { name: 'Tools Server', critical: true }),
          search: this.service('tools', { name: 'Search', critical: false, depends_on: ['tools'] }),
        },
        ...this.#over(this),
      },
      { folder: this.folder, flags: this.#flags, dist: this.dist },
    );
  }

  /** A service that one of the servers answers for, in the words of the configuration. */
  service(id: 'llm' | 'tools', over: object): object {
    return {
      url: `${this.servers[id].url}/health`,
      timeout: '3s',
      confirm: { failures: 1, successes: 1, every: '100ms' },
      ...over,
    };
  }

  /** Opens a view and waits until it is alive. @param path below the monitor's address, with its query string */
  async open(path = '', options: BrowserContextOptions = DESKTOP): Promise<Page> {
    const url = `${this.monitor.url}/${path}`;
    const made = isScreen(options)
      ? await openIn(await this.#shared(), url, options)
      : await openPage(this.browser, url, options);
    this.#opened.push(made);
    if (options.javaScriptEnabled !== false) await made.page.waitForSelector('html[data-alive]');
    return made.page;
  }

  async #shared(): Promise<BrowserContext> {
    this.#context ??= await newContext(this.browser);
    return this.#context;
  }

  /** A page that is not at any address yet; closed after the test. */
  async blank(): Promise<Page> {
    const page = await (await this.#shared()).newPage();
    this.#opened.push({ page, trouble: [] });
    return page;
  }

  /** What the pages did that no page may do. */
  trouble(): string[] {
    return this.#opened.flatMap(each => each.trouble);
  }

  /** Waits until the embedded engine has samples of every service, so that a question has an answer. */
  async sampled(): Promise<void> {
    const query = new URLSearchParams({
      query: 'count(count_over_time(langgraph_monitor_service_up[30s])) >= 3',
    });
    const count = async () => {
      const answer = await this.monitor.get(`/api/v1/query?${query}`);
      return ((await answer.json()) as { data?: { result: unknown[] } }).data?.result.length;
    };
    await expect.poll(count, PATIENCE).toBe(1);
  }

  /** Ends every fault of the servers and every silence. */
  async undo(): Promise<void> {
    await Promise.all(Object.values(this.servers).map(server => server.setFault(OK)));
    for (const { id, status } of await this.monitor.json<Silence[]>('/api/v2/silences'))
      if (status.state !== 'expired') await this.monitor.get(`/api/v2/silence/${id}`, { method: 'DELETE' });
  }

  /** Does so, and waits until no alert fires. The second outage of a service within 30 minutes is flapping, which lasts. */
  async healthy(): Promise<void> {
    await this.undo();
    await this.checked();
    const alerts = async () =>
      ((await (await this.monitor.get('/alerts')).json()) as { count: number }).count;
    await expect.poll(alerts, PATIENCE).toBe(0);
  }

  /** Waits until every service has been checked. */
  async checked(): Promise<void> {
    const count = async () => {
      const { services } = (await (await this.monitor.get('/cluster_health')).json()) as {
        services: Record<string, { health: { status: string } }>;
      };
      return Object.values(services).filter(({ health }) => health.status === 'unknown').length;
    };
    await expect.poll(count, PATIENCE).toBe(0);
  }
}

interface Silence {
  readonly id: string;
  readonly status: { readonly state: string };
}

const SCREEN = ['viewport', 'colorScheme', 'reducedMotion'];

const isScreen = (options: BrowserContextOptions) => Object.keys(options).every(key => SCREEN.includes(key));

/** Polls the text of what a selector finds. */
export const shows = (page: Page, selector: string) => expect.poll(() => page.innerText(selector), PATIENCE);

/** Barriers that axe-core finds, each with the elements concerned. */
export async function barriers(page: Page): Promise<unknown> {
  // To read the script takes longer than to run it.
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(AXE);
  return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`);
}

/** A phone in the light theme, then a desktop in the dark one: each theme and each width once. */
export const LOOKS = [
  [PHONE, 'light'],
  [DESKTOP, 'dark'],
] as const;

/** Shows an open page in another look. */
export async function look(page: Page, [{ viewport }, colorScheme]: (typeof LOOKS)[number]): Promise<void> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
}

/** By how many pixels the page is wider than the screen; 0 or less is right. */
export const overflow = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth');
