// Questions to the name servers of resolv.conf, over sockets of this thread: a server that keeps silent holds up no
// other lookup. Search domains and ndots are honoured as the C library does.

import type { Millis } from '../model/time.js';
import type { Family } from './address.js';
import { DnsError } from './error.js';
import {
  CANCELLED,
  type DnsAnswer,
  type DnsOutcome,
  TIMED_OUT,
  UdpChannels,
} from './name-server-channels.js';
import { NO_ADDRESS, NO_NAME, ServerRotation } from './name-server-turns.js';
import type { RereadFile } from './reread-file.js';
import { candidatesOf, type ResolvConf } from './resolv-conf.js';

interface NameQuery {
  readonly families: readonly Family[];
  /** How long the other family is waited for once one has an address. Source: RFC 8305, 3 (Resolution Delay). */
  readonly grace: Millis;
  /** The other family's answer came after all. */
  readonly onLate: (found: DnsAnswer) => void;
}

/**
 * How long IPv4's answer is waited for once IPv6's says that there is no such name: some name servers, of load balancers
 * above all, say so of every name that has no IPv6 address. Source: RFC 4074, 4.2.
 */
const NO_NAME_GRACE: Millis = 1000;

/** Asks the name servers. */
export class NameServers {
  readonly #file: RereadFile<ResolvConf>;
  readonly #channels = new UdpChannels();
  readonly #turns = new ServerRotation(this.#channels);
  #conf: ResolvConf | undefined;

  constructor(file: RereadFile<ResolvConf>) {
    this.#file = file;
  }

  /** The addresses of the first of a name's candidates that has any. @throws DnsError */
  async addressesOf(name: string, query: NameQuery): Promise<DnsAnswer> {
    const conf = this.#file.value;
    let failure: DnsError | undefined;
    for (const candidate of candidatesOf(name, conf)) {
      try {
        return await this.#ask(candidate, name, query);
      } catch (error) {
        const problem = error as DnsError & { isSilence?: boolean };
        // A server that cannot answer for one domain may for the next; silence would be the same again.
        if (problem.problem === 'no-answer') failure ??= problem;
        else failure = failure?.problem === 'no-answer' ? failure : problem;
        if (problem.isSilence) throw problem;
      }
    }
    throw failure ?? new DnsError('not-found', `no such name ${name}`);
  }

  /** Ends the questions under way, which keep the process from ending; they have no answer. */
  cancel(): void {
    this.#channels.cancel();
  }

  async #ask(candidate: string, name: string, { families, grace, onLate }: NameQuery): Promise<DnsAnswer> {
    const conf = this.#current();
    const queries = families.map(family => this.#turns.query(candidate, family, conf));
    const outcomes = await firstUseful(queries, grace, onLate);
    const found = outcomes.filter(outcome => 'addresses' in outcome);
    if (found.length > 0) return merge(found);
    throw this.#failure(
      name,
      outcomes.flatMap(outcome => ('code' in outcome ? outcome.code : [])),
    );
  }

  #failure(name: string, codes: readonly string[]): DnsError {
    if (codes.includes(NO_NAME)) return new DnsError('not-found', `no such name ${name}`);
    const failed = codes.find(code => !NO_ADDRESS.has(code));
    if (failed === undefined) return new DnsError('not-found', `no address for ${name}`);
    if (failed === TIMED_OUT || failed === CANCELLED)
      return Object.assign(DnsError.noAnswer(name), { isSilence: true });
    if (failed === 'ECONNREFUSED') {
      // A question or, for an answer too long for it, the connection behind it.
      const detail = `the name server of ${this.#file.path} refuses connections`;
      return Object.assign(DnsError.noAnswer(name, detail), { isSilence: true });
    }
    return DnsError.noAnswer(name, `the name server says ${failed.replace(/^E/, '')}`);
  }

  /** What resolv.conf says now; questions under way go on with the servers they were begun with. */
  #current(): ResolvConf {
    const conf = this.#file.value;
    if (conf !== this.#conf) this.#channels.reset();
    this.#conf = conf;
    return conf;
  }
}

/** All outcomes, or those there are a moment after the first that has addresses, or once there is no such name. */
function firstUseful(
  queries: readonly Promise<DnsOutcome>[],
  grace: Millis,
  onLate: (found: DnsAnswer) => void,
): Promise<DnsOutcome[]> {
  return new Promise(resolve => {
    const outcomes: DnsOutcome[] = [];
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const end = () => {
      isOver = true;
      clearTimeout(timer);
      resolve([...outcomes]);
    };
    const add = (outcome: DnsOutcome) => {
      if (isOver) {
        if ('addresses' in outcome) onLate(outcome);
        return;
      }
      outcomes.push(outcome);
      const isUnknown = 'code' in outcome && outcome.code === NO_NAME;
      if (outcomes.length === queries.length || (isUnknown && outcome.family === 4)) return end();
      if (!isUnknown && !('addresses' in outcome)) return;
      clearTimeout(timer);
      timer = setTimeout(end, isUnknown ? NO_NAME_GRACE : grace);
    };
    for (const each of queries) void each.then(add);
  });
}

/** One answer of two: the shorter TTL holds for both. */
export function merge(found: readonly DnsAnswer[]): DnsAnswer {
  return {
    addresses: found.flatMap(({ addresses }) => addresses),
    ttl: Math.min(...found.map(({ ttl }) => ttl)),
  };
}
