// How fast a service's models answered last, for the `health` object of its next checks.

import type { InferenceMeasurement } from '../../model/inference.js';

export class LastSpeed {
  readonly #last = new Map<string, InferenceMeasurement>();

  /** Runs a question to a model; what is known of it is what came of this one. @throws what the question throws */
  async note<T extends InferenceMeasurement>(model: string, question: Promise<T>): Promise<T> {
    this.#last.delete(model);
    const measured = await question;
    this.#last.set(model, measured);
    return measured;
  }

  /** Of the fastest model: seconds to the first token, and tokens per second; undefined while none has answered. */
  get details(): Record<string, number> | undefined {
    const all = [...this.#last.values()];
    const first = Math.min(...all.flatMap(({ firstToken }) => firstToken ?? []));
    const rate = Math.max(...all.flatMap(({ tokensPerSecond }) => tokensPerSecond ?? []));
    if (!Number.isFinite(first)) return undefined;
    return {
      time_to_first_token: Math.round(first) / 1000,
      ...(Number.isFinite(rate) && { tokens_per_second: Number(rate.toPrecision(3)) }),
    };
  }
}
