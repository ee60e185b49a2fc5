// The system's own lookup, getaddrinfo, for names that only it knows: mDNS, machines, whatever a module of the name
// service switch adds. It blocks one of the few threads the process has for such things and cannot be called off, so
// one thread of ours never has more than one under way.

import { lookup } from 'node:dns/promises';
import type { Millis } from '../model/time.js';
import type { Address, Family } from './address.js';
import { DnsError } from './error.js';

/** A lookup that could not begin within this span has failed. */
const LONGEST_QUEUE: Millis = 20_000;

/** How a name is looked up; another one in tests. */
export type SystemCall = (name: string) => Promise<readonly Address[]>;

const getaddrinfo: SystemCall = async name => {
  const found = await lookup(name, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family as Family }));
};

/** Looks names up one after the other. */
export class SystemLookup {
  readonly #call: SystemCall;
  readonly #waiting: { readonly begin: () => void }[] = [];
  #busy = false;

  constructor(call: SystemCall = getaddrinfo) {
    this.#call = call;
  }

  /** @throws DnsError */
  async addressesOf(name: string): Promise<readonly Address[]> {
    if (this.#busy) await this.#turn(name);
    this.#busy = true;
    try {
      return await this.#call(name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTFOUND') throw new DnsError('not-found', `no such name ${name}`);
      throw DnsError.noAnswer(name);
    } finally {
      this.#busy = false;
      this.#waiting.shift()?.begin();
    }
  }

  #turn(name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(DnsError.noAnswer(name));
      }, LONGEST_QUEUE);
      const turn = {
        begin: () => {
          clearTimeout(late);
          // Taken at once, so that no other call gets in between.
          this.#busy = true;
          resolve();
        },
      };
      this.#waiting.push(turn);
    });
  }
}
