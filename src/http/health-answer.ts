// The bytes of /cluster_health. Ten thousand services are megabytes: they are written no more often than a part of the time allows,
// compressed where the client takes that, and while clients ask again and again the next answer is made before they do.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Millis } from '../model/time.js';
import type { ApiContext } from './context.js';

/** Bytes from which an answer is compressed; fewer are not worth it. */
const MIN_COMPRESSED = 16 * 1024;
/** Fast, and little worse: the services' parts are much alike. */
const LEVEL = 1;
/** Bytes from which an answer is given again for {@link REUSE_FACTOR} times what it took to write. */
const LARGE = 256 * 1024;
const REUSE_FACTOR = 4;
/** Bytes from which it is made ahead: a client would wait for a tenth of a second, on a busy machine for a whole one. */
const VERY_LARGE = 1024 * 1024;
/** Between two of those, if they do not take longer. */
const AHEAD_INTERVAL: Millis = 1000;
/** They are made for as long as there was a request within this. */
const ASKED_WITHIN: Millis = 10_000;

export type HealthContext = Pick<ApiContext, 'clock' | 'cluster' | 'health'>;

export interface HealthAnswer {
  readonly version: number;
  /** Of the monotonic clock. */
  readonly second: number;
  readonly bytes: Buffer;
  /** The bytes of a small one, one a character: Node writes a string together with the headers, and bytes beside them. */
  text?: string;
  /** Until when it may be given though something has changed, by `performance.now()`. */
  readonly reusableUntil: Millis;
  zipped?: Promise<Buffer>;
}

/** One that was made ahead. */
interface AheadAnswer {
  readonly answer: HealthAnswer;
  readonly zipped: Buffer;
  /** Until when it is given, by `performance.now()`. */
  readonly until: Millis;
}

/** Whether it is compressed where the client takes that. */
export function isCompressible({ length }: Buffer): boolean {
  return length >= MIN_COMPRESSED;
}

const compress = promisify(gzip);
const all = new WeakMap<ApiContext['health'], HealthAnswers>();

/** The answers of one monitor. */
export function healthAnswers(context: HealthContext): HealthAnswers {
  const known = all.get(context.health);
  if (known) return known;
  const answers = new HealthAnswers(context);
  all.set(context.health, answers);
  return answers;
}

export class HealthAnswers {
  readonly #context: HealthContext;
  #last: HealthAnswer | undefined;
  #ahead: AheadAnswer | undefined;
  #askedAt: Millis = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: HealthContext) {
    this.#context = context;
  }

  /**
   * Rebuilt when something has changed, and every second for the sake of its clock.
   * @param isExact nothing may have changed since; otherwise a large one may be some milliseconds old
   */
  current(isExact = false): HealthAnswer {
    const { clock, cluster, health } = this.#context;
    const elapsed = clock.elapsed();
    const second = Math.floor(elapsed / 1000);
    const { version } = cluster;
    const known = this.#last;
    const begin = performance.now();
    if (known?.version === version && known.second === second) return known;
    if (known && !isExact && begin < known.reusableUntil) return known;
    const bytes = Buffer.from(health.write(clock.now(), elapsed));
    const end = performance.now();
    const reusableUntil = bytes.length < LARGE ? 0 : end + REUSE_FACTOR * (end - begin);
    const answer = { version, second, bytes, reusableUntil };
    this.#last = answer;
    return answer;
  }

  /**
   * A small one as a string with a character for each byte (`latin1`); undefined for one that is large enough to be compressed.
   */
  small(): string | undefined {
    // One that was very large is not written to see whether it still is.
    if (this.#last && this.#last.bytes.length >= VERY_LARGE) return undefined;
    const answer = this.current();
    if (isCompressible(answer.bytes)) return undefined;
    answer.text ??= answer.bytes.toString('latin1');
    return answer.text;
  }

  /** For a client that takes what is known, which may be a second or two old in a very large cluster. */
  async latest(isZipped: boolean): Promise<{ bytes: Buffer; isZipped: boolean }> {
    const now = performance.now();
    this.#askedAt = now;
    const ahead = this.#ahead;
    if (ahead && now < ahead.until) return { bytes: isZipped ? ahead.zipped : ahead.answer.bytes, isZipped };
    const answer = this.current();
    if (answer.bytes.length >= VERY_LARGE && !this.#timer) this.#plan(AHEAD_INTERVAL);
    return await this.bytesOf(answer, isZipped);
  }

  /** @param isZipped whether the client takes that */
  async bytesOf(answer: HealthAnswer, isZipped: boolean): Promise<{ bytes: Buffer; isZipped: boolean }> {
    const { bytes } = answer;
    if (!isZipped || !isCompressible(bytes)) return { bytes, isZipped: false };
    answer.zipped ??= compress(bytes, { level: LEVEL });
    return { bytes: await answer.zipped, isZipped: true };
  }

  #plan(wait: Millis): void {
    this.#timer = setTimeout(() => void this.#make(), wait).unref();
  }

  async #make(): Promise<void> {
    const begun = performance.now();
    this.#timer = undefined;
    try {
      if (begun - this.#askedAt > ASKED_WITHIN) return;
      const answer = this.current();
      if (answer.bytes.length < VERY_LARGE) return;
      const interval = Math.max(AHEAD_INTERVAL, REUSE_FACTOR * (performance.now() - begun));
      const { bytes: zipped } = await this.bytesOf(answer, true);
      this.#ahead = { answer, zipped, until: performance.now() + 2 * interval };
      this.#plan(interval);
    } catch {
      // The next client gets the reason.
    }
  }
}
