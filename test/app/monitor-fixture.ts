// A whole monitor in this process, with its checks in this thread.

import { writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach } from 'vitest';
import { createLog } from '../../src/app/log.js';
import { type Monitor, startMonitor } from '../../src/app/monitor.js';
import { runInline } from '../../src/probes/inline.js';
import type { CheckRunnerEvents } from '../../src/probes/runner.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { listen, portOf, stop } from '../support/http.js';
import { QUERY_SETTINGS } from '../support/query-settings.js';

/** A monitor of the current test, its configuration and the servers it checks. */
export class MonitorFixture {
  folder = '';
  /** Path of monitor.yml. */
  file = '';
  logged = '';
  monitor: Monitor | undefined;
  servers: Server[] = [];

  /** Registers hooks that make and remove the folder, and close everything: call it once, at the top of a test file. */
  constructor() {
    beforeEach(() => {
      this.folder = makeFolder('app');
      this.file = join(this.folder, 'monitor.yml');
      this.logged = '';
      this.servers = [];
    });
    afterEach(async () => {
      await this.monitor?.close();
      this.monitor = undefined;
      await Promise.all(this.servers.map(stop));
      removeFolder(this.folder);
    });
  }

  /** A server that answers with this status; `status` may be set, `asked` counts requests. */
  readonly answering = async (status = 200) => {
    const service = { status, asked: 0, url: '' };
    const server = await listen((_, response) => {
      service.asked++;
      response.writeHead(service.status, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    });
    this.servers.push(server);
    service.url = `http://127.0.0.1:${portOf(server)}/health`;
    return service;
  };

  readonly configure = (services: Record<string, Record<string, unknown>>, more: object = {}): void => {
    const scan = { intervals: { critical: '1s', other: '1s' } };
    writeFileSync(
      this.file,
      JSON.stringify({ node: 'here', scan, host: { enabled: false }, services, ...more }),
    );
  };

  readonly start = async (
    runChecks: (events: CheckRunnerEvents) => ReturnType<typeof runInline> = runInline,
  ): Promise<void> => {
    this.monitor = await startMonitor({
      configFile: this.file,
      webConfigFile: undefined,
      listen: { host: '127.0.0.1', port: 0 },
      externalUrl: undefined,
      enableLifecycle: true,
      storage: { path: join(this.folder, 'data'), retention: 86_400_000, maxBytes: 0 },
      ...QUERY_SETTINGS,
      version: '1.2.3',
      log: createLog('info', 'logfmt', { write: line => (this.logged += line) }),
      runChecks,
    });
  };

  readonly get = (path: string, init?: RequestInit) => fetch(`${this.monitor?.url}${path}`, init);
  readonly text = async (path: string) => (await this.get(path)).text();
  readonly json = async (path: string) => {
    // biome-ignore lint/suspicious/noExplicitAny: what a client without a schema sees
    return (await (await this.get(path)).json()) as any;
  };
  readonly status = async (id: string) =>
    (await this.json('/cluster_health')).services[id]?.health.status as string | undefined;
  readonly metric = async (line: string) =>
    (await this.text('/metrics')).split('\n').find(each => each.startsWith(line));
}

/** Waits until the monitor's answer satisfies the predicate. */
export async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    await delay(20);
  }
}
