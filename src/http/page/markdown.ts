// Our own documents as HTML. Comes in: Markdown; goes out: HTML whose headings can be linked to by the names that
// GitHub gives them.

import { Marked } from 'marked';
import { Html, html } from './html.js';

/** A link to another document beside this one. */
const DOCUMENT = /^(\w+)\.md(#.*)?$/;

const marked = new Marked({
  async: false,
  gfm: true,
  renderer: {
    heading({ tokens, depth, text }) {
      const inside = new Html(this.parser.parseInline(tokens));
      return depth === 1 ? html`<h1>${inside}</h1>\n`.text : numbered(depth, slug(text), inside);
    },
    link({ href, tokens }) {
      const place = href.replace(DOCUMENT, (_, name: string, section = '') => name + section);
      return html`<a href="${place}">${new Html(this.parser.parseInline(tokens))}</a>`.text;
    },
    html: ({ text }) => html`${text}`.text,
  },
});

/** A document; HTML in it is shown as text. */
export function markdown(text: string): Html {
  return new Html(marked.parse(text, { async: false }));
}

function numbered(depth: number, id: string, inside: Html): string {
  return depth === 2
    ? html`<h2 id="${id}">${inside}</h2>\n`.text
    : html`<h3 id="${id}">${inside}</h3>\n`.text;
}

/** The name of a heading in links: lower case, spaces as hyphens, other signs left out. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
