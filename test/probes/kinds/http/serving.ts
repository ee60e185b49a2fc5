// A health URL that answers as a test says, and a probe of it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach } from 'vitest';
import { http } from '../../../../src/probes/kinds/http.js';
import { listen, portOf, stop } from '../../../support/http.js';
import { Bench, type Run, run } from '../recording.js';

const closing: (() => unknown)[] = [];

/** Closed after the current test, last one first. Needs {@link closeAfterEach}. */
export const closeLater = (...closes: (() => unknown)[]) => closing.push(...closes);

/** Call it at the top of a test file. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
}

export type Serve = (request: IncomingMessage, response: ServerResponse) => void;

export async function served(serve: Serve): Promise<string> {
  const server = await listen(serve);
  closeLater(() => stop(server));
  return `http://127.0.0.1:${portOf(server)}`;
}

export async function ask(serve: Serve, config: object = {}): Promise<Run> {
  const bench = new Bench();
  closeLater(() => bench.close());
  return run(await bench.open(http, { url: `${await served(serve)}/health`, ...config }));
}

export const answer =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): Serve =>
  (_, response) =>
    response.writeHead(status, headers).end(body);
export const JSON_TYPE = { 'content-type': 'application/json' };
export const HTML = { 'content-type': 'text/html; charset=utf-8' };
