// Passwords against bcrypt hashes. A hash costs a tenth of a second of a whole core on purpose; so answers are
// remembered, and a flood of guesses gets two cores' worth of it and no more.

import { createHmac, randomBytes } from 'node:crypto';
import { HttpError } from '../route.js';

/** Hashes computed at once: half of Node's thread pool, the other half is for files and gzip. */
const AT_ONCE = 2;
/** Checks that may wait for their turn. */
const MAX_WAITING = 32;
/** Answers remembered, good and bad ones each; a flood of bad ones must not push the good ones out. */
const REMEMBERED = 100;

/** Checks passwords of a fixed set of users. */
export class PasswordCheck {
  readonly #hashes: ReadonlyMap<string, string>;
  readonly #good = new Set<string>();
  readonly #bad = new Set<string>();
  /** Checks under way, so that a crowd with the same password costs one. */
  readonly #asked = new Map<string, Promise<boolean>>();
  readonly #waiting: (() => void)[] = [];
  readonly #secret = randomBytes(32);
  #running = 0;

  /** @param hashes bcrypt hashes by user; at least one */
  constructor(hashes: ReadonlyMap<string, string>) {
    this.#hashes = hashes;
  }

  /** True when the password is the user's. @throws HttpError 503 when too many checks wait already. */
  verify(user: string, password: Buffer): boolean | Promise<boolean> {
    const key = this.#keyOf(user, password);
    if (this.#good.has(key)) return true;
    if (this.#bad.has(key)) return false;
    const asked = this.#asked.get(key);
    if (asked) return asked;
    if (this.#waiting.length >= MAX_WAITING) {
      throw new HttpError(503, 'too many passwords are being checked; try again', { 'retry-after': '1' });
    }
    const answer = this.#compute(user, password)
      .then(good => {
        remember(good ? this.#good : this.#bad, key);
        return good;
      })
      .finally(() => this.#asked.delete(key));
    this.#asked.set(key, answer);
    return answer;
  }

  /** What stands for a user and password in memory: keyed, so that neither its text nor its timing tells of them. */
  #keyOf(user: string, password: Buffer): string {
    const name = Buffer.from(user);
    return createHmac('sha256', this.#secret)
      .update(`${name.length}:`)
      .update(name)
      .update(password)
      .digest('base64');
  }

  async #compute(user: string, password: Buffer): Promise<boolean> {
    await this.#turn();
    try {
      const { default: bcrypt } = await import('bcrypt');
      const hash = this.#hashes.get(user);
      // Somebody unknown takes as long as somebody known, so that time does not tell who there is.
      const good = await bcrypt.compare(password, hash ?? (this.#hashes.values().next().value as string));
      return good && hash !== undefined;
    } finally {
      // A turn is handed on, never free in between: else a newcomer would take it beside the one who waited.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  #turn(): Promise<void> | undefined {
    if (this.#running >= AT_ONCE) return new Promise(resolve => this.#waiting.push(resolve));
    this.#running++;
    return undefined;
  }
}

function remember(known: Set<string>, key: string): void {
  known.add(key);
  for (const oldest of known) {
    if (known.size <= REMEMBERED) break;
    known.delete(oldest);
  }
}
