// The other monitors. Comes in: their addresses; goes out: what each of them sees of each service, or why it does not answer.

import { formatDuration } from '../model/duration.js';
import type { Clock, Millis } from '../model/time.js';
import { fetchReplica } from './fetch-replica.js';
import type { Identity, PeerAddress, ReplicaAnswer } from './settings.js';

/** Time between two questions to a peer. */
const INTERVAL: Millis = 2000;
/** An older answer says nothing of the services any more. */
const ANSWER_TTL: Millis = 10_000;
/** An older answer says nothing of the lease any more. */
const LEASE_TTL: Millis = 4000;

export interface PeerState {
  readonly url: string;
  /** Whether it answered the last question. */
  readonly isUp: boolean;
  /** Its last answer, unless that is too old; undefined of a peer that is this monitor itself. */
  readonly answer: ReplicaAnswer | undefined;
  /** What is wrong with it, one line; undefined while nothing is. */
  readonly problem: string | undefined;
  /** It has the name of this monitor. */
  readonly isConflict: boolean;
}

interface PeersOptions {
  readonly peers: readonly PeerAddress[];
  readonly self: Identity;
  readonly clock: Clock;
  /** An answer or a failure came. */
  readonly onAnswer: () => void;
  readonly log: (level: 'info' | 'warn', message: string, fields: Record<string, unknown>) => void;
}

/** Asks all peers, again and again. The caller must close it. */
export class Peers {
  readonly #loops: readonly PeerLoop[];

  constructor({ peers, ...rest }: PeersOptions) {
    this.#loops = peers.map(address => new PeerLoop(address, rest));
  }

  get states(): PeerState[] {
    return this.#loops.map(loop => loop.state);
  }

  /** Whether a peer said just now that it holds the lease. */
  get isLeaseHeld(): boolean {
    return this.#loops.some(loop => loop.holdsLease);
  }

  close(): void {
    for (const loop of this.#loops) loop.close();
  }
}

class PeerLoop {
  readonly #address: PeerAddress;
  readonly #options: Omit<PeersOptions, 'peers'>;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #last: { readonly answer: ReplicaAnswer; readonly at: Millis } | undefined;
  #failure: string | undefined;
  #logged: string | undefined;
  #hasBeenAsked = false;

  constructor(address: PeerAddress, options: Omit<PeersOptions, 'peers'>) {
    this.#address = address;
    this.#options = options;
    void this.#ask();
  }

  get state(): PeerState {
    const { url } = this.#address;
    const answer = this.#answerWithin(ANSWER_TTL);
    const isUp = this.#hasBeenAsked && this.#failure === undefined;
    const isItself = answer?.id === this.#options.self.id;
    const isConflict = !isItself && answer?.replica === this.#options.self.replica;
    const problem = this.#failure ?? (answer && this.#problemOf(answer));
    return { url, isUp, answer: isItself ? undefined : answer, problem, isConflict };
  }

  get holdsLease(): boolean {
    const answer = this.#answerWithin(LEASE_TTL);
    return answer?.lease === 'held' && answer.id !== this.#options.self.id;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  #answerWithin(age: Millis): ReplicaAnswer | undefined {
    const last = this.#last;
    return last && this.#options.clock.elapsed() - last.at <= age ? last.answer : undefined;
  }

  #problemOf({ id, replica, version }: ReplicaAnswer): string | undefined {
    const { self } = this.#options;
    if (id === self.id) return 'is this monitor itself; take it out of ha.peers';
    if (replica === self.replica)
      return `calls itself "${replica}" too; give each monitor a ha.replica of its own`;
    if (version !== self.version)
      return `runs version ${version}, this monitor ${self.version}; update the older one`;
    return undefined;
  }

  async #ask(): Promise<void> {
    const { clock, onAnswer } = this.#options;
    const begun = clock.elapsed();
    const late = AbortSignal.timeout(this.#address.timeout);
    try {
      const answer = await fetchReplica(this.#address, AbortSignal.any([late, this.#stop.signal]));
      this.#last = { answer, at: begun };
      this.#failure = undefined;
    } catch (error) {
      this.#failure = late.aborted
        ? `no answer within ${formatDuration(this.#address.timeout)} (timeout)`
        : (error as Error).message;
    }
    if (this.#stop.signal.aborted) return;
    this.#hasBeenAsked = true;
    this.#logChange();
    onAnswer();
    const wait = Math.max(0, begun + INTERVAL - clock.elapsed());
    this.#timer = setTimeout(() => void this.#ask(), wait);
    this.#timer.unref();
  }

  #logChange(): void {
    const { problem } = this.state;
    if (problem === this.#logged) return;
    this.#logged = problem;
    const peer = this.#address.url;
    const { log } = this.#options;
    if (problem === undefined) log('info', 'Peer answers', { peer });
    else
      log('warn', this.#failure ? 'Peer does not answer' : 'Peer is not configured right', {
        peer,
        err: problem,
      });
  }
}
