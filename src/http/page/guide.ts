// Pages made of the documents in docs/, so that a link in an alert leads somewhere wherever the monitor runs.

import { readFile } from 'node:fs/promises';
import { HttpError } from '../http-error.js';
import type { RouteResult } from '../route.js';
import { page } from './frame.js';
import { type Html, html } from './html.js';

const FOLDER = new URL('../../../docs/', import.meta.url);

/** One of the documents, by its name there. @param before what stands above it @throws HttpError 404 when the folder is not beside the program */
export async function guidePage(name: string, title: string, before?: Html): Promise<RouteResult> {
  const text = await readFile(new URL(`${name}.md`, FOLDER), 'utf8').catch(() => {
    throw new HttpError(404, `docs/${name}.md is missing; copy the folder docs beside the program's dist`);
  });
  // Read once in a while; the parser need not be there all the time.
  const { markdown } = await import('./markdown.js');
  return page(
    `langgraph-monitor: ${title}`,
    html`<p class="quiet"><a href="./">Overview</a></p>
<main class="guide">
${before}${markdown(text)}</main>`,
  );
}
