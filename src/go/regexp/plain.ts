// Expressions that need no regular expression: texts, alternatives of texts (`a\.b|c`), and a text with `.*` or `.+` at its ends.
// Most matchers in dashboards are of these forms, and comparing is much faster than matching.

/** A test that means the same as the expression, if it has one of the simple forms. */
export function plainMatch(source: string): ((text: string) => boolean) | undefined {
  return between(source) ?? alternatives(source);
}

/** A character that stands for itself: written so, or a mark after a backslash. */
const LITERAL = /[^\\.+*?()|[\]{}^$]+|\\([!-/:-@[-`{-~])/y;

function alternatives(source: string): ((text: string) => boolean) | undefined {
  const group = /^\((?:\?:)?([^()]*)\)$/.exec(source);
  const texts = literals(group ? (group[1] as string) : source);
  if (!texts) return undefined;
  if (texts.length === 1) return text => text === texts[0];
  const set = new Set(texts);
  return text => set.has(text);
}

/** Texts between `|`; undefined when one of them is more than a text. */
function literals(source: string): string[] | undefined {
  const texts = [''];
  for (LITERAL.lastIndex = 0; LITERAL.lastIndex < source.length; ) {
    const at = LITERAL.lastIndex;
    const [run, escaped] = LITERAL.exec(source) ?? [];
    if (run !== undefined) texts.push((texts.pop() as string) + (escaped ?? run));
    else if (source[at] !== '|') return undefined;
    else {
      texts.push('');
      LITERAL.lastIndex = at + 1;
    }
  }
  return texts;
}

const BETWEEN = /^(\.[*+])?([^\\.+*?()|[\]{}^$]*)(\.[*+])?$/s;

/** `.*`, `.+`, `a.*`, `.*a`, `.*a.*` and the same with `.+`. */
function between(source: string): ((text: string) => boolean) | undefined {
  const match = BETWEEN.exec(source);
  if (!match || (!match[1] && !match[3])) return undefined;
  const [, before, inner = '', after] = match;
  const left = before === '.+' ? 1 : 0;
  const right = after === '.+' ? 1 : 0;
  // Counted in characters, so that half of one is not taken for the character before or after.
  if (inner === '') return text => text.length >= left + right && (left + right < 2 || [...text].length > 1);
  if (!before) return text => text.startsWith(inner) && text.length >= inner.length + right;
  if (!after) return text => text.endsWith(inner) && text.length >= inner.length + left;
  return text => {
    const at = text.indexOf(inner, left);
    return at >= 0 && text.length >= at + inner.length + right;
  };
}
