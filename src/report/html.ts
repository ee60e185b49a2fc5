// A report as HTML, for browsers and for mail. What mail programs do not know is not used: styles stand in the elements.

import type { Block, Cell, Chart, Outline, Table } from './outline.js';
import { COLORS, draw } from './shape.js';

/** What a chart becomes: an element of HTML. */
type DrawChart = (chart: Chart) => string;

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const CELL = 'padding:6px 10px;border-bottom:1px solid #d9dde2;vertical-align:middle';
const HEAD = `${CELL};text-align:left;font-weight:600;color:#57606a;font-size:13px;white-space:nowrap`;

/**
 * A whole document.
 * @param chart by default inline SVG, which browsers show
 */
export function htmlOf(outline: Outline, chart: DrawChart = svgOf): string {
  const { title, summary, sections, url, footer } = outline;
  const parts = sections.map(
    ({ heading, blocks }) =>
      `<h2 style="font-size:18px;margin:28px 0 8px">${escaped(heading)}</h2>\n${blocks.map(each => block(each, chart)).join('\n')}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escaped(title)}</title>
<style>@media print { h2 { break-after: avoid } tr { break-inside: avoid } a { color: inherit } }</style>
</head>
<body style="margin:0;background:#ffffff;color:#1f2328">
<main style="${FONT};font-size:15px;line-height:1.5;max-width:1040px;margin:0 auto;padding:24px 16px">
<h1 style="font-size:24px;line-height:1.25;margin:0 0 12px">${escaped(title)}</h1>
${summary.map(text => `<p style="margin:0 0 6px">${escaped(text)}</p>`).join('\n')}
${parts.join('\n')}
${url === undefined ? '' : `<p style="margin:28px 0 0"><a href="${escaped(url)}/" style="color:#0b57d0">Open the monitor</a></p>\n`}<p style="margin:12px 0 0;color:#57606a;font-size:13px">${escaped(footer)}</p>
</main>
</body>
</html>
`;
}

function block(each: Block, chart: DrawChart): string {
  if (each.kind === 'text') return `<p style="margin:12px 0 6px">${escaped(each.text)}</p>`;
  if (each.kind === 'table') return table(each, chart);
  const items = each.items.map(item => `<li style="margin:0 0 4px">${escaped(item)}</li>`);
  return `<ul style="margin:0 0 8px;padding-left:22px">\n${items.join('\n')}\n</ul>`;
}

function table({ columns, rows, note }: Table, chart: DrawChart): string {
  const align = (i: number) => (columns[i]?.isNumber ? ';text-align:right;white-space:nowrap' : '');
  const head = columns.map(
    ({ name }, i) => `<th scope="col" style="${HEAD}${align(i)}">${escaped(name)}</th>`,
  );
  const body = rows.map(row => {
    const cells = row.map((each, i) => `<td style="${CELL}${align(i)}">${cell(each, chart)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  const rest = note === undefined ? '' : `\n<p style="margin:6px 0 0;color:#57606a">${escaped(note)}</p>`;
  return `<div style="overflow-x:auto"><table style="border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums">
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>${rest}`;
}

const cell = (each: Cell, chart: DrawChart): string =>
  typeof each === 'string' ? escaped(each) : chart(each.chart);

function svgOf(chart: Chart): string {
  const { width, height, rectangles } = draw(chart);
  const bars = rectangles.map(
    each =>
      `<rect x="${each.x}" y="${each.y}" width="${each.width}" height="${each.height}" fill="${COLORS[each.tone]}"><title>${escaped(each.title)}</title></rect>`,
  );
  return `<svg role="img" aria-label="${escaped(chart.label)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${bars.join('')}</svg>`;
}

/** Text in an element or in an attribute with quotation marks. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
