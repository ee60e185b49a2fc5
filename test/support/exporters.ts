// The Prometheus exporters whose names we keep, as real programs for a test.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, freePort, makeFolder, removeFolder } from './child.js';

export interface Exporter {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

async function start(
  command: string,
  args: (port: number) => readonly string[],
  tidy = () => {},
  env: Readonly<Record<string, string>> = {},
): Promise<Exporter> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = new Child(command, args(port), env);
  await child.until(async () => (await fetch(`${url}/metrics`)).ok);
  return {
    url,
    close: async () => {
      await child.kill();
      tidy();
    },
  };
}

/** blackbox_exporter with modules as its configuration writes them. */
export function startBlackbox(modules: object): Promise<Exporter> {
  const folder = makeFolder('blackbox');
  const file = join(folder, 'blackbox.yml');
  writeFileSync(file, JSON.stringify({ modules }));
  return start(
    'prometheus-blackbox-exporter',
    port => [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`],
    () => removeFolder(folder),
  );
}

/** redis_exporter in front of a Redis of this machine. */
export function startRedisExporter(redisPort: number, password?: string): Promise<Exporter> {
  return start('prometheus-redis-exporter', port => [
    `-web.listen-address=127.0.0.1:${port}`,
    `-redis.addr=redis://127.0.0.1:${redisPort}`,
    ...(password ? [`-redis.password=${password}`] : []),
  ]);
}

/** haproxy_exporter in front of a statistics page. */
export function startHaproxyExporter(csvUrl: string): Promise<Exporter> {
  return start('prometheus-haproxy-exporter', port => [
    `--web.listen-address=127.0.0.1:${port}`,
    `--haproxy.scrape-uri=${csvUrl}`,
  ]);
}

/** postgres_exporter in front of a PostgreSQL, over the folder of its unix socket, as the superuser. */
export function startPostgresExporter({ port, folder }: { port: number; folder: string }): Promise<Exporter> {
  const source = `host=${folder} port=${port} user=postgres dbname=postgres sslmode=disable`;
  return start('prometheus-postgres-exporter', own => [`--web.listen-address=127.0.0.1:${own}`], undefined, {
    DATA_SOURCE_NAME: source,
  });
}

/** node_exporter on this machine. */
export function startNodeExporter(): Promise<Exporter> {
  return start('prometheus-node-exporter', port => [`--web.listen-address=127.0.0.1:${port}`]);
}
