// Expressions that were parsed before. Dashboards and pages send the same few texts again and again, and parsing one takes
// longer than evaluating it for a few fresh series.

import type { Expr } from '../../promql/ast.js';
import { parse } from '../../promql/parse.js';

/** Longer texts are rare, and evaluated for longer than they are parsed. */
const MAX_TEXT = 4096;
/** Of all texts together, in UTF-16 units. A tree takes some thirty times as much as its text. */
const MAX_KEPT = 64 * 1024;

/** Trees by text; the texts that were not asked for the longest time go first. */
export class ParsedExpressions {
  readonly #known = new Map<string, Expr>();
  #length = 0;

  /** As {@link parse}. The tree is shared: it must not be changed. @throws ParseError */
  parse(text: string): Expr {
    const known = this.#known.get(text);
    if (known) {
      this.#known.delete(text);
      this.#known.set(text, known);
      return known;
    }
    const expr = parse(text);
    if (text.length <= MAX_TEXT) this.#keep(text, expr);
    return expr;
  }

  #keep(text: string, expr: Expr): void {
    this.#known.set(text, expr);
    this.#length += text.length;
    for (const oldest of this.#known.keys()) {
      if (this.#length <= MAX_KEPT) return;
      this.#known.delete(oldest);
      this.#length -= oldest.length;
    }
  }
}
