// What one question to a model found: whether it answers, and how fast.

import { REASONS } from './result.js';
import type { Millis } from './time.js';

/** What a model is asked for: text, or a vector. */
export const INFERENCE_TESTS = ['generate', 'embed'] as const;
export type InferenceTest = (typeof INFERENCE_TESTS)[number];

/**
 * Why a model did not answer, as a label value: a check's reasons, and `busy` (429, 503), `model` (no such model, or one
 * that cannot do this), `stream` (an error within the answer), `empty` (no text), `mismatch` (not what is expected),
 * `dimensions` (a vector of another length).
 */
export const INFERENCE_FAILURES = [
  ...REASONS,
  'busy',
  'model',
  'stream',
  'empty',
  'mismatch',
  'dimensions',
] as const;
export type InferenceFailureReason = (typeof INFERENCE_FAILURES)[number];

/** Why a model was not asked: its service is down, it is not in memory, or only the monitor has used it lately. */
export const INFERENCE_SKIPS = ['down', 'not_loaded', 'idle'] as const;
export type InferenceSkip = (typeof INFERENCE_SKIPS)[number];

/** What was measured; times begin when the request is sent on a connection that is ready. */
export interface InferenceMeasurement {
  /** Until the answer was complete. */
  readonly duration?: Millis | undefined;
  /** Until the first token, be it text or reasoning. */
  readonly firstToken?: Millis | undefined;
  /** Until the first token of text, where reasoning came first. */
  readonly firstText?: Millis | undefined;
  readonly tokens?: number | undefined;
  /** Those of {@link tokens} that are reasoning, as far as they can be told apart. */
  readonly reasoningTokens?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  /** Length of the vector. */
  readonly dimensions?: number | undefined;
}

export interface InferenceResult {
  /** The service's id. */
  readonly target: string;
  readonly test: InferenceTest;
  readonly model: string;
  /** Wall clock when it ended. */
  readonly at: Millis;
  readonly outcome:
    | { readonly type: 'success' }
    | { readonly type: 'failure'; readonly reason: InferenceFailureReason; readonly error: string }
    | { readonly type: 'skip'; readonly reason: InferenceSkip };
  /** Failures in a row up to now. */
  readonly consecutiveFailures: number;
  readonly measured: InferenceMeasurement;
}
