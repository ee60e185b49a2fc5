// A simulated llama.cpp server: healthy, or still loading its model. Started by cluster.ts.
// Source: llama.cpp, tools/server/README.md, "GET /health" and "GET /models".

import type { Millis } from '../model/time.js';
import { CHAT_PATH, chatAnswer } from './chat.js';
import { type Fault, json } from './fault.js';
import { type SimulatedServer, startServer } from './server.js';

/** The state of a llama.cpp server that reads its model from disk: every request gets this. */
export const LOADING_MODEL: Fault = {
  kind: 'status',
  code: 503,
  body: '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
};

const MODEL = {
  ...{ id: 'llama-3.2-3b-q4', object: 'model', created: 1_735_689_600, owned_by: 'llamacpp' },
  meta: { n_ctx_train: 131_072, n_params: 3_212_749_888 },
  status: { value: 'loaded' },
};

interface LlamaOptions {
  readonly port?: number | undefined;
  readonly latency?: (() => Millis) | undefined;
}

/** Starts it on loopback; the caller must close it. @throws Error when the port is taken. */
export function startLlama(options: LlamaOptions = {}): Promise<SimulatedServer> {
  return startServer({
    ...options,
    answer: ({ method, path }) => {
      if (path === '/health' || path === '/v1/health') return json({ status: 'ok' });
      if (path === '/v1/models') return json({ object: 'list', data: [MODEL] });
      if (path === CHAT_PATH && method === 'POST')
        return chatAnswer(MODEL.id, 'llama.cpp on the CPU says hello.');
      return json({ error: { code: 404, message: 'File Not Found', type: 'not_found_error' } }, 404);
    },
  });
}
