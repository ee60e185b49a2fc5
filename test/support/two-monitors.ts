// Two monitors with one configuration, the service they watch, the Redis of their lease and the receiver of their notifications.

import { writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { freePort, makeFolder, removeFolder } from './child.js';
import { answers, type Endpoint, startEndpoint } from './endpoint.js';
import { type MonitorOptions, type RunningMonitor, startMonitor, writeConfiguration } from './monitor.js';

export type Name = 'a' | 'b';

/** One message that a receiver got. */
export interface Message {
  readonly status: 'firing' | 'resolved';
  readonly alert: string;
  /** Wall clock. */
  readonly at: number;
}

const RULES = {
  groups: [
    {
      name: 'a',
      rules: [
        { record: 'langgraph:cluster_status', expr: 'vector(2)' },
        { alert: 'Down', expr: 'langgraph_monitor_service_up == 0', labels: { severity: 'critical' } },
      ],
    },
  ],
};

interface TwoOptions {
  /** The Redis of the lease, `HOST:PORT`, as each monitor reaches it; none: no lease. */
  readonly redis?: string | Readonly<Record<Name, string>>;
  /** Where each finds the other; their own addresses unless given. */
  readonly peerUrls?: Readonly<Partial<Record<Name, string>>>;
  readonly replicas?: Readonly<Record<Name, string>>;
  readonly lease?: object;
  /** Where each finds a service; the service's own address unless given. */
  readonly serviceUrl?: (name: Name, service: number) => string;
  readonly hasShippedRules?: boolean;
  /** Services beside those that are numbered, as monitor.yml has them. */
  readonly moreServices?: object;
  readonly options?: Readonly<Partial<Record<Name, MonitorOptions>>>;
}

/** The caller must close it. */
export class TwoMonitors {
  readonly services: Endpoint[] = [];
  receiver!: Endpoint;
  readonly ports = {} as Record<Name, number>;
  readonly messages: Message[] = [];
  readonly running: Partial<Record<Name, RunningMonitor>> = {};
  readonly #folder = makeFolder('two-monitors');
  readonly #options: TwoOptions;
  #alertmanagers: readonly string[] | undefined;

  private constructor(options: TwoOptions) {
    this.#options = options;
  }

  /** Prepares what both need; starts neither. @param services how many there are; all answer */
  static async open(options: TwoOptions, services = 1): Promise<TwoMonitors> {
    const two = new TwoMonitors(options);
    for (let i = 0; i < services; i++) two.services.push(await startEndpoint());
    two.receiver = await startEndpoint();
    two.receiver.behaviour = (response, request) => {
      const { status, alerts } = JSON.parse(request.body) as {
        status: Message['status'];
        alerts: { labels: Record<string, string> }[];
      };
      const alert = alerts.map(({ labels }) => labels.target ?? labels.alertname).join(',');
      two.messages.push({ status, alert, at: Date.now() });
      answers(200)(response, request);
    };
    for (const name of ['a', 'b'] as const) two.ports[name] = await freePort();
    writeFileSync(join(two.#folder, 'own.rules.yml'), JSON.stringify(RULES));
    writeFileSync(
      join(two.#folder, 'alertmanager.yml'),
      `route: { receiver: ops, group_by: [target], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: ops, webhook_configs: [{ url: "${two.receiver.url}/" }] }]
`,
    );
    return two;
  }

  url(name: Name): string {
    return `http://127.0.0.1:${this.ports[name]}`;
  }

  get(name: Name): RunningMonitor {
    return this.running[name] as RunningMonitor;
  }

  /** What its monitor.yml is. */
  configuration(name: Name): object {
    const { redis, peerUrls = {}, replicas = { a: 'a', b: 'b' }, lease, hasShippedRules } = this.#options;
    const { serviceUrl, moreServices } = this.#options;
    const embedded = { config_file: join(this.#folder, 'alertmanager.yml') };
    const other = name === 'a' ? 'b' : 'a';
    const host = typeof redis === 'object' ? redis[name] : redis;
    return {
      scan: { intervals: { critical: '500ms', other: '500ms' } },
      query: { scrape_interval: '500ms' },
      host: { enabled: false },
      ...(hasShippedRules ? {} : { rule_files: [join(this.#folder, 'own.rules.yml')] }),
      alerting: this.#alertmanagers ? { alertmanagers: this.#alertmanagers } : embedded,
      services: {
        ...Object.fromEntries(
          this.services.map(({ url }, i) => [
            `s${i}`,
            {
              url: serviceUrl?.(name, i) ?? `${url}/`,
              critical: true,
              timeout: '3s',
              confirm: { failures: 1, successes: 1 },
            },
          ]),
        ),
        ...moreServices,
      },
      ha: {
        replica: replicas[name],
        peers: [peerUrls[name] ?? this.url(other)],
        ...(host || lease ? { lease: lease ?? { redis: { host } } } : {}),
      },
    };
  }

  async start(...names: readonly Name[]): Promise<void> {
    await Promise.all(
      names.map(async name => {
        const { flags = [], ...rest } = this.#options.options?.[name] ?? {};
        const folder = join(this.#folder, name);
        const { mkdirSync } = await import('node:fs');
        mkdirSync(folder, { recursive: true });
        this.running[name] = await startMonitor(this.configuration(name), {
          folder,
          flags: [`--web.listen-address=127.0.0.1:${this.ports[name]}`, ...flags],
          ...rest,
        });
      }),
    );
  }

  writeConfiguration(name: Name): void {
    writeConfiguration(join(this.#folder, name), this.configuration(name));
  }

  /** Alerts go there. */
  alertmanagers(urls: readonly string[]): void {
    this.#alertmanagers = urls;
  }

  /** A service fails from now on, or answers. */
  set(service: number, isUp: boolean): void {
    (this.services[service] as Endpoint).behaviour = answers(isUp ? 200 : 500);
  }

  /** Messages about a service, in order. */
  about(service: number): Message['status'][] {
    return this.messages.filter(({ alert }) => alert === `s${service}`).map(({ status }) => status);
  }

  async lease(
    name: Name,
  ): Promise<{ state: string; holder: string | null; is_sending: boolean; status: string }> {
    const { ha } = await this.get(name).json<{ ha: { lease: never } }>('/health');
    return ha.lease;
  }

  async close(): Promise<void> {
    for (const monitor of Object.values(this.running)) await monitor?.[Symbol.asyncDispose]();
    for (const each of [...this.services, this.receiver]) await each?.close();
    removeFolder(this.#folder);
  }
}

/** A way over TCP that can be cut: nothing goes through, and no end of a connection is told to the other side. */
export class Cable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Leads to a port of 127.0.0.1. The caller must close it. */
  static async to(port: () => number): Promise<Cable> {
    const server = createServer();
    const cable = new Cable(server);
    server.on('connection', near => {
      if (cable.#isCut) return void cable.#hold(near);
      const far = connect(port(), '127.0.0.1');
      cable.#hold(near);
      cable.#hold(far);
      near.on('data', chunk => !cable.#isCut && far.write(chunk));
      far.on('data', chunk => !cable.#isCut && near.write(chunk));
      near.on('close', () => !cable.#isCut && far.destroy());
      far.on('close', () => !cable.#isCut && near.destroy());
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return cable;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** What was cut stays so; new connections go through. */
  mend(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
