// Two monitors that share the services, and a storage that takes the questions and does not answer: what each of them shows
// meanwhile, and how old it says that is.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { listener, portOf } from '../support/http.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import type { ClusterHealth as Health, ServiceHealth } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 200 };
const RULES = fileURLToPath(new URL('../../rules/*.rules.yml', import.meta.url));
const IDS = ['cache', 'embeddings', 'haproxy', 'llm', 'search', 'tools'];

type ClusterHealth = Omit<Health, 'services'> & {
  readonly services: Record<string, { seen_by: { shard: number }; health: ServiceHealth }>;
  readonly rules?: string;
  readonly shards?: string;
};

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** In front of the storage's queries. */
class Door {
  isOpen = true;
  readonly #server = createServer(listener((request, response) => this.#handle(request, response)));
  readonly #target: string;

  constructor(target: string) {
    this.#target = target;
  }

  async listen(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    undo.push(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!this.isOpen) return;
    const { method = 'GET', url = '', headers } = request;
    const answer = await fetch(this.#target + url, {
      method,
      headers: { 'content-type': headers['content-type'] ?? 'text/plain' },
      ...(method === 'POST' && { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  }
}

const health = (monitor: RunningMonitor, query = '') =>
  monitor.json<ClusterHealth>(`/cluster_health${query}`);

test.each(['remote', 'local'] as const)(
  'what is known is shown, with its age: rules %s',
  { timeout: 180_000 },
  async rules => {
    const servers = new Map<string, SimulatedServer>();
    for (const id of IDS) {
      const server = await startServer({ answer: () => json({ status: 'healthy' }) });
      undo.push(() => server.close());
      servers.set(id, server);
    }
    const storage: PrometheusServer = await startPrometheus(
      JSON.stringify({
        global: { evaluation_interval: '1s' },
        ...(rules === 'remote' && { rule_files: [RULES] }),
      }),
      undefined,
      undefined,
      ['--web.enable-remote-write-receiver'],
    );
    undo.push(() => storage.close());
    const door = new Door(storage.url);
    const url = await door.listen();
    const start = async (index: number) => {
      const monitor = await startMonitor({
        node: `node${index}`,
        host: { enabled: false },
        scan: { intervals: { critical: '500ms', other: '500ms' } },
        query: { url, rules, scrape_interval: '500ms' },
        remote_write: [
          { url: `${storage.url}/api/v1/write`, queue_config: { batch_send_deadline: '200ms' } },
        ],
        shard: { index, of: 2 },
        services: Object.fromEntries(
          IDS.map(id => [
            id,
            {
              url: `${servers.get(id)?.url}/health`,
              critical: true,
              timeout: '5s',
              confirm: { failures: 2, successes: 1, every: '200ms' },
            },
          ]),
        ),
      });
      undo.push(() => monitor[Symbol.asyncDispose]());
      return monitor;
    };
    const [first] = await Promise.all([start(0), start(1)]);
    await vi.waitFor(async () => {
      const { overall_status, services } = await health(first);
      expect(overall_status).toBe('healthy');
      for (const id of IDS) expect(services[id]?.health.status).toBe('healthy');
    }, PATIENCE);

    door.isOpen = false;
    const { services: known } = await health(first);
    const of = (shard: number) => IDS.find(id => known[id]?.seen_by.shard === shard) as string;
    const late = new RegExp(`^query\\.url ${url}: no answer within 10s; state of \\d+ s ago$`);
    await vi.waitFor(async () => expect((await health(first)).shards).toMatch(late), PATIENCE);
    const there = await health(first);
    expect(there.services[of(1)]?.health).toMatchObject({
      status: 'healthy',
      last_check: expect.any(String),
    });
    if (rules === 'remote')
      await vi.waitFor(async () => expect((await health(first)).rules).toMatch(late), PATIENCE);
    else expect(there.rules).toBeUndefined();
    expect(await first.json('/health')).toMatchObject({
      status: 'healthy',
      shards: expect.stringMatching(late),
    });
    // What is as new as is asked for is not there, and the answer comes all the same.
    expect((await health(first, '?max_age=0')).services[of(1)]?.health.status).toBe('healthy');
    // What is checked here is as of now.
    await servers.get(of(0))?.setFault({ kind: 'refused' });
    await vi.waitFor(async () => {
      const { overall_status, services } = await health(first);
      expect(services[of(0)]?.health.status).toBe('error');
      if (rules === 'local') expect(overall_status).not.toBe('healthy');
    }, PATIENCE);
    await servers.get(of(0))?.setFault(OK);
    expect(first.logged('The storage does not say how services of other shards are')).toHaveLength(1);

    door.isOpen = true;
    await vi.waitFor(async () => {
      const { overall_status, shards, rules: problem, services } = await health(first);
      expect([overall_status, shards, problem]).toEqual(['healthy', undefined, undefined]);
      for (const id of IDS) expect(services[id]?.health.status).toBe('healthy');
    }, PATIENCE);
  },
);
