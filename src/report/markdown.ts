// A report as Markdown, which is read as plain text just as well. Source: GitHub Flavored Markdown, tables.

import type { Block, Cell, Outline, Table } from './outline.js';

export function markdownOf({ title, summary, sections, url, footer }: Outline): string {
  const parts = sections.flatMap(({ heading, blocks }) => [`## ${escaped(heading)}`, ...blocks.map(block)]);
  const link = url === undefined ? [] : [`<${url}/>`];
  return `${[`# ${escaped(title)}`, ...summary.map(escaped), ...parts, ...link, escaped(footer)].join('\n\n')}\n`;
}

function block(each: Block): string {
  if (each.kind === 'text') return escaped(each.text);
  if (each.kind === 'list') return each.items.map(item => `- ${escaped(item)}`).join('\n');
  return table(each);
}

/** Columns are padded, so that it is a table where nothing renders it. */
function table({ columns, rows, note }: Table): string {
  const cells = [columns.map(({ name }) => escaped(name)), ...rows.map(row => row.map(cell))];
  const widths = columns.map((_, i) => Math.max(3, ...cells.map(row => width(row[i] ?? ''))));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, i) => pad(text, widths[i] as number, columns[i]?.isNumber ?? false)).join(' | ')} |`;
  const rule = `|${columns.map(({ isNumber }, i) => `${'-'.repeat((widths[i] as number) + 1)}${isNumber ? ':' : '-'}`).join('|')}|`;
  const [head = [], ...body] = cells;
  return [line(head), rule, ...body.map(line), ...(note === undefined ? [] : ['', escaped(note)])].join('\n');
}

const cell = (each: Cell): string => escaped(typeof each === 'string' ? each : each.text);

const width = (text: string): number => [...text].length;

function pad(text: string, to: number, isNumber: boolean): string {
  const spaces = ' '.repeat(Math.max(0, to - width(text)));
  return isNumber ? spaces + text : text + spaces;
}

/** Names that look like markup stay what they are. */
function escaped(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_[\]<>|]/g, sign => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`));
}
