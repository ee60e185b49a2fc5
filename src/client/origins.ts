// The monitors that can be asked. Comes in: how each is reached; goes out: an answer of one of them, the last one that answered first.

import { type Answer, isAnswer } from './answers.js';
import { type ClientConfig, fetchJson } from './fetch-json.js';
import { later } from './pause.js';
import type { ShapeCheck } from './shape.js';

/** Milliseconds after which another monitor is asked, too. */
const PATIENCE = 3000;

/** At least one; which of them is used first is common to all that use this object. */
export class Origins {
  readonly #configs: readonly ClientConfig[];
  #current = 0;

  constructor(configs: readonly ClientConfig[]) {
    this.#configs = configs;
  }

  get current(): ClientConfig {
    return this.#configs[this.#current] as ClientConfig;
  }

  get count(): number {
    return this.#configs.length;
  }

  /** All, the one in use first. */
  inOrder(): readonly ClientConfig[] {
    return [...this.#configs.slice(this.#current), ...this.#configs.slice(0, this.#current)];
  }

  /** This one answered. */
  use({ url }: ClientConfig): void {
    this.#current = Math.max(
      0,
      this.#configs.findIndex(each => each.url === url),
    );
  }

  /** This one does not answer: the next is used, unless another one is already. */
  leave(config: ClientConfig): void {
    if (this.current.url === config.url) this.#current = (this.#current + 1) % this.#configs.length;
  }

  /**
   * GET of a path, see {@link fetchJson}: of the one in use; of the next when it fails, and beside it when it is slow.
   * @param change what is different for this question
   */
  ask<T>(
    path: string,
    problemOf: ShapeCheck,
    signal?: AbortSignal,
    change: (config: ClientConfig) => ClientConfig = config => config,
  ): Promise<Answer<T>> {
    const configs = this.inOrder().map(change);
    if (configs.length === 1) return fetchJson<T>(configs[0] as ClientConfig, path, problemOf, signal);
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const stop = () => over.abort(signal?.reason);
      let [asked, failed] = [0, 0];
      let failure: Answer<T> | undefined;
      let cancel = () => {};
      const end = (finish: () => void) => {
        cancel();
        signal?.removeEventListener('abort', stop);
        finish();
        over.abort();
      };
      const next = () => {
        cancel();
        const config = configs[asked];
        if (!config) return;
        asked++;
        cancel = later(PATIENCE, next);
        fetchJson<T>(config, path, problemOf, over.signal).then(
          answer => {
            if (isAnswer(answer)) {
              this.use(config);
              return end(() => resolve(answer));
            }
            failure ??= answer;
            if (++failed === configs.length) return end(() => resolve(failure as Answer<T>));
            return next();
          },
          error => end(() => reject(signal?.aborted ? signal.reason : error)),
        );
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', stop);
      next();
    });
  }
}
