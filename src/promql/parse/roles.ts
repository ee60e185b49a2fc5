// What each token does in its place: `-` is a sign or a subtraction, `and` an operator or a metric. Right for valid
// text; for other text it only has to give some answer, since the parser refuses it anyway.

import type { Token } from './token.js';
import { isDurationWord, isKeyword, isSign } from './token.js';

export type Role = 'operand' | 'binary' | 'unary' | 'open' | 'close' | 'comma' | 'other';

/** The roles of all tokens, in their order. */
export function rolesOf(tokens: readonly Token[]): Role[] {
  const reader = new RoleReader();
  return tokens.map(token => reader.next(token));
}

class RoleReader {
  /** An expression has to begin here. */
  #expectOperand = true;
  /** What ends the label list, matchers or range we are in. */
  #until: string | undefined;
  #depth = 0;
  #grouping = false;
  /** Behind `@` or `offset`, where a sign and a number belong to it. */
  #modifier = false;

  next(token: Token): Role {
    if (this.#until) return this.#within(token);
    if (isSign(token, '{', '[')) return this.#list(token.text === '{' ? '}' : ']');
    if (isSign(token, '(') && this.#grouping) return this.#list(')');
    this.#grouping = false;
    if (this.#modifier) return this.#inModifier(token);
    return this.#expectOperand ? this.#operandPlace(token) : this.#operatorPlace(token);
  }

  #within(token: Token): Role {
    // Durations may have parentheses within those of an offset.
    if (this.#until === ')' && isSign(token, '(')) this.#depth++;
    else if (isSign(token, this.#until as string) && this.#depth-- === 0) {
      this.#depth = 0;
      this.#until = undefined;
      // Labels of a matching stand before an operand, those of an aggregation behind its name.
      if (!this.#grouping) this.#expectOperand = false;
      this.#grouping = false;
    }
    return 'other';
  }

  #list(until: string): Role {
    if (until !== ')') this.#grouping = false;
    this.#until = until;
    this.#modifier = false;
    return 'other';
  }

  #inModifier(token: Token): Role {
    if (isSign(token, '+', '-')) return 'other';
    // `offset step()`, `offset min_of(...)`: what is in the parentheses is a duration.
    if (token.kind === 'identifier' && isDurationWord(token.text)) return 'other';
    this.#modifier = false;
    if (isSign(token, '(')) return this.#list(')');
    return isSign(token, ')', ',') ? this.#bracket(token) : 'other';
  }

  #operandPlace(token: Token): Role {
    if (isSign(token, '+', '-')) return 'unary';
    if (token.kind === 'punctuation') return this.#bracket(token);
    if (isKeyword(token, 'bool', 'on', 'ignoring', 'group_left', 'group_right')) {
      this.#grouping = !isKeyword(token, 'bool');
      return 'other';
    }
    // Also the metric of that name: what follows is read a little wrong then, which does no harm.
    if (isKeyword(token, 'fill', 'fill_left', 'fill_right')) {
      this.#grouping = true;
      return 'other';
    }
    this.#expectOperand = false;
    return 'operand';
  }

  #operatorPlace(token: Token): Role {
    if (isSign(token, '@') || isKeyword(token, 'offset')) {
      this.#modifier = true;
      return 'other';
    }
    if (token.kind === 'operator') {
      this.#expectOperand = true;
      return 'binary';
    }
    if (isKeyword(token, 'by', 'without')) this.#grouping = true;
    return token.kind === 'punctuation' ? this.#bracket(token) : 'other';
  }

  #bracket(token: Token): Role {
    this.#expectOperand = token.text !== ')';
    if (token.text === '(') return 'open';
    if (token.text === ')') return 'close';
    return token.text === ',' ? 'comma' : 'other';
  }
}
