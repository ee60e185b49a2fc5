// Messages between the main thread and the query thread, beside those of supervision.

import type { MessagePort } from 'node:worker_threads';
import type { SupervisorRequest } from '../concurrency/supervised-thread.js';
import type { AppendResult } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import type { RuleGroupView } from '../rules/view.js';
import type { ApiQuery, ErrorType, SamplesStatus } from './engine.js';
import type { RuleEvaluation, RuleSettings } from './rule-evaluation.js';
import type { PackedScrape, PackedStreams } from './scrape-codec.js';
import type { Target } from './thread/stale-series.js';

/** What may be asked of the thread. Everything but metadata is in the store; `value` questions are the program's own. */
export type ThreadQuery =
  | Exclude<ApiQuery, { type: 'metadata' }>
  | { readonly type: 'instant_value'; readonly query: string; readonly time: Millis }
  | {
      readonly type: 'range_value';
      readonly query: string;
      readonly start: Millis;
      readonly end: Millis;
      readonly step: Millis;
    };

/** A series without its class, which does not survive the way between threads. */
interface PlainSeries {
  readonly names: readonly string[];
  readonly labelValues: readonly string[];
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** An answer as values. */
export interface PlainAnswer {
  readonly series: readonly PlainSeries[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/**
 * An answer as the bytes the API sends, a short one of ASCII as text; of a long one only the first, and the others come when
 * they are asked for.
 */
export interface FirstChunk {
  readonly data: Uint8Array<ArrayBuffer> | string;
  /** Bytes of the whole of it. */
  readonly length: number;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export type ThreadAnswer = FirstChunk | PlainAnswer;

/**
 * Whose question it is. The program's urgent ones go before whatever runs or waits; its background questions take their turn
 * among users' questions, and are not refused when many wait.
 */
export type Priority = 'urgent' | 'user' | 'background';

/** To the thread. */
export type QueryThreadRequest =
  /** Appended, and the rules evaluated if there are any: `evaluated` comes back. */
  | { readonly type: 'append'; readonly scrape: PackedScrape }
  /** Where scrapes of other streams come from now on: {@link StreamScrapes} in, {@link StreamResults} out. */
  | { readonly type: 'streams'; readonly port: MessagePort }
  /** Scrapes are queued to be sent to these and no others. */
  | { readonly type: 'queues'; readonly names: readonly string[] }
  /** Where they are read from now on, as queue-protocol.ts has it. */
  | { readonly type: 'queuePort'; readonly port: MessagePort }
  | { readonly type: 'rules'; readonly settings: RuleSettings }
  | { readonly type: 'groups'; readonly id: number }
  | {
      readonly type: 'query';
      readonly id: number;
      readonly query: ThreadQuery;
      readonly timeout: Millis;
      readonly priority: Priority;
    }
  /** The next chunk of an answer: a `chunk` or an `error` comes back. */
  | { readonly type: 'nextChunk'; readonly id: number }
  /** The answer, or the rest of it, is not wanted any more. */
  | { readonly type: 'cancel'; readonly id: number }
  /** Why the samples' file must not be touched; undefined when it may be. */
  | { readonly type: 'obstacle'; readonly obstacle: string | undefined }
  /** What all scrapes are of; where they may be of several it never comes. */
  | { readonly type: 'target'; readonly target: Target }
  | SupervisorRequest;

/** From the thread. */
export type QueryThreadEvent =
  | { readonly type: 'answer'; readonly id: number; readonly answer: ThreadAnswer }
  /** What most answers are: a {@link FirstChunk} that is all text, without warnings and infos. */
  | { readonly type: 'text'; readonly id: number; readonly text: string }
  | { readonly type: 'chunk'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'error'; readonly id: number; readonly errorType: ErrorType; readonly message: string }
  | { readonly type: 'status'; readonly status: SamplesStatus }
  /** Scrapes are evaluated in the order they came; `status` as it is afterwards, if the scrape is kept. */
  | {
      readonly type: 'evaluated';
      readonly evaluation: RuleEvaluation | undefined;
      readonly status: SamplesStatus | undefined;
    }
  | { readonly type: 'groups'; readonly id: number; readonly groups: readonly RuleGroupView[] }
  | {
      readonly type: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: Record<string, unknown>;
    };

/** Scrapes of other streams than the monitor's own: {@link StreamResults} come back. */
export interface StreamScrapes {
  readonly type: 'scrapes';
  readonly scrapes: PackedStreams;
}

/** What became of the scrapes of one message, in their order; they are on disk, or in memory while the disk fails. */
export type StreamResults = readonly AppendResult[];

/** Bounds of every query. */
export interface QueryLimits {
  /** Samples one query may look at. */
  readonly maxSamples: number;
  /** Questions that may wait while others are answered. */
  readonly maxWaiting: number;
  /** How long a sample counts as present. */
  readonly lookback: Millis;
  /** Step of a subquery that names none. */
  readonly defaultInterval: Millis;
}

/** What the thread is started with. */
export interface ThreadOptions {
  /** The database's path. */
  readonly file: string;
  readonly retention: Millis;
  /** Bytes the samples may take; 0 is any number. */
  readonly maxBytes: number;
  /** Why the file must not be touched, until a request changes it; undefined when it may be. */
  readonly obstacle?: string | undefined;
  readonly limits: QueryLimits;
}
