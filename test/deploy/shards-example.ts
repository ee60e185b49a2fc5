// deploy/shards on this machine: its units' programs with their own flags, on free ports and below a folder of the test's.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { CLUSTER_GROUP_INTERVAL } from '../support/alertmanager.js';
import { Child, freePort, makeFolder, removeFolder } from '../support/child.js';
import { read } from './compose-file.js';
import { ROOT } from './tool.js';

/** Ports of the example, each of which is another one here. */
const PORTS = [8180, 8181, 8182, 8183, 8428, 8880, 9190, 9191, 9290, 9291];
export const SHARDS = [0, 1, 2, 3] as const;
export const ALERTMANAGERS = [0, 1] as const;

/** A unit's `ExecStart` as it is for an instance, and its `Environment`. */
export function commandOf(
  unit: string,
  instance: number | undefined,
): { args: string[]; env: Record<string, string> } {
  const text = read(`deploy/shards/${unit}`)
    .replace(/\\\n\s*/g, '')
    .replaceAll('%i', String(instance));
  const command = /^ExecStart=(.*)$/m.exec(text)?.[1] ?? '';
  const env = [...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  return { args: command.split(/\s+/), env: Object.fromEntries(env) };
}

/** Flags of Debian's unit, by the file of its environment. */
export function victoriaMetricsFlags(): string[] {
  return (/^ARGS="(.*)"$/m.exec(read('deploy/shards/victoria-metrics.default'))?.[1] ?? '').split(' ');
}

/** The example's processes. The caller must close it. */
export class ShardsExample {
  readonly #folder = makeFolder('shards');
  readonly #ports = new Map<number, number>();
  readonly #running = new Map<string, Child>();

  /**
   * Prepares the files.
   * @param changes of monitor.yml @param receiver where the Alertmanagers send everything
   */
  static async open(changes: object, receiver: string): Promise<ShardsExample> {
    const example = new ShardsExample();
    for (const port of PORTS) example.#ports.set(port, await freePort());
    const etc = join(example.#folder, 'etc/langgraph-monitor');
    mkdirSync(etc, { recursive: true });
    cpSync(join(ROOT, 'rules'), join(etc, 'rules'), { recursive: true });
    // As the page says for the version that Debian has.
    execFileSync('sed', ['-i', '/keep_firing_for/d', join(etc, 'rules/anomalies.rules.yml')]);
    const written = load(read('deploy/shards/monitor.yml')) as object;
    writeFileSync(join(etc, 'monitor.yml'), example.#here(JSON.stringify({ ...written, ...changes })));
    writeFileSync(
      join(etc, 'alertmanager.yml'),
      `route: { receiver: ops, group_by: [alertname, target], group_wait: 1s, group_interval: ${CLUSTER_GROUP_INTERVAL}, repeat_interval: 1h }
receivers: [{ name: ops, webhook_configs: [{ url: "${receiver}/" }] }]
`,
    );
    return example;
  }

  /** The address here of one of the example. */
  url(port: number): string {
    return `http://127.0.0.1:${this.#ports.get(port)}`;
  }

  /** Starts everything, the storage first, and waits until each answers. */
  async start(): Promise<void> {
    await this.#run('victoria-metrics', ['victoria-metrics', ...victoriaMetricsFlags()], {}, 8428, '/health');
    await Promise.all([
      ...ALERTMANAGERS.map(i =>
        this.#unit('alertmanager@.service', i, 9190 + i, '/-/ready', [
          '--cluster.settle-timeout=1s',
          '--log.level=debug',
        ]),
      ),
      ...SHARDS.map(i => this.#unit('langgraph-monitor@.service', i, 8180 + i, '/health')),
    ]);
    for (const i of ALERTMANAGERS) await this.#joined(i);
    // The example evaluates every 15 s; the last of two flags counts.
    await this.#unit('vmalert.service', undefined, 8880, '/health', ['-evaluationInterval=5s']);
  }

  /** `kill -9` of a monitor. */
  async killShard(shard: number): Promise<void> {
    await this.#running.get(`langgraph-monitor@.service${shard}`)?.kill();
  }

  /** What a shard has logged. */
  log(shard: number): string {
    return this.#running.get(`langgraph-monitor@.service${shard}`)?.output ?? '';
  }

  /** What an Alertmanager has logged. */
  alertmanagerLog(alertmanager: number): string {
    return this.#running.get(`alertmanager@.service${alertmanager}`)?.output ?? '';
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(child => child.kill()));
    removeFolder(this.#folder);
  }

  /** Waits until an Alertmanager sees the whole cluster: alone, each would send everything. */
  async #joined(alertmanager: number): Promise<void> {
    await this.#running.get(`alertmanager@.service${alertmanager}`)?.until(async () => {
      const answer = await fetch(`${this.url(9190 + alertmanager)}/api/v2/status`);
      const { cluster } = (await answer.json()) as { cluster: { peers: object[] } };
      return cluster.peers.length === ALERTMANAGERS.length;
    });
  }

  async #unit(
    unit: string,
    instance: number | undefined,
    port: number,
    path: string,
    more: readonly string[] = [],
  ): Promise<void> {
    const { args, env } = commandOf(unit, instance);
    await this.#run(`${unit}${instance ?? ''}`, [...args, ...more], env, port, path);
  }

  async #run(
    name: string,
    [command = '', ...args]: readonly string[],
    env: Readonly<Record<string, string>>,
    port: number,
    path: string,
  ): Promise<void> {
    const flags = args.map(arg => this.#here(arg.replace('dist/main.js', join(ROOT, 'dist/main.js'))));
    const child = new Child(command, flags, { ...env, STORAGE: this.url(8428).slice('http://'.length) });
    this.#running.set(name, child);
    await child.until(async () => (await fetch(`${this.url(port)}${path}`)).ok);
  }

  /** A text of the example as it is here. */
  #here(text: string): string {
    const moved = text.replace(/(?<=127\.0\.0\.1:)\d{4}/g, port =>
      String(this.#ports.get(Number(port)) ?? port),
    );
    return moved.replace(/(?<==)\/(?=(?:etc|var\/lib)\/)/g, `${this.#folder}/`);
  }
}
