// Passwords against bcrypt hashes. A hash costs a tenth of a second of a whole core on purpose; so answers are
// remembered, and a flood of guesses gets two cores' worth of it and no more. What waits, waits in turn: a client's
// crowd of guesses keeps no other client from being checked, and guesses for one user none for another. Clients that have
// guessed wrong wait behind those that have not: a flood from very many addresses holds a new client up once.
// Source: Prometheus' exporter-toolkit, web/handler.go and web/cache.go.

import { createHmac, randomBytes } from 'node:crypto';
import { HttpError } from '../http-error.js';
import { networkOf } from '../network.js';
import { FairQueue } from './fair-queue.js';

/** Hashes computed at once: half of Node's thread pool, the other half is for files and gzip. */
const AT_ONCE = 2;
/** Checks that may wait for their turn: one for every connection the server takes. */
const MAX_WAITING = 1024;
/** Answers remembered, good and bad ones each; a flood of bad ones must not push the good ones out. */
const REMEMBERED = 100;
/** Clients remembered that have guessed wrong, the latest ones. */
const MAX_FAILED = 10_000;
/** Bytes; bcrypt looks at the first 72 of a password, and what waits takes memory. */
const MAX_PASSWORD = 1024;

/** A user and password to check. */
interface Claim {
  readonly user: string;
  readonly password: Buffer;
  /** Where the request came from. */
  readonly address: string;
  /** Whether the client has gone, so that no work is done for it. */
  readonly isGone: () => boolean;
}

interface PendingCheck {
  readonly user: string;
  readonly password: Buffer;
  /** Of the first client. */
  readonly client: string;
  /** Of all requests that wait for this answer. */
  readonly gone: (() => boolean)[];
  readonly settle: (answer: boolean | HttpError) => void;
  readonly answer: Promise<boolean>;
}

/** Checks passwords of a fixed set of users. */
export class PasswordCheck {
  readonly #hashes: ReadonlyMap<string, string>;
  readonly #good = new Set<string>();
  readonly #bad = new Set<string>();
  /** Checks under way, so that a crowd with the same password costs one. */
  readonly #underWay = new Map<string, PendingCheck>();
  readonly #waiting = new FairQueue<PendingCheck>();
  /** The same for clients in {@link #failed}. */
  readonly #waitingLast = new FairQueue<PendingCheck>();
  readonly #failed = new Set<string>();
  readonly #secret = randomBytes(32);
  #running = 0;
  #turns = 0;

  /** @param hashes bcrypt hashes by user; at least one */
  constructor(hashes: ReadonlyMap<string, string>) {
    this.#hashes = hashes;
  }

  /** True when the password is the user's. @throws HttpError 503 when this client has too many checks waiting. */
  verify({ user, password, address, isGone }: Claim): boolean | Promise<boolean> {
    if (password.length > MAX_PASSWORD) return false;
    const key = this.#keyOf(user, password);
    if (this.#good.has(key)) return true;
    if (this.#bad.has(key)) return false;
    const running = this.#underWay.get(key);
    if (running) {
      running.gone.push(isGone);
      return running.answer;
    }
    const client = networkOf(address);
    const check = this.#makeCheck(key, { user, password, client }, isGone);
    if (this.#running < AT_ONCE) {
      this.#running++;
      void this.#run(check);
    } else {
      // Guessed names are one user: else each of them would get a turn of its own.
      const queue = this.#failed.has(client) ? this.#waitingLast : this.#waiting;
      queue.push(client, this.#hashes.has(user) ? `u${user}` : '', check);
      if (this.#waiting.length + this.#waitingLast.length > MAX_WAITING) this.#drop();
    }
    return check.answer;
  }

  /** Of those that have guessed wrong, unless all that waits is of others. */
  #drop(): void {
    const dropped = this.#waitingLast.dropFromLongest() ?? this.#waiting.dropFromLongest();
    dropped?.settle(tooMany());
  }

  #makeCheck(
    key: string,
    { user, password, client }: Pick<PendingCheck, 'user' | 'password' | 'client'>,
    isGone: () => boolean,
  ): PendingCheck {
    const { promise: answer, resolve, reject } = withResolvers();
    const settle = (result: boolean | HttpError) => {
      this.#underWay.delete(key);
      if (result instanceof HttpError) return reject(result);
      if (result) remember(this.#good, key, Math.max(REMEMBERED, this.#hashes.size));
      else remember(this.#bad, key, REMEMBERED);
      if (result) this.#failed.delete(client);
      else remember(this.#failed, client, MAX_FAILED);
      resolve(result);
    };
    const check = { user, password, client, gone: [isGone], settle, answer };
    this.#underWay.set(key, check);
    return check;
  }

  /** What stands for a user and password in memory: keyed, so that neither its text nor its timing reveals them. */
  #keyOf(user: string, password: Buffer): string {
    const name = Buffer.from(user);
    return createHmac('sha256', this.#secret)
      .update(`${name.length}:`)
      .update(name)
      .update(password)
      .digest('base64');
  }

  /** Answers one check after the other until none waits. */
  async #run(first: PendingCheck): Promise<void> {
    for (let check: PendingCheck | undefined = first; check; check = this.#next()) {
      if (check.gone.every(isGone => isGone())) check.settle(tooMany());
      else check.settle(await this.#compare(check));
    }
    this.#running--;
  }

  #next(): PendingCheck | undefined {
    // Not for ever behind clients that are new each time.
    const [one, other] =
      ++this.#turns % 4 === 0 ? [this.#waitingLast, this.#waiting] : [this.#waiting, this.#waitingLast];
    return one.shift() ?? other.shift();
  }

  async #compare({ user, password }: PendingCheck): Promise<boolean | HttpError> {
    try {
      const { default: bcrypt } = await import('bcrypt');
      const hash = this.#hashes.get(user);
      // An unknown user takes as long as a known one, so that the time does not reveal which users exist.
      const good = await bcrypt.compare(password, hash ?? (this.#hashes.values().next().value as string));
      return good && hash !== undefined;
    } catch (error) {
      return new HttpError(500, `the password could not be checked: ${(error as Error).message}`);
    }
  }
}

function tooMany(): HttpError {
  return new HttpError(503, 'too many passwords are being checked; try again', { 'retry-after': '1' });
}

function withResolvers() {
  let resolve: (good: boolean) => void = () => {};
  let reject: (error: HttpError) => void = () => {};
  const promise = new Promise<boolean>((...both) => {
    [resolve, reject] = both;
  });
  // The caller has the promise too; without this a client that has gone would leave an unhandled rejection.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

function remember(known: Set<string>, key: string, most: number): void {
  known.delete(key);
  known.add(key);
  for (const oldest of known) {
    if (known.size <= most) break;
    known.delete(oldest);
  }
}
