// Questions to Ollama's models: what it streams, and that no model stays in memory for them.

import { afterEach, describe, expect, test } from 'vitest';
import { schemaKit } from '../../../../src/config/schema-kit.js';
import type { InferenceMeasurement } from '../../../../src/model/inference.js';
import { Connections } from '../../../../src/probes/http/connections.js';
import {
  InferenceFailure,
  InferenceSkipped,
  type InferenceTask,
  inferencesOf,
} from '../../../../src/probes/inference/task.js';
import { type OllamaOptions, ollama } from '../../../../src/probes/kinds/ollama.js';
import { SecondaryAttempt } from '../../../../src/probes/secondary-attempt.js';
import { type Asked, lines, ModelServer, type Scripted, script } from '../../../support/model-server.js';
import { Bench } from '../recording.js';

const NDJSON = 'application/x-ndjson';
const piece = (response: string, more: object = {}) => ({
  model: 'm:1b',
  created_at: '2026-01-01T00:00:00Z',
  response,
  done: false,
  ...more,
});
const END = {
  model: 'm:1b',
  response: '',
  done: true,
  done_reason: 'stop',
  total_duration: 300_000_000,
  load_duration: 20_000_000,
  prompt_eval_count: 26,
  eval_count: 5,
  eval_duration: 100_000_000,
};
const ANSWER = script(lines([piece('Hel'), piece('lo'), END]), NDJSON);

let bench = new Bench();
let server: ModelServer | undefined;
let connections = new Connections();
afterEach(async () => {
  await bench.close();
  await server?.close();
  connections.close();
  bench = new Bench();
  connections = new Connections();
});

/** An Ollama with one model that is in memory for `keepAlive` seconds after each question. Its clock is not ours. */
class Ollama {
  readonly server: ModelServer;
  now = Date.parse('2026-03-01T12:00:00Z');
  keepAlive = 300;
  /** Unix milliseconds; undefined: not in memory. */
  expires: number | undefined;
  contextLength: number | undefined;
  answer: unknown = ANSWER;

  constructor() {
    this.use();
    this.server = new ModelServer({
      '/api/ps': (): Scripted => ({
        headers: { date: new Date(this.now).toUTCString() },
        steps: [JSON.stringify({ models: this.#loaded() })],
      }),
      '/api/generate': (asked: Asked) => this.#used(asked),
      '/api/embed': () => {
        this.use();
        return { model: 'm:1b', embeddings: [[0.1, 0.2, 0.3]] };
      },
    });
  }

  /** Others use the model. */
  use(): void {
    this.expires = this.now + this.keepAlive * 1000;
  }

  pass(seconds: number): void {
    this.now += seconds * 1000;
    if (this.expires !== undefined && this.now >= this.expires) this.expires = undefined;
  }

  #used(asked: Asked): unknown {
    this.use();
    return typeof this.answer === 'function' ? this.answer(asked) : this.answer;
  }

  #loaded(): object[] {
    if (this.expires === undefined) return [];
    const expires_at = new Date(this.expires).toISOString();
    return [{ name: 'm:1b', size_vram: 1, expires_at, context_length: this.contextLength }];
  }
}

async function taskOf(config: object, url: string): Promise<InferenceTask> {
  const probe = await bench.open(ollama, { url, ...config });
  return inferencesOf(probe)[0] as InferenceTask;
}

async function ask(task: InferenceTask, timeout = 3000) {
  const attempt = new SecondaryAttempt({ timeout, onCancel: () => {} });
  const timer = setTimeout(() => attempt.cancel(), timeout);
  const none: InferenceMeasurement = {};
  try {
    return { verdict: 'ok', measured: await task.run({ attempt, connections }) };
  } catch (error) {
    if (error instanceof InferenceSkipped) return { verdict: `skip: ${error.reason}`, measured: none };
    if (!(error instanceof InferenceFailure)) throw error;
    return { verdict: `${error.reason}: ${error.message}`, measured: error.measured };
  } finally {
    clearTimeout(timer);
  }
}

const MODEL = { generate: { models: ['m:1b'] } };

describe('generate', () => {
  test('asks as little as it can, and never says how long the model is to stay', async () => {
    const world = new Ollama();
    server = await world.server.start();
    const { verdict, measured } = await ask(await taskOf(MODEL, `${server.url}/api/tags`));
    expect(verdict).toBe('ok');
    expect(measured).toMatchObject({ tokens: 5 });
    expect(server.to('/api/generate').map(({ body }) => body)).toEqual([
      { model: 'm:1b', prompt: 'Say hello.', stream: true, think: false, options: { num_predict: 16 } },
    ]);
  });

  const answers: readonly [name: string, answer: unknown, want: string | RegExp, measured?: object][] = [
    [
      'thoughts and text',
      script(lines([piece('', { thinking: 'Hm' }), piece('Hi'), END]), NDJSON),
      'ok',
      { reasoningTokens: 1 },
    ],
    [
      'in one piece: its own figures',
      script([lines([piece('Hel'), piece('lo'), END]).join('')], NDJSON),
      'ok',
      { tokens: 5, tokensPerSecond: 50 },
    ],
    ['not streamed', { ...END, response: 'Hello' }, 'ok', { tokens: 5, tokensPerSecond: 50 }],
    [
      'an error within',
      script(lines([piece('Hel'), { error: 'llama runner process has terminated' }]), NDJSON),
      'stream: llama runner process has terminated',
    ],
    ['broken JSON', script(['{"response": \n'], NDJSON), /^protocol: The stream has a line that is not JSON/],
    [
      'ended too early',
      script(lines([piece('Hel')]), NDJSON),
      'protocol: The answer ended before the server said that it was complete',
    ],
    ['cut off', script([...lines([piece('Hel')]), 'CUT'], NDJSON), /^protocol: /],
    ['no text', script(lines([END]), NDJSON), 'empty: The answer has no text'],
    [
      'a model that is gone',
      script([`{"error":"model 'm:1b' not found"}`], 'application/json', 404),
      "model: HTTP 404 (model 'm:1b' not found)",
    ],
    [
      'a model that embeds',
      script(['{"error":"\\"m:1b\\" does not support generate"}'], 'application/json', 400),
      'status: HTTP 400 ("m:1b" does not support generate)',
    ],
    [
      'busy',
      script(
        ['{"error":"server busy, please try again. maximum pending requests exceeded"}'],
        'application/json',
        503,
      ),
      /^busy: HTTP 503 \(server busy/,
    ],
    ['no answer in time', script(['HANG'], NDJSON), /^timeout: /],
  ];
  test.each(answers)('%s', async (_, answer, want, measured = {}) => {
    const world = new Ollama();
    world.answer = answer as Scripted;
    server = await world.server.start();
    const asked = await ask(await taskOf(MODEL, server.url), 1500);
    expect(asked.verdict).toEqual(want instanceof RegExp ? expect.stringMatching(want) : want);
    expect(asked.measured).toMatchObject(measured);
  });
});

describe('a model that is not in memory', () => {
  test('is not asked', async () => {
    const world = new Ollama();
    world.expires = undefined;
    server = await world.server.start();
    expect((await ask(await taskOf(MODEL, server.url))).verdict).toBe('skip: not_loaded');
    expect(server.to('/api/generate')).toEqual([]);
  });

  test('is not asked for a vector either', async () => {
    const world = new Ollama();
    world.expires = undefined;
    server = await world.server.start();
    const task = await taskOf({ embed: { models: ['m:1b'] } }, server.url);
    expect((await ask(task)).verdict).toBe('skip: not_loaded');
    expect(server.to('/api/embed')).toEqual([]);
  });

  test('is asked with load: true', async () => {
    const world = new Ollama();
    world.expires = undefined;
    server = await world.server.start();
    const task = await taskOf({ generate: { models: ['m:1b'], load: true } }, server.url);
    expect((await ask(task)).verdict).toBe('ok');
  });

  test('is not asked of an older server, which does not say', async () => {
    server = await new ModelServer({ '/api/generate': ANSWER }).start();
    expect((await ask(await taskOf(MODEL, server.url))).verdict).toBe('skip: not_loaded');
  });
});

describe('a model stays in memory no longer than others use it, and one keep-alive', () => {
  /** Runs a timetable: seconds that pass, who uses the model, and what comes of our question. */
  async function timetable(world: Ollama, steps: readonly (number | 'use' | string)[]): Promise<void> {
    server = await new ModelServer(world.server.answers).start();
    const task = await taskOf(MODEL, server.url);
    for (const step of steps) {
      if (typeof step === 'number') world.pass(step);
      else if (step === 'use') world.use();
      else expect([step, (await ask(task)).verdict]).toEqual([step, step]);
    }
  }

  const cases: readonly [name: string, keepAlive: number, steps: readonly (number | string)[]][] = [
    [
      'asked while it would be there without us',
      900,
      [0, 'ok', 300, 'ok', 300, 'ok', 300, 'skip: idle', 300, 'skip: idle', 300, 'skip: not_loaded'],
    ],
    ['used again by others', 900, [600, 'ok', 300, 'skip: idle', 60, 'use', 240, 'ok', 300, 'ok']],
    ['kept for good', 1e10, [0, 'ok', 1_000_000, 'ok', 1_000_000, 'ok']],
  ];
  test.each(cases)('%s', async (_, keepAlive, steps) => {
    const world = new Ollama();
    world.keepAlive = keepAlive;
    world.use();
    await timetable(world, steps);
  });
});

describe('the context length', () => {
  test('is that of the loaded model, so that it is not loaded again', async () => {
    const world = new Ollama();
    world.contextLength = 8192;
    server = await world.server.start();
    await ask(await taskOf(MODEL, server.url));
    expect(server.to('/api/generate')[0]?.body.options).toEqual({ num_predict: 16, num_ctx: 8192 });
  });

  test('is left out once the model was loaded again because of it', async () => {
    const world = new Ollama();
    world.contextLength = 8192;
    world.answer = ({ body }: Asked) =>
      script(lines([piece('Hi'), { ...END, load_duration: body.options.num_ctx ? 4e9 : 2e7 }]), NDJSON);
    server = await world.server.start();
    const task = await taskOf(MODEL, server.url);
    for (let i = 0; i < 3; i++) {
      world.use();
      await ask(task);
    }
    expect(server.to('/api/generate').map(({ body }) => body.options.num_ctx)).toEqual([
      8192,
      undefined,
      undefined,
    ]);
  });
});

test('a vector', async () => {
  const world = new Ollama();
  server = await world.server.start();
  const { verdict, measured } = await ask(await taskOf({ embed: { models: ['m:1b'] } }, server.url));
  expect([verdict, measured.dimensions]).toEqual(['ok', 3]);
  expect(server.to('/api/embed')[0]?.body).toEqual({ model: 'm:1b', input: 'hello' });
});

const problems: readonly [config: object, want: string | undefined][] = [
  [{ generate: {} }, 'generate: name the models in generate.models, or in require_models'],
  [{ generate: {}, require_models: ['m'] }, undefined],
  [{ generate: { models: ['m'] } }, undefined],
  [{ embed: {}, require_models: ['m'] }, 'embed: name the models in embed.models'],
  [{ embed: { models: ['m'] } }, undefined],
];
test.each(problems)('what is wrong with %j', (config, want) => {
  const parsed = ollama.options(schemaKit).parse({ url: 'http://h', ...config });
  expect(ollama.check?.(parsed as OllamaOptions)).toBe(want);
});
