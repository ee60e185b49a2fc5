// Questions to one name server each, over sockets of this thread. The DNS library (c-ares) measures how fast a server
// answers and soon gives up after a second, which names it has to look up far away need longer than. So a channel is
// used for new questions only until its first answer; those under way keep it.

import { promises as dns } from 'node:dns';
import type { Millis } from '../model/time.js';
import type { Address, Family } from './address.js';

/** What name servers know of a name. */
export interface DnsAnswer {
  readonly addresses: readonly Address[];
  /** How long it holds, by the answers' least TTL. */
  readonly ttl: Millis;
}

/** One family's answer: addresses, or the DNS library's code of why there are none. */
export type DnsOutcome = (DnsAnswer | { readonly code: string }) & { readonly family: Family };

export const TIMED_OUT = 'ETIMEOUT';
export const CANCELLED = 'ECANCELLED';

/** The sockets that questions go out on. */
export class UdpChannels {
  /** Channels that have had no answer yet, by server and patience. */
  readonly #unused = new Map<string, dns.Resolver>();
  /** Questions under way on each channel. */
  readonly #running = new Map<dns.Resolver, number>();

  /**
   * Asks once.
   * @param server as resolv.conf has it; undefined: those the DNS library finds itself
   * @param timeout how long the answer is waited for; the DNS library waits for 5 s at most
   */
  async query(
    server: string | undefined,
    name: string,
    family: Family,
    timeout: Millis,
  ): Promise<DnsOutcome> {
    const key = `${server} ${timeout}`;
    const channel = this.#unused.get(key) ?? open(server, timeout);
    this.#unused.set(key, channel);
    this.#running.set(channel, (this.#running.get(channel) ?? 0) + 1);
    const outcome = await query(channel, name, family);
    const left = (this.#running.get(channel) ?? 1) - 1;
    if (left > 0) this.#running.set(channel, left);
    else this.#running.delete(channel);
    const isAnswer = 'addresses' in outcome || outcome.code !== TIMED_OUT;
    if (isAnswer && this.#unused.get(key) === channel) this.#unused.delete(key);
    return outcome;
  }

  /** Ends the questions under way; their outcome is {@link CANCELLED}. */
  cancel(): void {
    for (const channel of this.#running.keys()) channel.cancel();
  }

  /** The next questions open channels of their own: for other servers than before. */
  reset(): void {
    this.#unused.clear();
  }
}

function open(server: string | undefined, timeout: Millis): dns.Resolver {
  const channel = new dns.Resolver({ timeout: Math.max(1, Math.round(timeout)), tries: 1 });
  if (server !== undefined) channel.setServers([server]);
  return channel;
}

async function query(channel: dns.Resolver, name: string, family: Family): Promise<DnsOutcome> {
  try {
    const records = await (family === 4
      ? channel.resolve4(name, { ttl: true })
      : channel.resolve6(name, { ttl: true }));
    return {
      family,
      addresses: records.map(({ address }) => ({ address, family })),
      ttl: Math.min(...records.map(({ ttl }) => ttl)) * 1000,
    };
  } catch (error) {
    return { family, code: (error as NodeJS.ErrnoException).code ?? 'EBADRESP' };
  }
}
