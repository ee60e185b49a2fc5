// One engine whose place another may take while the program runs: a reload may name a remote one, or none any more.

import {
  type ApiAnswer,
  type ApiQuery,
  type InstantAnswer,
  type InternalQueryOptions,
  type QueryEngine,
  QueryError,
  type QueryOptions,
  type RangeAnswer,
} from './engine.js';

/** Passes every question to the engine of the moment; before there is one, none has an answer. */
export class SwitchingEngine implements QueryEngine {
  #engine: QueryEngine | undefined;

  /** Questions from now on go to another engine. The caller must close the former one. */
  change(engine: QueryEngine): void {
    this.#engine = engine;
  }

  async answer(query: ApiQuery, options?: QueryOptions): Promise<ApiAnswer> {
    return this.#now().answer(query, options);
  }

  async instant(query: string, at: number, options?: InternalQueryOptions): Promise<InstantAnswer> {
    return this.#now().instant(query, at, options);
  }

  async range(
    query: string,
    range: { from: number; to: number; step: number },
    options?: InternalQueryOptions,
  ): Promise<RangeAnswer> {
    return this.#now().range(query, range, options);
  }

  async rules(parameters: URLSearchParams): Promise<ApiAnswer> {
    return this.#now().rules(parameters);
  }

  async alerts(): Promise<ApiAnswer> {
    return this.#now().alerts();
  }

  /** Nothing: the caller closes the engines. */
  async close(): Promise<void> {}

  #now(): QueryEngine {
    if (!this.#engine) throw new QueryError('unavailable', 'the monitor is starting');
    return this.#engine;
  }
}
