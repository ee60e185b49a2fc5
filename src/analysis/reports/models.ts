// How models answered the monitor's own questions over a period: how often as they should, and how fast.

import { INFERENCE_TESTS, type InferenceTest } from '../../model/inference.js';
import type { Labels } from '../../model/labels.js';
import type { Findings } from '../analyst.js';
import { windowOf } from '../asking.js';
import { rounded } from '../words.js';

/** One model of one service, for text or for vectors. */
export interface ModelFigures {
  readonly service: string;
  /** The service's name. */
  readonly name: string;
  readonly test: InferenceTest;
  readonly model: string;
  /** Questions that were asked. */
  readonly questions: number;
  /** Share of them that were answered as they should, from 0 to 1. */
  readonly answered: number | null;
  /** Mean of the answered ones, seconds: to the first token of a text, or to a whole vector. */
  readonly response_time: number | null;
  /** Mean of texts; null for vectors. */
  readonly tokens_per_second: number | null;
}

const BY = 'sum by (target, test, model)';
const FAILED = (window: string) => `${BY} (increase(llm_probe_failures_total[${window}]))`;
const SUCCEEDED = (window: string) => `${BY} (increase(llm_probe_successes_total[${window}]))`;
const RATE = (window: string) =>
  `avg by (target, model) (avg_over_time(llm_probe_tokens_per_second[${window}]))`;
const HISTOGRAMS: Readonly<Record<InferenceTest, string>> = {
  generate: 'llm_probe_time_to_first_token_seconds',
  embed: 'llm_probe_embedding_seconds',
};
const MEAN = (histogram: string) => (window: string) => {
  const grown = (part: string) => `sum by (target, model) (increase(${histogram}_${part}[${window}]))`;
  return `${grown('sum')} / (${grown('count')} > 0)`;
};

/** Models that were asked in the period: those that answered worst first, then by the names of services and models. */
export async function modelFigures({ engine, period, services }: Findings): Promise<ModelFigures[]> {
  const window = windowOf(period);
  const ask = async (measure: (window: string) => string, key: (labels: Labels) => string) => {
    const { samples } = await engine.instant(measure(window), period.to);
    return new Map(samples.map(({ labels, value }) => [key(labels), { labels, value }]));
  };
  const succeeded = await ask(SUCCEEDED, keyOf);
  const failed = await ask(FAILED, keyOf);
  const asked = new Map([...succeeded, ...failed].map(([key, { labels }]) => [key, labels]));
  if (asked.size === 0) return [];
  const rates = await ask(RATE, modelOf);
  const means = {} as Record<InferenceTest, Awaited<ReturnType<typeof ask>>>;
  for (const test of INFERENCE_TESTS) means[test] = await ask(MEAN(HISTOGRAMS[test]), modelOf);
  const names = new Map(services.map(({ id, name }) => [id, name]));
  const figures: ModelFigures[] = [];
  for (const [key, labels] of asked) {
    const [service, test] = [labels.get('target'), labels.get('test') as InferenceTest];
    const [right, wrong] = [succeeded.get(key)?.value ?? 0, failed.get(key)?.value ?? 0];
    const name = names.get(service);
    // A service that is not there any more has no figures elsewhere either.
    if (name === undefined || right + wrong === 0) continue;
    figures.push({
      ...{ service, name, test, model: labels.get('model') },
      questions: Math.round(right + wrong),
      answered: rounded(right / (right + wrong), 6),
      response_time: rounded(means[test]?.get(modelOf(labels))?.value ?? Number.NaN),
      tokens_per_second:
        test === 'generate' ? rounded(rates.get(modelOf(labels))?.value ?? Number.NaN) : null,
    });
  }
  return figures.sort(worstFirst);
}

function worstFirst(a: ModelFigures, b: ModelFigures): number {
  const order = (a.answered ?? 1) - (b.answered ?? 1);
  return order || compare(a.name, b.name) || compare(a.model, b.model) || compare(a.test, b.test);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const modelOf = (labels: Labels): string => JSON.stringify([labels.get('target'), labels.get('model')]);
const keyOf = (labels: Labels): string => `${labels.get('test')} ${modelOf(labels)}`;
