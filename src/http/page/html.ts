// HTML as a template: whatever is put into it is text unless it is HTML already, so nothing can forget to escape.

/** Text that is HTML. Made by {@link html} only. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

type Piece = string | number | Html | readonly Html[] | undefined;

/** A template whose values are escaped; lists are joined, undefined is nothing. Attributes must be quoted. */
export function html(parts: TemplateStringsArray, ...values: Piece[]): Html {
  return new Html(parts.reduce((text, part, i) => text + print(values[i - 1]) + part));
}

function print(value: Piece): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(each => each.text).join('');
  return String(value).replace(/[&<>"']/g, char => ENTITIES[char] as string);
}

/** A sentence in which `backticks` mark code; one without its partner is a character. */
export function prose(sentence: string): Html[] {
  const slicer = sentence.split('`');
  if (slicer.length % 2 === 0) slicer.push(slicer.splice(-2).join('`'));
  return slicer.map((piece, i) => (i % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`));
}
