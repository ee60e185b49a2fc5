// What answers PromQL queries. Comes in: queries of the HTTP API and of rules; goes out: answers, as the bytes the API sends
// or as values. Two implementations: embedded.ts over our own samples, remote/engine.ts over a remote HTTP API.

import type { MessagePort } from 'node:worker_threads';
import type { CancelSignal } from '../concurrency/cancel-signal.js';
import type { Labels } from '../model/labels.js';
import type { Scrape } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import type { RuleEvaluation, RuleSettings } from './rule-evaluation.js';

/** Prometheus' error types (web/api/v1/api.go). */
export type ErrorType =
  | 'bad_data'
  | 'execution'
  | 'timeout'
  | 'canceled'
  | 'internal'
  | 'unavailable'
  | 'not_found'
  | 'not_acceptable';

/** A question that has no answer; `message` is what the API shows. */
export class QueryError extends Error {
  readonly type: ErrorType;

  constructor(type: ErrorType, message: string) {
    super(message);
    this.name = 'QueryError';
    this.type = type;
  }
}

/** A question of the HTTP API, its parameters read and checked. Times and spans in milliseconds. */
export type ApiQuery =
  | {
      readonly type: 'query';
      readonly query: string;
      readonly time: Millis;
      readonly limit?: number;
      readonly lookback?: Millis;
      /** Print `stats` beside the result. */
      readonly stats?: 'basic' | 'all';
    }
  | {
      readonly type: 'query_range';
      readonly query: string;
      readonly start: Millis;
      readonly end: Millis;
      readonly step: Millis;
      readonly limit?: number;
      readonly lookback?: Millis;
      readonly stats?: 'basic' | 'all';
    }
  | {
      readonly type: 'series' | 'labels';
      /** Selectors as text; at least one for `series`. */
      readonly match: readonly string[];
      readonly start: Millis;
      readonly end: Millis;
      readonly limit?: number;
    }
  | {
      readonly type: 'label_values';
      readonly label: string;
      readonly match: readonly string[];
      readonly start: Millis;
      readonly end: Millis;
      readonly limit?: number;
    }
  | {
      /** The answer is no JSON but Prometheus' text format. */
      readonly type: 'federate';
      /** Selectors as text. */
      readonly match: readonly string[];
      readonly time: Millis;
      /** Put on every sample that has no label of that name. */
      readonly externalLabels: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'metadata';
      readonly metric?: string;
      readonly limit?: number;
      readonly limitPerMetric?: number;
    };

export interface QueryOptions {
  /** Aborted when the client has gone. */
  readonly signal?: CancelSignal;
  /** Shortens the engine's own timeout. */
  readonly timeout?: Millis;
}

/** Of a question of the program itself. */
export interface InternalQueryOptions {
  /** It takes its turn among users' questions rather than before them; it is not refused when many wait. */
  readonly isBackground?: boolean;
  /** Shortens the engine's own timeout. */
  readonly timeout?: Millis;
}

/**
 * Bytes that come piece by piece, each when it is asked for; a piece may be gone as soon as the next one is asked for.
 * Read once; a reader that stops early returns the iterator or aborts the query's signal, so that the engine does not keep the
 * rest. Iterating throws QueryError when the rest is lost.
 */
export interface ByteStream extends AsyncIterable<Uint8Array> {
  /** Of all pieces together, in bytes. */
  readonly length: number;
}

/** What the API sends: `data` is text as bytes, or a string of ASCII; JSON to be spliced into the envelope. A long one is a stream. */
export interface ApiAnswer {
  readonly data: Uint8Array | ByteStream | string;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** The value of an expression at one moment; a scalar is one sample without labels. */
export interface InstantAnswer {
  readonly samples: readonly Sample[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export interface RangeAnswer {
  readonly series: readonly {
    readonly labels: Labels;
    readonly times: Float64Array;
    readonly values: Float64Array;
  }[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** The caller must close it. All methods throw QueryError. */
export interface QueryEngine {
  /** Answers a question of the HTTP API. */
  answer(query: ApiQuery, options?: QueryOptions): Promise<ApiAnswer>;
  /** Answers for the program itself, before any user's question that waits. */
  instant(query: string, at: Millis, options?: InternalQueryOptions): Promise<InstantAnswer>;
  range(
    query: string,
    range: { from: Millis; to: Millis; step: Millis },
    options?: InternalQueryOptions,
  ): Promise<RangeAnswer>;
  /** `/api/v1/rules`; the parameters are those of the request. */
  rules(parameters: URLSearchParams): Promise<ApiAnswer>;
  /** `/api/v1/alerts`. */
  alerts(): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** Help and type of a metric family, as `/api/v1/metadata` shows it. */
export interface FamilyMetadata {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** How the samples' store does, for the monitor's own metrics. */
export interface SamplesStatus {
  readonly series: number;
  readonly samplesAppended: number;
  readonly bytes: number;
  readonly errors: number;
  /** Oldest sample kept; undefined while there is none. */
  readonly oldest: Millis | undefined;
  /** What is wrong, one line for people. */
  readonly problem: string | undefined;
  /** Rows found damaged and left out since the start, and when damage was found last. */
  readonly damage: { readonly rows: number; readonly at: Millis | undefined };
}

/** The embedded engine takes samples too. */
export interface SamplingEngine extends QueryEngine {
  /**
   * Keeps a scrape; a question asked afterwards sees it. Resolves with what the rules say of it: undefined without
   * rules, or when the thread died over it.
   */
  append(scrape: Scrape): Promise<RuleEvaluation | undefined>;
  /**
   * Keeps the scrapes of other streams that come through a port, as a {@link StreamSender} sends them, until another port is
   * connected. It has to be called again with a new one when the thread has died.
   */
  connectStreams(port: MessagePort): void;
  /** Replaces the rules, which are evaluated after scrapes from now on. */
  setRules(settings: RuleSettings): void;
  /** As of the last append. */
  readonly status: SamplesStatus;
}
