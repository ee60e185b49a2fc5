// DNS records of any type, from the name servers of resolv.conf. Names are looked up in the search domains as addresses
// are; /etc/hosts has no records.

import { promises as dns, type MxRecord, type SrvRecord } from 'node:dns';
import { hostname } from 'node:os';
import { DnsError } from './error.js';
import { NO_ADDRESS } from './name-server-turns.js';
import { RereadFile } from './reread-file.js';
import { candidatesOf, parseResolvConf, type ResolvConf } from './resolv-conf.js';

/** What each type's records are. */
export interface RecordsOfType {
  readonly A: string;
  readonly AAAA: string;
  readonly NS: string;
  readonly MX: MxRecord;
  readonly SRV: SrvRecord;
}

/** Looks records up. */
export class RecordLookup {
  readonly #file: RereadFile<ResolvConf>;
  readonly #running = new Set<dns.Resolver>();

  constructor(resolvConf = '/etc/resolv.conf') {
    const environment = { hostname: hostname(), env: process.env };
    this.#file = new RereadFile(resolvConf, text => parseResolvConf(text, environment));
  }

  /**
   * The records of the first of a name's candidates that has any; none when name servers say of all candidates that
   * there are none. @throws DnsError when one could not be asked
   */
  async records<Type extends keyof RecordsOfType>(name: string, type: Type): Promise<RecordsOfType[Type][]> {
    const conf = this.#file.value;
    let failure: DnsError | undefined;
    for (const candidate of candidatesOf(name, conf)) {
      try {
        return (await this.#ask(conf, candidate, type)) as RecordsOfType[Type][];
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'EBADRESP';
        if (!NO_ADDRESS.has(code)) failure ??= failureOf(name, code);
      }
    }
    if (failure) throw failure;
    return [];
  }

  /** Ends the questions under way; they fail. */
  cancel(): void {
    for (const resolver of this.#running) resolver.cancel();
  }

  async #ask(conf: ResolvConf, name: string, type: keyof RecordsOfType): Promise<unknown> {
    const resolver = new dns.Resolver({ timeout: conf.timeout, tries: conf.attempts });
    if (conf.servers.length > 0) resolver.setServers(conf.servers);
    this.#running.add(resolver);
    try {
      return await resolver.resolve(name, type);
    } finally {
      this.#running.delete(resolver);
    }
  }
}

function failureOf(name: string, code: string): DnsError {
  if (code === 'ETIMEOUT' || code === 'ECANCELLED') return DnsError.noAnswer(name);
  if (code === 'ECONNREFUSED') return DnsError.noAnswer(name, 'the name server refuses connections');
  return DnsError.noAnswer(name, `the name server says ${code.replace(/^E/, '')}`);
}
