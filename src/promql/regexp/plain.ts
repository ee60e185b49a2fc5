// Expressions that need no regular expression: texts, alternatives of texts, and a text with `.*` or `.+` at its ends.
// Most matchers in dashboards are of these forms, and comparing is much faster than matching.

/** A test that means the same as the expression, if it has one of the simple forms. */
export function plainMatch(source: string): ((text: string) => boolean) | undefined {
  return between(source) ?? alternatives(source);
}

const META = /[\\.+*?()|[\]{}^$]/;

function alternatives(source: string): ((text: string) => boolean) | undefined {
  const group = /^\((?:\?:)?([^()]*)\)$/.exec(source);
  const texts = (group ? (group[1] as string) : source).split('|');
  if (texts.some(text => META.test(text))) return undefined;
  if (texts.length === 1) return text => text === texts[0];
  const set = new Set(texts);
  return text => set.has(text);
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
