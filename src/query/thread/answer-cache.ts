// Answers to rules' questions, kept while what they were made of is the same: of most rules nothing changes from one scrape to
// the next. Comes in: expressions, and what rules write; goes out: answers that were given before, or new ones.

import { METRIC_NAME } from '../../model/labels.js';
import type { LabelMatcher } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { Expr } from '../../promql/ast.js';
import { guardOf } from '../../promql/guard.js';
import { type Inputs, inputsOf } from '../../promql/inputs.js';
import { needsOf } from '../../promql/needs.js';
import type { InstantSample, TimedAnswer } from '../../rules/query-func.js';
import type { StandingSelection } from '../../tsdb/standing-selection.js';

/** Larger answers are made again: what is kept of a thousand series takes more memory than it saves time. */
const MAX_SAMPLES = 250;
/** What was not asked for in this time is forgotten, at the latest in twice of it. */
const FORGET_AFTER: Millis = 10 * 60_000;

/** A part that found something is asked again after so many evaluations of the whole: it is then evaluated twice. */
const UNGUARDED = 10;

const NONE: readonly InstantSample[] = [];

type Matchers = readonly LabelMatcher[];
type Evaluate = (expr: Expr) => TimedAnswer;
type Kind = keyof Inputs;

interface AnswerCacheOptions {
  readonly standing: (matchers: Matchers) => StandingSelection;
  /** How long a sample counts as present. */
  readonly lookback: Millis;
}

/** A selector, read once until something it may find is written. */
interface Input {
  readonly selection: StandingSelection;
  /** How it looks at samples. */
  readonly kind: Kind;
  /** The metric name of all its series; undefined where that is not one. */
  readonly name: string | undefined;
  /** How many things had happened when it was read. */
  readAt: number;
  version: number | undefined;
}

interface KnownAnswer {
  /** Undefined where the answer depends on more than its inputs. */
  readonly inputs: readonly Input[] | undefined;
  /** Some of them are windows: then the answer may change with time alone. */
  readonly hasWindows: boolean;
  /** Without series of these there is no answer, whatever the time; undefined where that cannot be said. */
  readonly needs: readonly Input[] | undefined;
  /** The part without which there is no answer, whose own is kept: it depends on present values and on ranges that end now. */
  readonly guard: Expr | undefined;
  /** The text that the guard's answer is known by. */
  readonly guardText: string;
  /** How often the guard is not to be asked, since it found something the last time. */
  unguarded: number;
  /** Of the inputs when it was answered last. */
  versions: readonly number[];
  answer: readonly InstantSample[] | undefined;
  /** There was no answer, and no series it needs: what their inputs were then. */
  noSeries: readonly number[] | undefined;
  /** The answer is that of moments at `since <= at < until`. */
  since: Millis;
  until: Millis;
  /** The last answer was too large to be kept. */
  isLarge: boolean;
}

/** Answers of one store. */
export class AnswerCache {
  readonly #options: AnswerCacheOptions;
  readonly #answers = new RecentMap<KnownAnswer>();
  readonly #inputs = new RecentMap<Input>();
  /** Counts evaluations and what was written in them. */
  #events = 0;
  #begunAt = 0;
  #anyWrittenAt = 0;
  #at: Millis = Number.NaN;
  #agedAt: Millis = Number.NEGATIVE_INFINITY;
  /** By metric name when it was written last in this evaluation. */
  readonly #writtenAt = new Map<string, number>();
  /** The names of all that each source has written. */
  readonly #names = new Map<string, Set<string>>();

  constructor(options: AnswerCacheOptions) {
    this.#options = options;
  }

  /** An evaluation begins: other samples may be there than in the last one. */
  begin(at: Millis): void {
    this.#begunAt = ++this.#events;
    this.#writtenAt.clear();
    this.#at = at;
    if (Math.abs(at - this.#agedAt) < FORGET_AFTER) return;
    this.#agedAt = at;
    this.#answers.age();
    this.#inputs.age();
  }

  /** A source wrote these samples in place of those it wrote before. */
  written(source: string, samples: readonly InstantSample[]): void {
    const known = this.#names.get(source);
    if (samples.length === 0 && known === undefined) return;
    const names = known ?? new Set<string>();
    if (known === undefined) this.#names.set(source, names);
    for (const { labels } of samples) names.add(labels.get(METRIC_NAME));
    const at = ++this.#events;
    for (const name of names) this.#writtenAt.set(name, at);
    this.#anyWrittenAt = at;
  }

  /** The answer to a question, by `evaluate` unless it is known. Throws what that throws. */
  answer(expr: Expr, text: string, at: Millis, evaluate: Evaluate): readonly InstantSample[] {
    if (at !== this.#at) return evaluate(expr).samples;
    const known = this.#answers.get(text, () => this.#unknown(expr, text));
    if (known.needs && known.noSeries && this.#areSame(known.needs, known.noSeries)) return NONE;
    if (known.answer && this.#isStill(known, at)) return known.answer;
    // Read before the guard is asked and the whole evaluated: what it is made of.
    const needed = known.needs && this.#readAll(known.needs);
    const versions = this.#versionsOf(known);
    if (this.#findsNothing(known, at, evaluate)) return NONE;
    known.answer = undefined;
    const { samples: answer, until } = evaluate(expr);
    known.noSeries = answer.length === 0 ? needed : undefined;
    known.isLarge = answer.length > MAX_SAMPLES;
    if (versions && !known.isLarge) Object.assign(known, { answer, versions, since: at, until });
    return answer;
  }

  /** Whether the answer that is kept is that of this moment, too. */
  #isStill(known: KnownAnswer, at: Millis): boolean {
    const { inputs, isLarge, versions } = known;
    return inputs !== undefined && !isLarge && isOf(known, at) && this.#areSame(inputs, versions);
  }

  /** Whether inputs are as they were. Without garbage: of nearly all of a hundred rules they are. */
  #areSame(inputs: readonly Input[], versions: readonly number[]): boolean {
    for (let i = 0; i < inputs.length; i++) if (this.#read(inputs[i] as Input) !== versions[i]) return false;
    return true;
  }

  /** Undefined where its answer is not to be kept: then its inputs are not looked at in vain. */
  #versionsOf({ inputs, isLarge }: KnownAnswer): readonly number[] | undefined {
    return inputs && !isLarge ? this.#readAll(inputs) : undefined;
  }

  /** Whether the part without which it finds nothing finds nothing. */
  #findsNothing(known: KnownAnswer, at: Millis, evaluate: Evaluate): boolean {
    const { guard, guardText } = known;
    if (!guard || known.unguarded-- > 0) return false;
    if (this.answer(guard, guardText, at, evaluate).length === 0) return true;
    known.unguarded = UNGUARDED;
    return false;
  }

  /** Numbers that are the same while the inputs are; undefined where that cannot be said of one. */
  #readAll(inputs: readonly Input[]): number[] | undefined {
    const versions: number[] = [];
    for (const input of inputs) {
      const version = this.#read(input);
      if (version === undefined) return undefined;
      versions.push(version);
    }
    return versions;
  }

  #unknown(expr: Expr, text: string): KnownAnswer {
    const found = inputsOf(expr);
    // Those that have something say that the answer has to be made again.
    const inputs = found && [
      ...found.past.map(matchers => this.#input(matchers, 'past')),
      ...found.windows.map(matchers => this.#input(matchers, 'windows')),
      ...found.present.map(matchers => this.#input(matchers, 'present')),
    ];
    const hasWindows = found !== undefined && found.windows.length > 0;
    // Where all of its inputs can be read that says as much.
    const needs = inputs ? undefined : needsOf(expr)?.map(matchers => this.#input(matchers, 'past'));
    const guard = guardOf(expr, isKeepable);
    // Of present values alone it costs less to be evaluated once than in part and then as a whole.
    const unguarded = isOfPresent(expr) ? 1 : 0;
    const none = { noSeries: undefined, versions: [], answer: undefined, since: 0, until: 0, isLarge: false };
    return { inputs, hasWindows, needs, guard, guardText: `guard of ${text}`, unguarded, ...none };
  }

  #input(matchers: Matchers, kind: Kind): Input {
    return this.#inputs.get(`${kind} ${keyOf(matchers)}`, () => ({
      selection: this.#options.standing(matchers),
      kind,
      name: nameOf(matchers),
      readAt: 0,
      version: undefined,
    }));
  }

  /** A number that is the same while the input is; undefined where that cannot be said. */
  #read(input: Input): number | undefined {
    const { selection, kind, name, readAt } = input;
    const writtenAt = name === undefined ? this.#anyWrittenAt : (this.#writtenAt.get(name) ?? 0);
    if (readAt >= this.#begunAt && readAt >= writtenAt) return input.version;
    input.readAt = this.#events;
    if (kind === 'past') input.version = selection.readEmpty();
    else if (kind === 'windows') input.version = selection.readKept(this.#at);
    else input.version = selection.read(this.#at, this.#options.lookback);
    return input.version;
  }
}

function isOf({ hasWindows, since, until }: KnownAnswer, at: Millis): boolean {
  return !hasWindows || (since <= at && at < until);
}

/** Growth changes with every moment, but of what has not grown there is none: that is kept until the next scrape. */
function isKeepable(part: Expr): boolean {
  return inputsOf(part)?.past.length === 0;
}

function isOfPresent(part: Expr): boolean {
  const inputs = inputsOf(part);
  return inputs !== undefined && inputs.past.length === 0 && inputs.windows.length === 0;
}

/** The metric name that matchers ask for; undefined where they may find several. */
function nameOf(matchers: Matchers): string | undefined {
  return matchers.find(({ name, op }) => name === METRIC_NAME && op === '=')?.value;
}

function keyOf(matchers: Matchers): string {
  return JSON.stringify(matchers.map(({ name, op, value }) => [name, op, value]));
}

/** Values by text; those that were not used between two calls of {@link age} are forgotten. */
class RecentMap<T> {
  #recent = new Map<string, T>();
  #former = new Map<string, T>();

  /** The value of a text, made if there is none. */
  get(text: string, make: () => T): T {
    const known = this.#recent.get(text);
    if (known !== undefined) return known;
    const value = this.#former.get(text) ?? make();
    this.#recent.set(text, value);
    return value;
  }

  age(): void {
    this.#former = this.#recent;
    this.#recent = new Map();
  }
}
