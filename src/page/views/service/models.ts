// What is known of a service's models: which it has, which are in memory, and how fast they answered. In: series; out: words.

import type { Series } from '../../api.js';
import { bytes, seconds } from '../../words.js';

/** The shape in front of it. */
export function modelShape({ isMissing, isLoaded, answers }: ModelFact): 'degraded' | 'healthy' | 'unknown' {
  if (isMissing || answers === false) return 'degraded';
  return isLoaded || answers ? 'healthy' : 'unknown';
}

/** What is known of it: `loaded, 1.9 GiB, 43.1 tokens/s, first token 0.21 s`. */
export function modelWords(model: ModelFact): string {
  const size = model.size === undefined ? '' : `, ${bytes(model.size)}`;
  return `${stateWords(model)}${size}${speedWords(model)}`;
}

function stateWords({ isMissing, isLoaded, answers }: ModelFact): string {
  if (isMissing) return 'missing';
  if (answers === false) return 'does not answer';
  if (isLoaded === undefined) return 'present';
  return isLoaded ? 'loaded' : 'present, not loaded';
}

/** How fast it answered the last question. */
function speedWords({ firstToken, tokensPerSecond }: ModelFact): string {
  const rate = tokensPerSecond === undefined ? '' : `, ${Number(tokensPerSecond.toPrecision(3))} tokens/s`;
  return firstToken === undefined ? rate : `${rate}, first token ${seconds(firstToken)}`;
}

export interface ModelFact {
  readonly name: string;
  /** Whether it answered the last question; undefined where it was not asked. */
  readonly answers: boolean | undefined;
  /** Seconds. */
  readonly firstToken: number | undefined;
  readonly tokensPerSecond: number | undefined;
  readonly isMissing: boolean;
  /** Undefined where the service does not say. */
  readonly isLoaded: boolean | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
}

/** A service's models. @param facts the series of {@link modelsQuery} @param named those that its answer names */
export function modelsOf(facts: readonly Series[], named: readonly string[]): ModelFact[] {
  /** What a family says of a model, whichever kind of server it is of. */
  const of = (family: string, name: string) =>
    facts.find(({ metric }) => metric.__name__?.endsWith(family) && metric.model === name)?.value[1];
  const numberOf = (family: string, name: string) => Number(of(family, name)) || undefined;
  const all = new Set([...named, ...facts.flatMap(({ metric }) => metric.model ?? [])]);
  const knowsLoaded = facts.some(({ metric }) => metric.__name__?.endsWith('_model_loaded'));
  return [...all].sort().map(name => {
    const success = of('_probe_success', name);
    return {
      name,
      isMissing: of('_required_model_present', name) === '0',
      isLoaded: knowsLoaded ? of('_model_loaded', name) === '1' : undefined,
      size: numberOf('_model_size_bytes', name),
      answers: success === undefined ? undefined : success === '1',
      firstToken: numberOf('_first_token_seconds', name),
      tokensPerSecond: numberOf('_tokens_per_second', name),
    };
  });
}
