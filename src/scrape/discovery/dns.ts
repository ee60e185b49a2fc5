// Targets that DNS records name. A name that has no records any more has no targets; while no name server answers, the last
// ones stay. Source: Prometheus, discovery/dns.

import type { RecordLookup } from '../../net/records.js';
import type { DnsDiscoveryConfig, TargetGroup } from '../config/definition.js';
import { ADDRESS } from '../config/target-groups.js';
import type { DiscoveryProvider, OnRefresh } from './provider.js';
import { Refresh } from './refresh.js';

export class DnsDiscovery implements DiscoveryProvider {
  readonly #config: DnsDiscoveryConfig;
  readonly #lookup: RecordLookup;
  readonly #onRefresh: OnRefresh;
  readonly #refresh: Refresh;
  /** By name, as it answered last. */
  readonly #groups = new Map<string, TargetGroup>();

  constructor(config: DnsDiscoveryConfig, lookup: RecordLookup, onRefresh: OnRefresh) {
    this.#config = config;
    this.#lookup = lookup;
    this.#onRefresh = onRefresh;
    this.#refresh = new Refresh(config.refreshInterval, signal => this.#askAll(signal));
  }

  close(): void {
    this.#refresh.close();
  }

  async #askAll(closed: AbortSignal): Promise<void> {
    const problems = await Promise.all(this.#config.names.map(name => this.#ask(name)));
    if (closed.aborted) return;
    const groups = this.#config.names.flatMap(name => this.#groups.get(name) ?? []);
    this.#onRefresh({ groups, problem: problems.find(each => each !== undefined) });
  }

  /** Why the name's targets could not be looked for; undefined when they could. */
  async #ask(name: string): Promise<string | undefined> {
    try {
      const targets = await this.#targets(name);
      // Answers are in turning order; the targets are the same.
      const sorted = targets.sort((a, b) => ((a[ADDRESS] ?? '') < (b[ADDRESS] ?? '') ? -1 : 1));
      this.#groups.set(name, { source: name, targets: sorted, labels: {} });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  async #targets(name: string): Promise<Record<string, string>[]> {
    const { type, port } = this.#config;
    const common = { __meta_dns_name: name };
    const at = (host: string, of = port) => ({ ...common, [ADDRESS]: hostPort(host, of) });
    switch (type) {
      case 'SRV':
        return (await this.#lookup.records(name, type)).map(record => ({
          ...at(record.name, record.port),
          __meta_dns_srv_record_target: rooted(record.name),
          __meta_dns_srv_record_port: String(record.port),
        }));
      case 'MX':
        return (await this.#lookup.records(name, type)).map(({ exchange }) => ({
          ...at(exchange),
          __meta_dns_mx_record_target: rooted(exchange),
        }));
      case 'NS':
        return (await this.#lookup.records(name, type)).map(server => ({
          ...at(server),
          __meta_dns_ns_record_target: rooted(server),
        }));
      default:
        return (await this.#lookup.records(name, type)).map(address => at(address));
    }
  }
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A name as it stands in a record. */
function rooted(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}
