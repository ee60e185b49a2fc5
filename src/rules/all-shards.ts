// What rules find of all shards together, where each monitor evaluates its rules over its own samples alone. Comes in: rule files,
// and what the rules of every monitor have recorded; goes out: the value of the series with `shard="all"`.

import { METRIC_NAME } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import { inputsOf } from '../promql/inputs.js';
import { DuplicateSampleError, MemorySource } from '../promql/memory.js';
import { parse } from '../promql/parse.js';
import { quote } from '../promql/print/quote.js';
import type { RecordingDefinition } from './definition.js';
import { engineQueryFunc, type InstantSample, type QueryFunc } from './query-func.js';
import { RecordingRule } from './recording.js';
import type { TransferredRuleFile } from './transfer.js';

/** The label that tells series of all shards from those of one, and its value. */
const SHARD = 'shard';
const ALL = 'all';

/** All samples are of the moment at which the rules are evaluated. */
const LOOKBACK: Millis = 5 * 60_000;
const MAX_SAMPLES = 1_000_000;

/** The rules that one recorded series of all shards is made by. */
export class AllShardsRules {
  /** Recorded last. */
  readonly #record: string;
  /** In the order of their files. */
  readonly #rules: readonly RecordingDefinition[];
  /** The question for the samples that {@link value} takes. */
  readonly query: string;

  private constructor(record: string, rules: readonly RecordingDefinition[], inputs: ReadonlySet<string>) {
    this.#record = record;
    this.#rules = rules;
    const names = [...inputs].sort().map(name => name.replace(/[^\w:]/g, '\\$&'));
    this.query = `{${METRIC_NAME}=~${quote(names.join('|'))}, ${SHARD}!=${quote(ALL)}}`;
  }

  /**
   * The rules of files which a series is made by, those among them that record with `shard: all` for all shards. Undefined
   * where none does, or where one looks at more than the present values of series that it names.
   * @param record the name of the series
   */
  static of(files: readonly TransferredRuleFile[], record: string): AllShardsRules | undefined {
    const rules = rulesBehind(record, recordingRules(files));
    const ofAll = rules.filter(({ labels }) => labels[SHARD] === ALL);
    const inputs = ofAll.map(({ expr }) => presentNames(expr));
    if (ofAll.length === 0 || inputs.includes(undefined)) return undefined;
    return new AllShardsRules(record, rules, new Set(inputs.flatMap(names => names ?? [])));
  }

  /**
   * The lowest value of the series of all shards. Rules that fail record nothing.
   * @param samples answers to {@link query} of all monitors; the first of the same labels counts
   * @returns undefined when the rules find none
   */
  value(samples: readonly InstantSample[], at: Millis): number | undefined {
    const source = new MemorySource();
    const queryFunc = engineQueryFunc({
      ...{ source, lookback: LOOKBACK, defaultInterval: LOOKBACK, maxSamples: MAX_SAMPLES },
      checkpoint: () => undefined,
    });
    for (const sample of samples) keep(source, sample, at);
    const found = this.#rules.flatMap(rule => {
      const recorded = evaluate(rule, queryFunc, at);
      for (const sample of recorded) keep(source, sample, at);
      return rule.name === this.#record ? recorded : [];
    });
    const values = found.filter(({ labels }) => labels.get(SHARD) === ALL).map(({ value }) => value);
    return values.length > 0 ? Math.min(...values) : undefined;
  }
}

function recordingRules(files: readonly TransferredRuleFile[]): RecordingDefinition[] {
  return files
    .flatMap(({ groups }) => groups.flatMap(({ rules }) => rules))
    .flatMap(rule => (rule.kind === 'recording' ? [{ ...rule, expr: parse(rule.text) }] : []));
}

/** Those that record a series, and what that is made of. */
function rulesBehind(record: string, rules: readonly RecordingDefinition[]): RecordingDefinition[] {
  const wanted = new Set([record]);
  for (let before = 0; before !== wanted.size; ) {
    before = wanted.size;
    for (const { name, expr } of rules)
      if (wanted.has(name)) for (const input of allNames(expr)) wanted.add(input);
  }
  return rules.filter(({ name }) => wanted.has(name));
}

type Expr = RecordingDefinition['expr'];

function allNames(expr: Expr): string[] {
  const { present = [], windows = [], past = [] } = inputsOf(expr) ?? {};
  return [...present, ...windows, ...past].flatMap(matchers => nameOf(matchers) ?? []);
}

/** Undefined where something else counts than present values of series that are named. */
function presentNames(expr: Expr): string[] | undefined {
  const inputs = inputsOf(expr);
  if (!inputs || inputs.windows.length + inputs.past.length > 0) return undefined;
  const names = inputs.present.flatMap(matchers => nameOf(matchers) ?? []);
  return names.length === inputs.present.length ? names : undefined;
}

function nameOf(matchers: readonly { name: string; op: string; value: string }[]): string | undefined {
  return matchers.find(({ name, op }) => name === METRIC_NAME && op === '=')?.value;
}

function evaluate(rule: RecordingDefinition, queryFunc: QueryFunc, at: Millis): readonly InstantSample[] {
  try {
    return new RecordingRule(rule).evaluate(at, queryFunc, 0);
  } catch {
    // As in a group: the others go on. It fails in the group of its file too, which shows why.
    return [];
  }
}

function keep(source: MemorySource, { labels, value }: InstantSample, at: Millis): void {
  try {
    source.add(labels, at, value);
  } catch (error) {
    if (!(error instanceof DuplicateSampleError)) throw error;
  }
}
