// What models answer, as metrics: the last question's figures, and what adds up over all of them. Comes in: results; goes out:
// readings. Counters are kept over reloads and begin at 0 with the process, as a client library's do.

import { family } from '../model/family.js';
import {
  INFERENCE_FAILURES,
  INFERENCE_SKIPS,
  type InferenceResult,
  type InferenceTest,
} from '../model/inference.js';
import type { Layout } from '../model/result.js';
import type { Exposition } from './exposition.js';
import { labelValue } from './render.js';

const BOTH = ['test', 'model'];

const timeToFirstToken = family(
  'llm_probe_time_to_first_token_seconds',
  'How long models took to their first token, be it text or reasoning',
  'histogram',
  ['model'],
);
const embeddingDuration = family(
  'llm_probe_embedding_seconds',
  'How long models took for a vector',
  'histogram',
  ['model'],
);
const successes = family(
  'llm_probe_successes_total',
  'Questions that a model answered as it should',
  'counter',
  BOTH,
);
const failures = family(
  'llm_probe_failures_total',
  'Questions that a model did not answer as it should, by reason',
  'counter',
  [...BOTH, 'reason'],
);
const skips = family(
  'llm_probe_skipped_total',
  'Questions that were not asked, by reason: the service is down, the model is not in memory, or only the monitor uses it',
  'counter',
  [...BOTH, 'reason'],
);
const success = family(
  'llm_probe_success',
  'Whether the model answered the last question (1) or not (0); absent where it was not asked',
  'gauge',
  BOTH,
);
const consecutiveFailures = family(
  'llm_probe_consecutive_failures',
  'Failed questions in a row up to now',
  'gauge',
  BOTH,
);
const lastAsked = family(
  'llm_probe_last_timestamp_seconds',
  'When the last question ended, as a Unix timestamp',
  'gauge',
  BOTH,
);
const duration = family(
  'llm_probe_duration_seconds',
  'How long the last answer took as a whole',
  'gauge',
  BOTH,
);
const firstToken = family(
  'llm_probe_first_token_seconds',
  'How long the last answer took to its first token, be it text or reasoning',
  'gauge',
  ['model'],
);
const firstText = family(
  'llm_probe_first_text_seconds',
  'How long the last answer took to its first token of text; absent where it did not begin with reasoning',
  'gauge',
  ['model'],
);
const rate = family(
  'llm_probe_tokens_per_second',
  'Tokens per second of the last answer, after its first ones; absent where it came at once',
  'gauge',
  ['model'],
);
const tokens = family('llm_probe_tokens', 'Tokens of the last answer, reasoning among them', 'gauge', [
  'model',
]);
const reasoningTokens = family(
  'llm_probe_reasoning_tokens',
  'Tokens of the last answer that are reasoning',
  'gauge',
  ['model'],
);
const dimensions = family('llm_probe_embedding_dimensions', 'Length of the last vector', 'gauge', ['model']);
const failureInfo = family(
  'llm_probe_failure_info',
  'Why the model did not answer the last question; always 1, absent while it does',
  'gauge',
  [...BOTH, 'reason', 'error'],
);

/** Families of what models answer. */
export const inferenceFamilies = [
  timeToFirstToken,
  embeddingDuration,
  successes,
  failures,
  skips,
  success,
  consecutiveFailures,
  lastAsked,
  duration,
  firstToken,
  firstText,
  rate,
  tokens,
  reasoningTokens,
  dimensions,
  failureInfo,
];

/** From a small model on a fast machine to a large one that is busy; seconds. */
const FIRST_TOKEN_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const EMBEDDING_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Longest reason that is a label, in characters. */
const MAX_ERROR = 200;

/** A model, and what it is asked for. */
export interface AskedModel {
  readonly test: InferenceTest;
  readonly model: string;
}

interface ModelRows {
  readonly asked: AskedModel;
  readonly observed: Histogram;
  succeeded: number;
  readonly failed: Map<string, number>;
  readonly skipped: Map<string, number>;
  last: InferenceResult | undefined;
}

interface Histogram {
  readonly bounds: readonly number[];
  /** Not yet cumulative; one more than bounds. */
  readonly counts: number[];
  sum: number;
}

/** All models of all services: each service is a source of the exposition. */
export class InferenceMetrics {
  readonly #exposition: Exposition;
  /** By the service's id, then by test and model. */
  readonly #services = new Map<string, Map<string, ModelRows>>();

  constructor(exposition: Exposition) {
    this.#exposition = exposition;
  }

  /**
   * Which models of a service are asked. Their counters are there from now on, so that the first failure is an increase; of
   * what is not asked any more, everything goes. @param isAsked whether a model that is not named is asked all the same
   */
  setAsked(id: string, named: readonly AskedModel[], isAsked: (asked: AskedModel) => boolean): void {
    const known = this.#services.get(id) ?? new Map<string, ModelRows>();
    for (const [key, { asked }] of known) if (!isAsked(asked)) known.delete(key);
    for (const asked of named) this.#rowsOf(known, asked);
    this.#services.set(id, known);
    this.#show(id);
  }

  add(result: InferenceResult): void {
    const known = this.#services.get(result.target);
    if (!known) return;
    const rows = this.#rowsOf(known, result);
    rows.last = result;
    count(rows, result);
    this.#show(result.target);
  }

  /** Nothing is known of the models at present; the counters stay. */
  reset(id: string): void {
    for (const rows of this.#services.get(id)?.values() ?? []) rows.last = undefined;
    this.#show(id);
  }

  /** The service is gone. */
  remove(id: string): void {
    this.#services.delete(id);
    this.#show(id);
  }

  #rowsOf(known: Map<string, ModelRows>, { test, model }: AskedModel): ModelRows {
    const key = `${test} ${model}`;
    let rows = known.get(key);
    if (!rows) {
      const bounds = test === 'generate' ? FIRST_TOKEN_BUCKETS : EMBEDDING_BUCKETS;
      const observed = { bounds, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 };
      rows = {
        asked: { test, model },
        observed,
        succeeded: 0,
        failed: new Map(),
        skipped: new Map(),
        last: undefined,
      };
      known.set(key, rows);
    }
    return rows;
  }

  #show(id: string): void {
    const source = `models of ${id}`;
    const series = [...(this.#services.get(id)?.values() ?? [])].flatMap(seriesOf);
    if (series.length === 0) {
      this.#exposition.remove(source);
      return;
    }
    const layout: Layout = {
      families: series.map(([name]) => name),
      labels: series.map(([, labels]) => labels),
    };
    this.#exposition.observe(source, id, { layout, values: series.map(([, , value]) => value) });
  }
}

function count(rows: ModelRows, { outcome, measured, test }: InferenceResult): void {
  if (outcome.type === 'failure') add(rows.failed, outcome.reason);
  else if (outcome.type === 'skip') add(rows.skipped, outcome.reason);
  else {
    rows.succeeded++;
    const took = test === 'generate' ? measured.firstToken : measured.duration;
    if (took !== undefined) observe(rows.observed, took / 1000);
  }
}

function add(counts: Map<string, number>, reason: string): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}

function observe(histogram: Histogram, value: number): void {
  const { bounds, counts } = histogram;
  const found = bounds.findIndex(bound => value <= bound);
  const at = found < 0 ? bounds.length : found;
  counts[at] = (counts[at] as number) + 1;
  histogram.sum += value;
}

type Series = readonly [name: string, labels: readonly string[], value: number];

function seriesOf({ asked, observed, succeeded, failed, skipped, last }: ModelRows): Series[] {
  const { test, model } = asked;
  const both = [test, model];
  const isText = test === 'generate';
  return [
    ...histogramSeries(isText ? timeToFirstToken.name : embeddingDuration.name, model, observed),
    [successes.name, both, succeeded],
    ...INFERENCE_FAILURES.map(
      (reason): Series => [failures.name, [...both, reason], failed.get(reason) ?? 0],
    ),
    ...INFERENCE_SKIPS.map((reason): Series => [skips.name, [...both, reason], skipped.get(reason) ?? 0]),
    ...(last ? lastSeries(last, both) : []),
  ];
}

function lastSeries(
  { outcome, measured, at, consecutiveFailures: inRow, model, test }: InferenceResult,
  both: string[],
): Series[] {
  const seconds = (span: number | undefined) => (span === undefined ? Number.NaN : span / 1000);
  const known = outcome.type === 'skip' ? Number.NaN : Number(outcome.type === 'success');
  const own: Series[] =
    test === 'generate'
      ? [
          [firstToken.name, [model], seconds(measured.firstToken)],
          [firstText.name, [model], seconds(measured.firstText)],
          [rate.name, [model], measured.tokensPerSecond ?? Number.NaN],
          [tokens.name, [model], measured.tokens ?? Number.NaN],
          [reasoningTokens.name, [model], measured.reasoningTokens ?? Number.NaN],
        ]
      : [[dimensions.name, [model], measured.dimensions ?? Number.NaN]];
  return [
    [success.name, both, known],
    [consecutiveFailures.name, both, inRow],
    [lastAsked.name, both, at / 1000],
    [duration.name, both, seconds(measured.duration)],
    ...own,
    ...(outcome.type === 'failure'
      ? [[failureInfo.name, [...both, outcome.reason, shortened(outcome.error)], 1] satisfies Series]
      : []),
  ];
}

function shortened(error: string): string {
  return error.length > MAX_ERROR ? `${error.slice(0, MAX_ERROR)}...` : error;
}

function histogramSeries(name: string, model: string, { bounds, counts, sum }: Histogram): Series[] {
  let total = 0;
  const buckets = counts.map((each, i): Series => {
    total += each;
    return [`${name}_bucket`, [labelValue('le', bounds[i] ?? '+Inf'), model], total];
  });
  return [...buckets, [`${name}_sum`, [model], sum], [`${name}_count`, [model], total]];
}
