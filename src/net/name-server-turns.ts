// How one question goes round the name servers: the next is asked when one has failed or kept silent for a while, and
// an earlier one's answer still counts when it comes after all. Source: resolv.conf(5), nameserver and attempts.

import type { Family } from './address.js';
import { CANCELLED, type DnsOutcome, TIMED_OUT, type UdpChannels } from './name-server-channels.js';
import type { ResolvConf } from './resolv-conf.js';

/** The name does not exist, for no family. */
export const NO_NAME = 'ENOTFOUND';
/** The server answered that there is no address, or that it is no name it can have. */
export const NO_ADDRESS: ReadonlySet<string> = new Set([NO_NAME, 'ENODATA', 'EBADNAME']);

type Server = string | undefined;

/** Asks name servers in turn, and remembers which of them kept silent. */
export class ServerRotation {
  readonly #channels: UdpChannels;
  readonly #silent = new Set<Server>();

  constructor(channels: UdpChannels) {
    this.#channels = channels;
  }

  /** The first answer of any server; without one, why there is none. */
  query(name: string, family: Family, conf: ResolvConf): Promise<DnsOutcome> {
    const servers: readonly Server[] = conf.servers.length > 0 ? conf.servers : [undefined];
    const turns = Array.from({ length: conf.attempts }, () => servers).flat();
    const ends = performance.now() + conf.totalTimeout * servers.length;
    return new Promise(resolve => {
      const failed = new Set<Server>();
      let failure: DnsOutcome | undefined;
      let running = 0;
      let isOver = false;
      let timer: NodeJS.Timeout | undefined;
      const end = (outcome: DnsOutcome) => {
        isOver = true;
        clearTimeout(timer);
        resolve(outcome);
      };
      const take = (server: Server, outcome: DnsOutcome) => {
        running--;
        const code = 'code' in outcome ? outcome.code : undefined;
        if (code === TIMED_OUT) this.#silent.add(server);
        else if (code !== CANCELLED) this.#silent.delete(server);
        if (isOver) return;
        if (code === undefined || code === CANCELLED || NO_ADDRESS.has(code)) return end(outcome);
        if (code !== TIMED_OUT) {
          failed.add(server);
          failure ??= outcome;
        }
        next();
      };
      const next = () => {
        clearTimeout(timer);
        while (turns.length > 0 && failed.has(turns[0])) turns.shift();
        const left = ends - performance.now();
        if (turns.length === 0 || left <= 0) {
          if (running === 0) end(failure ?? { family, code: TIMED_OUT });
          return;
        }
        const server = turns.shift();
        running++;
        void this.#channels.query(server, name, family, patienceOf(left)).then(each => take(server, each));
        // A server that kept silent before is asked beside the next one, so that it costs no time and can come back.
        const isSuspect = this.#silent.has(server) && turns.length > 0 && turns[0] !== server;
        timer = setTimeout(next, isSuspect ? 0 : conf.timeout);
      };
      next();
    });
  }
}

/** Whole seconds, so that questions share channels. */
function patienceOf(left: number): number {
  return Math.min(5000, Math.ceil(left / 1000) * 1000);
}
