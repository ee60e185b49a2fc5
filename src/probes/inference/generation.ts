// Gathers the pieces of a model's answer and when they came, and says in the end whether it is an answer and how fast it was.

import type { InferenceMeasurement } from '../../model/inference.js';
import { oneLine, scrub } from '../../model/scrub.js';
import type { Millis } from '../../model/time.js';
import { InferenceFailure } from './task.js';

/** What the server says of its own work. */
interface ServerFigures {
  readonly tokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
}

/** Pieces that came within less came together: a proxy kept them, or the whole answer was sent at once. */
const AT_ONCE: Millis = 1;
/** Of an answer that is shown because it is not what was expected, in characters. */
const SHOWN = 60;

export class Generation {
  readonly #sentAt: Millis;
  readonly #secrets: readonly string[];
  #text = '';
  #pieces = 0;
  #reasoningPieces = 0;
  #firstAt: Millis | undefined;
  #firstTextAt: Millis | undefined;
  #lastAt: Millis = 0;
  #figures: ServerFigures = {};

  /** @param sentAt when the request was sent, by the monotonic clock @param secrets what is not shown of the answer */
  constructor(sentAt: Millis, secrets: readonly string[]) {
    this.#sentAt = sentAt;
    this.#secrets = secrets;
  }

  /** A piece has come; an empty one is none. @param at by the monotonic clock */
  add({ text = '', reasoning = '' }: { text?: string; reasoning?: string }, at: Millis): void {
    if (text === '' && reasoning === '') return;
    this.#firstAt ??= at;
    if (text !== '') this.#firstTextAt ??= at;
    this.#lastAt = at;
    this.#pieces++;
    if (text === '') this.#reasoningPieces++;
    this.#text += text;
  }

  /** What the server counted; it may say so more than once. */
  setFigures(figures: ServerFigures): void {
    this.#figures = { ...this.#figures, ...figures };
  }

  /** What is known up to a moment, also of an answer that was cut off. */
  measured(at: Millis): InferenceMeasurement {
    const since = (moment: Millis | undefined) => (moment === undefined ? undefined : moment - this.#sentAt);
    const { tokens = this.#pieces, reasoningTokens = this.#reasoningPieces } = this.#figures;
    return {
      duration: at - this.#sentAt,
      firstToken: since(this.#firstAt),
      firstText: this.#firstTextAt === this.#firstAt ? undefined : since(this.#firstTextAt),
      tokens,
      reasoningTokens,
      tokensPerSecond: this.#rate(tokens),
    };
  }

  /** The answer is complete. @throws InferenceFailure when it is none, or not what is expected */
  end(at: Millis, expectation: Expectation | undefined): InferenceMeasurement {
    const measured = this.measured(at);
    if (this.#pieces === 0) throw new InferenceFailure('empty', 'The answer has no text', measured);
    const isReasoningOnly = this.#text.trim() === '' && this.#reasoningPieces > 0;
    if (this.#text.trim() === '' && !isReasoningOnly)
      throw new InferenceFailure('empty', 'The answer is of white space alone', measured);
    if (!expectation || expectation.matches(this.#text)) return measured;
    const source = JSON.stringify(expectation.source);
    throw new InferenceFailure(
      'mismatch',
      isReasoningOnly
        ? `The answer is reasoning alone, and nothing that matches ${source}; raise max_tokens`
        : `The answer does not match ${source}: ${oneLine(scrub(this.#text, this.#secrets), SHOWN)}`,
      measured,
    );
  }

  /** As a client sees it, after the first piece; the server's own figure where all came at once. */
  #rate(tokens: number): number | undefined {
    const span = this.#lastAt - (this.#firstAt ?? 0);
    if (this.#pieces < 2 || span < AT_ONCE) return this.#figures.tokensPerSecond;
    // A piece may be of several tokens: those of the first one came before the span.
    return (tokens * (1 - 1 / this.#pieces) * 1000) / span;
  }
}

/** What an answer must be like. */
export interface Expectation {
  readonly source: string;
  matches(text: string): boolean;
}

/** Compiles an expression; RE2 is loaded only where there is one. */
export async function expectationOf(source: string | undefined): Promise<Expectation | undefined> {
  if (source === undefined) return undefined;
  const { compileFind } = await import('../../go/regexp/find.js');
  return { source, matches: compileFind(source) };
}
