// In: a configuration. Out: the real program, running on a free loopback port.

import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Missing } from './children.mjs';
import { freePort, get } from './loopback.mjs';

const PROGRAM = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/**
 * Starts the built program and waits until it is `ready`: by default, for its first answered /health.
 * @param config what would stand in monitor.yml, as an object.
 * @param options `storage` is the folder of its store, by default an empty one; `port` one that is free; `node` are flags of Node's; `ready(url)` throws until it is, for `patience` milliseconds at most.
 * @returns {Promise<{pid: number, url: string, child: object}>} @throws Missing when it is not built.
 */
export async function startMonitor(
  bench,
  children,
  config,
  { storage, port, flags = [], node = [], env = {}, ready = url => get(`${url}/health`), patience } = {},
) {
  requireBuilt();
  const folder = mkdtempSync(join(bench.folder, 'monitor-'));
  const file = join(folder, 'monitor.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config, null, 2));
  const own = port ?? (await freePort());
  const url = `http://127.0.0.1:${own}`;
  const args = [...node, PROGRAM, `--config.file=${file}`, `--web.listen-address=127.0.0.1:${own}`];
  args.push(`--storage.path=${storage ?? join(folder, 'data')}`, '--log.level=warn', ...flags);
  const child = await children.start('langgraph-monitor', process.execPath, args, {
    cwd: folder,
    // As the systemd unit, the image and `npm start` run it; express and others do more checks otherwise.
    env: { NODE_ENV: 'production', MALLOC_ARENA_MAX: '1', ...env },
    ready: () => ready(url),
    patience,
  });
  return { pid: child.pid, url, child };
}

/** `langgraph-monitor import`: takes a file in the OpenMetrics format into the store in `storage`. */
export async function importHistory(children, file, storage) {
  requireBuilt();
  const args = [PROGRAM, 'import', file, `--storage.path=${storage}`];
  await (await children.start('langgraph-monitor import', process.execPath, args)).output();
}

/** `langgraph-monitor backfill-rules` over the store in `storage`; `args` are its flags and files. */
export async function backfillRules(children, storage, args) {
  requireBuilt();
  const all = [PROGRAM, 'backfill-rules', `--storage.path=${storage}`, ...args];
  await (await children.start('langgraph-monitor backfill-rules', process.execPath, all)).output();
}

function requireBuilt() {
  if (!existsSync(PROGRAM))
    throw new Missing('dist/main.js is not there; run "npm run build" first', 'not built');
}

/** Services of kind http, `count` of them, spread over the ports of one target server. */
export function httpServices(ports, count, more = {}) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `service${i}`,
      {
        name: `Service ${i}`,
        url: `http://127.0.0.1:${ports[i % ports.length]}/service/${i}`,
        critical: true,
        ...more,
      },
    ]),
  );
}
