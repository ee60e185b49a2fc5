// A model server for tests: answers by path with pieces that come one after the other, as servers document them, and keeps
// what it was asked.

import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificate } from './certificate.js';
import { listen, portOf, stop } from './http.js';

/** A piece of a body, a pause in milliseconds, the end of the connection, or nothing more for ever. */
export type Step = string | Buffer | number | 'CUT' | 'HANG';

export interface Scripted {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly body: any;
}

/** What is answered at a path: a JSON value, or a script; a function is called for each request. */
export type Answers = Record<string, unknown | ((asked: Asked) => unknown)>;

export const script = (steps: readonly Step[], type = 'text/event-stream', status = 200): Scripted => ({
  status,
  type,
  steps,
});

/** Server-sent events of these values, with `[DONE]` behind them. */
export const events = (values: readonly unknown[], end = '\n'): string[] =>
  [...values.map(value => JSON.stringify(value)), '[DONE]'].map(text => `data: ${text}${end}${end}`);

/** Lines of these values, as Ollama streams them. */
export const lines = (values: readonly unknown[]): string[] =>
  values.map(value => `${JSON.stringify(value)}\n`);

export class ModelServer {
  readonly asked: Asked[] = [];
  /** Requests to a path under way at once, at most. */
  readonly most = new Map<string, number>();
  answers: Answers;
  readonly #running = new Map<string, number>();
  #server: Server | undefined;

  constructor(answers: Answers) {
    this.answers = answers;
  }

  /** @param tls it speaks HTTPS with this certificate */
  async start(tls?: Certificate): Promise<this> {
    this.#server = await listen(async (request, response) => {
      const path = (request.url ?? '').replace(/\?.*/, '');
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const text = Buffer.concat(pieces).toString();
      const asked = { path, headers: request.headers, body: text === '' ? undefined : JSON.parse(text) };
      this.asked.push(asked);
      this.#count(path, 1);
      response.on('close', () => this.#count(path, -1));
      await respond(response, this.#answer(asked)).catch(() => {});
    }, tls);
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server as Server)}`;
  }

  to(path: string): Asked[] {
    return this.asked.filter(each => each.path === path);
  }

  async close(): Promise<void> {
    if (this.#server) await stop(this.#server);
  }

  #count(path: string, by: number): void {
    const now = (this.#running.get(path) ?? 0) + by;
    this.#running.set(path, now);
    this.most.set(path, Math.max(this.most.get(path) ?? 0, now));
  }

  #answer(asked: Asked): unknown {
    const answer = this.answers[asked.path];
    return typeof answer === 'function' ? answer(asked) : answer;
  }
}

async function respond(response: ServerResponse, answer: unknown): Promise<void> {
  if (answer === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
    return;
  }
  if (!isScript(answer)) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    return;
  }
  const type = answer.type ?? 'application/json';
  response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers });
  response.flushHeaders();
  for (const step of answer.steps) {
    if (step === 'HANG') return;
    if (step === 'CUT') {
      response.destroy();
      return;
    }
    if (typeof step === 'number') await delay(step);
    else response.write(step);
    // Each piece is one that the client sees alone.
    await delay(2);
  }
  response.end();
}

function isScript(answer: unknown): answer is Scripted {
  return answer !== null && typeof answer === 'object' && Array.isArray((answer as Scripted).steps);
}
