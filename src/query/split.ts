// One engine of two: a remote one has all samples, an embedded one evaluates the rules over its own. Comes in: questions; goes
// out: the answer of the one that knows.

import type {
  ApiAnswer,
  ApiQuery,
  InstantAnswer,
  InternalQueryOptions,
  QueryEngine,
  QueryOptions,
  RangeAnswer,
} from './engine.js';

interface SplitEngines {
  /** Answers PromQL. */
  readonly queries: QueryEngine;
  /** Answers what rules and alerts there are. */
  readonly rules: QueryEngine;
}

/** Passes each question to one of two engines, which the caller closes. */
export class SplitEngine implements QueryEngine {
  readonly #engines: SplitEngines;

  constructor(engines: SplitEngines) {
    this.#engines = engines;
  }

  answer(query: ApiQuery, options?: QueryOptions): Promise<ApiAnswer> {
    return this.#engines.queries.answer(query, options);
  }

  instant(query: string, at: number, options?: InternalQueryOptions): Promise<InstantAnswer> {
    return this.#engines.queries.instant(query, at, options);
  }

  range(
    query: string,
    range: { from: number; to: number; step: number },
    options?: InternalQueryOptions,
  ): Promise<RangeAnswer> {
    return this.#engines.queries.range(query, range, options);
  }

  rules(parameters: URLSearchParams): Promise<ApiAnswer> {
    return this.#engines.rules.rules(parameters);
  }

  alerts(): Promise<ApiAnswer> {
    return this.#engines.rules.alerts();
  }

  async close(): Promise<void> {}
}
