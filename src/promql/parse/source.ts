// The text that is parsed, with its tokens: what the steps from tree to expression need to read values and to say
// where something is wrong.

import type { Position } from '../ast.js';
import { ParseError } from '../error.js';
import type { Token } from './token.js';
import { unexpected } from './unexpected.js';

export class Source {
  readonly #indexes: ReadonlyMap<number, number>;

  constructor(
    readonly text: string,
    readonly tokens: readonly Token[],
  ) {
    this.#indexes = new Map(tokens.map((token, i) => [token.from, i]));
  }

  /** The token that begins at an offset, where the tree says there is one. */
  tokenAt(from: number): Token {
    return this.tokens[this.#indexOf(from)] as Token;
  }

  /** The token `steps` behind the one that begins at an offset, or before it. */
  tokenNear(from: number, steps: number): Token | undefined {
    return this.tokens[this.#indexOf(from) + steps];
  }

  /** @throws ParseError always */
  fail(position: Position, reason: string): never {
    throw new ParseError(this.text, { from: position.from, to: position.to }, reason);
  }

  /** Refuses the token at an offset, or the first one behind it. @throws ParseError always */
  failAt(from: number): never {
    const index = this.tokens.findIndex(token => token.to > from);
    const found = index < 0 ? this.tokens.length : index;
    const { position, reason } = unexpected(this.tokens, found, this.text.length);
    return this.fail(position, reason);
  }

  #indexOf(from: number): number {
    const index = this.#indexes.get(from);
    if (index === undefined) throw new Error(`no token at ${from}`);
    return index;
  }
}
