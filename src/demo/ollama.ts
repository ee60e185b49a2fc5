// A simulated Ollama: which models are installed and which are loaded, as its API lists them, and what they answer. Started by
// cluster.ts. Source: Ollama, docs/api.md.

import type { Millis } from '../model/time.js';
import { CHAT_PATH, chatAnswer } from './chat.js';
import { type FaultyResponse, json, plain } from './fault.js';
import { type SimulatedServer, startServer } from './server.js';
import { sine } from './sine.js';

interface Model {
  readonly size: number;
  /** Bytes it takes when loaded; all of it in video memory. */
  readonly loaded: number;
  readonly digest: string;
  readonly parameters: string;
  readonly quantization: string;
}

const MODELS: Readonly<Record<string, Model>> = {
  'llama3.2:3b': {
    size: 2_019_393_189,
    loaded: 3_096_475_648,
    digest: 'a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72',
    parameters: '3.2B',
    quantization: 'Q4_K_M',
  },
  'llama3.2:1b': {
    size: 1_321_098_329,
    loaded: 2_193_104_896,
    digest: 'baf6a787fdffd633537aa2eb51cfd54cb93ff08e28040095462bb63daf552878',
    parameters: '1.2B',
    quantization: 'Q8_0',
  },
};

/** The models it starts with. */
export const OLLAMA_MODELS: readonly string[] = Object.keys(MODELS);

/** How long a model stays loaded after its last use. */
const KEEP_LOADED: Millis = 300_000;

export interface OllamaServer extends SimulatedServer {
  /** Replaces the installed models; one that is gone is no longer loaded either. @throws RangeError for an unknown name. */
  setInstalled(names: readonly string[]): void;
  /** Replaces the loaded models; at the start the first one is. @throws RangeError for one that is not installed. */
  setLoaded(names: readonly string[]): void;
}

interface OllamaOptions {
  readonly port?: number | undefined;
  readonly latency?: (() => Millis) | undefined;
}

/** Starts it on loopback; the caller must close it. @throws Error when the port is taken. */
export async function startOllama(options: OllamaOptions = {}): Promise<OllamaServer> {
  let installed: readonly string[] = OLLAMA_MODELS;
  let loaded: readonly string[] = OLLAMA_MODELS.slice(0, 1);
  const started = performance.now();
  const server = await startServer({
    ...options,
    answer: ({ method, path }) => {
      if (path === '/') return plain('Ollama is running');
      if (path === '/api/version') return json({ version: '0.5.7' });
      if (path === '/api/tags') return json({ models: installed.map(tag) });
      if (path === '/api/ps') return json({ models: loaded.map(process) });
      if (path === '/api/generate' && method === 'POST' && loaded[0])
        return generated(loaded[0], rate(performance.now() - started));
      if (path === '/api/embed' && method === 'POST' && loaded[0])
        return json({ model: loaded[0], embeddings: [VECTOR] });
      if (path === CHAT_PATH && method === 'POST' && loaded[0])
        return chatAnswer(loaded[0], `${loaded[0]} on the Jetson says hello.`);
      return undefined;
    },
  });
  return Object.assign(server, {
    setInstalled(names: readonly string[]) {
      names.forEach(model);
      installed = [...names];
      loaded = loaded.filter(name => names.includes(name));
    },
    setLoaded(names: readonly string[]) {
      const missing = names.find(name => !installed.includes(name));
      if (missing !== undefined) throw new RangeError(`the model ${missing} is not installed`);
      loaded = [...names];
    },
  });
}

/** Tokens per second: the machine has other work to do at times, and is a third as fast then. */
function rate(elapsed: Millis): number {
  return sine(28, 14, 120_000, elapsed);
}

const VECTOR = Array.from({ length: 768 }, (_, i) => Math.sin(i + 1) / 20);
const WORDS = ['Hello', '!', ' How', ' can', ' I', ' help', '?'];

/** A stream of words that comes at once, with what it took. */
function generated(name: string, tokensPerSecond: number): FaultyResponse {
  const created_at = new Date().toISOString();
  const pieces = WORDS.map(response => ({ model: name, created_at, response, done: false }));
  const end = {
    ...{ model: name, created_at, response: '', done: true, done_reason: 'stop' },
    ...{ load_duration: 20_000_000, prompt_eval_count: 26, eval_count: WORDS.length },
    eval_duration: Math.round((WORDS.length / tokensPerSecond) * 1e9),
  };
  const body = [...pieces, end].map(piece => `${JSON.stringify(piece)}\n`).join('');
  return { status: 200, type: 'application/x-ndjson', body };
}

function model(name: string): Model {
  const found = MODELS[name];
  if (!found) throw new RangeError(`no model ${name}; there are ${OLLAMA_MODELS.join(', ')}`);
  return found;
}

function details(of: Model) {
  return {
    parent_model: '',
    format: 'gguf',
    family: 'llama',
    families: ['llama'],
    parameter_size: of.parameters,
    quantization_level: of.quantization,
  };
}

function tag(name: string) {
  const it = model(name);
  return {
    name,
    model: name,
    modified_at: '2025-01-20T09:14:02.482917316-08:00',
    size: it.size,
    digest: it.digest,
    details: details(it),
  };
}

function process(name: string) {
  const it = model(name);
  return {
    name,
    model: name,
    size: it.loaded,
    digest: it.digest,
    details: details(it),
    expires_at: new Date(Date.now() + KEEP_LOADED).toISOString(),
    size_vram: it.loaded,
  };
}
