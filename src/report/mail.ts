// A report as a mail: HTML with its charts as images inside the mail, so that nothing is fetched from anywhere, and the same
// as text.

import { createHash } from 'node:crypto';
import type { ReportMessage } from '../alertmanager/pipeline/report-message.js';
import { digestOf } from './digest.js';
import { escaped, htmlOf } from './html.js';
import { markdownOf } from './markdown.js';
import type { Outline } from './outline.js';
import { pngOf } from './png.js';
import { draw } from './shape.js';

/** What receivers are given. */
export function messageOf(outline: Outline): ReportMessage {
  const images = new Map<string, Uint8Array>();
  const html = htmlOf(outline, chart => {
    const png = pngOf(chart);
    // Charts that look alike are one image.
    const id = `${createHash('sha256').update(png).digest('hex').slice(0, 16)}@langgraph-monitor`;
    images.set(id, png);
    const { width, height } = draw(chart);
    return `<img src="cid:${id}" width="${width}" height="${height}" alt="${escaped(chart.label)}" style="display:block">`;
  });
  return {
    title: outline.title,
    url: outline.url,
    html,
    images: [...images].map(([id, content]) => ({ id, content })),
    text: markdownOf(outline),
    digest: digestOf(outline),
  };
}
