// The system's own lookup, getaddrinfo, for names that only it knows: mDNS, machines, whatever a module of the name
// service switch adds. It blocks one of the few threads the process has for such things and cannot be called off, so
// one thread of ours never has more than one under way.

import { lookup } from 'node:dns/promises';
import { Semaphore } from '../concurrency/semaphore.js';
import type { Millis } from '../model/time.js';
import type { Address, Family } from './address.js';
import { DnsError } from './error.js';

/** A lookup that could not begin within this span has failed. */
const MAX_QUEUE: Millis = 20_000;

/** How a name is looked up; another one in tests. */
export type SystemCall = (name: string) => Promise<readonly Address[]>;

const getaddrinfo: SystemCall = async name => {
  const found = await lookup(name, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family as Family }));
};

/** Looks names up one after the other. */
export class SystemLookup {
  readonly #call: SystemCall;
  readonly #oneAtATime = new Semaphore(1);

  constructor(call: SystemCall = getaddrinfo) {
    this.#call = call;
  }

  /** @throws DnsError */
  async addressesOf(name: string): Promise<readonly Address[]> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(DnsError.noAnswer(name)), MAX_QUEUE);
    try {
      return await this.#oneAtATime.run(late.signal, () => {
        clearTimeout(timer);
        return this.#lookup(name);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async #lookup(name: string): Promise<readonly Address[]> {
    try {
      return await this.#call(name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTFOUND') throw new DnsError('not-found', `no such name ${name}`);
      throw DnsError.noAnswer(name);
    }
  }
}
