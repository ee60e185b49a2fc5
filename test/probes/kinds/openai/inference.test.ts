// Questions to models over OpenAI's API, as servers document their answers.

import { afterEach, describe, expect, test } from 'vitest';
import type { InferenceMeasurement } from '../../../../src/model/inference.js';
import { Connections } from '../../../../src/probes/http/connections.js';
import { InferenceFailure, InferenceSkipped, inferencesOf } from '../../../../src/probes/inference/task.js';
import { openai } from '../../../../src/probes/kinds/openai.js';
import { SecondaryAttempt } from '../../../../src/probes/secondary-attempt.js';
import {
  type Answers,
  events,
  ModelServer,
  type Scripted,
  type Step,
  script,
} from '../../../support/model-server.js';
import { Bench, run } from '../recording.js';

const MODELS = {
  object: 'list',
  data: [{ id: 'm', object: 'model', owned_by: 'vllm', max_model_len: 4096 }],
};
const CHAT = '/v1/chat/completions';

const chunk = (delta: object, more: object = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...more }],
});
const ROLE = chunk({ role: 'assistant', content: '' });
const [HELLO, WORLD] = [chunk({ content: 'Hello' }), chunk({ content: ' world' })];
const STOP = chunk({}, { finish_reason: 'stop' });
const USAGE = {
  object: 'chat.completion.chunk',
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
};

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

/** What came of a question: `ok`, `skip: REASON` or `REASON: MESSAGE`, and what was measured. */
async function ask(answers: Answers, config: object = { generate: {} }, timeout = 2000) {
  server = await new ModelServer({ '/v1/models': MODELS, ...answers }).start();
  const probe = await bench.open(openai, { url: server.url, ...config });
  await run(probe);
  const task = inferencesOf(probe)[0];
  if (!task) throw new Error('nothing is asked');
  return questionOf(task.run.bind(task), timeout);
}

async function questionOf(
  question: (context: {
    attempt: SecondaryAttempt;
    connections: Connections;
  }) => Promise<InferenceMeasurement>,
  timeout = 2000,
): Promise<{ verdict: string; measured: InferenceMeasurement }> {
  const attempt = new SecondaryAttempt({ timeout, onCancel: () => {} });
  const timer = setTimeout(() => attempt.cancel(), timeout);
  try {
    return { verdict: 'ok', measured: await question({ attempt, connections }) };
  } catch (error) {
    if (error instanceof InferenceSkipped) return { verdict: `skip: ${error.reason}`, measured: {} };
    if (!(error instanceof InferenceFailure)) throw error;
    return { verdict: `${error.reason}: ${error.message}`, measured: error.measured };
  } finally {
    clearTimeout(timer);
  }
}

const ERROR = { error: { message: 'CUDA error: out of memory', type: 'InternalServerError', code: 500 } };

describe('generate', () => {
  test('measures a stream, and asks for no more than it needs', async () => {
    const steps = events([ROLE, HELLO, WORLD, STOP, USAGE]);
    const { verdict, measured } = await ask({
      [CHAT]: script(steps),
    });
    expect(verdict).toBe('ok');
    expect(measured).toMatchObject({ tokens: 4, reasoningTokens: 0, firstText: undefined });
    const { firstToken = 0, duration = 0, tokensPerSecond } = measured;
    expect(firstToken).toBeGreaterThan(0);
    expect(duration).toBeGreaterThan(firstToken);
    expect(tokensPerSecond).toBeGreaterThan(0);
    expect(server?.to(CHAT).map(({ body }) => body)).toEqual([
      {
        model: 'm',
        messages: [{ role: 'user', content: 'Say hello.' }],
        max_tokens: 16,
        stream: true,
        stream_options: { include_usage: true },
        chat_template_kwargs: { enable_thinking: false },
      },
    ]);
  });

  const reasoning = (field: string) => [
    ROLE,
    chunk({ [field]: 'Hm' }),
    chunk({ [field]: 'm.' }),
    chunk({ content: 'Hello' }),
    STOP,
  ];
  const answered: readonly [name: string, answer: Scripted, tokens: number, more?: object][] = [
    ['with CRLF', script(events([ROLE, HELLO, WORLD, STOP], '\r\n')), 2],
    [
      'in one piece',
      script([events([ROLE, HELLO, WORLD, STOP, USAGE]).join('')]),
      4,
      { tokensPerSecond: undefined },
    ],
    [
      "in one piece, with llama.cpp's timings",
      script([
        events([HELLO, { ...STOP, timings: { predicted_n: 2, predicted_per_second: 62.5 } }]).join(''),
      ]),
      1,
      { tokensPerSecond: 62.5 },
    ],
    ['byte by byte', script([...events([HELLO, STOP]).join('')].slice(0)), 1],
    ['with characters that are cut', script(cut(events([chunk({ content: 'Grüße 🦙' }), STOP]).join(''))), 1],
    ['without [DONE]', script(events([ROLE, HELLO, STOP]).slice(0, -1)), 1],
    ['without a blank line between', script([events([HELLO, STOP]).join('').replaceAll('\n\n', '\n')]), 1],
    [
      'with comments and names',
      script([': OPENROUTER PROCESSING\n\n', 'event: message\n', ...events([HELLO, STOP])]),
      1,
    ],
    [
      'spread over lines',
      script([`data: {"choices":[{"delta":\ndata: {"content":"hi"}}]}\n\n`, 'data: [DONE]\n\n']),
      1,
    ],
    ['with [DONE] and no end', script([...events([HELLO, STOP]), 'HANG']), 1],
    [
      'that thinks (reasoning_content)',
      script(events(reasoning('reasoning_content'))),
      3,
      { reasoningTokens: 2 },
    ],
    ['that thinks (reasoning)', script(events(reasoning('reasoning'))), 3, { reasoningTokens: 2 }],
    ['of thoughts alone', script(events(reasoning('reasoning').toSpliced(3, 1))), 2, { reasoningTokens: 2 }],
    ['in parts', script(events([chunk({ content: [{ type: 'text', text: 'hi' }] }), STOP])), 1],
    [
      'that is not streamed',
      script(
        [
          JSON.stringify({
            choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
            usage: { completion_tokens: 3 },
          }),
        ],
        'application/json',
      ),
      3,
      { tokensPerSecond: undefined },
    ],
  ];
  test.each(answered)('an answer %s', async (_, answer, tokens, more = {}) => {
    const { verdict, measured } = await ask({ [CHAT]: answer });
    expect(verdict).toBe('ok');
    expect(measured).toMatchObject({ tokens, ...more });
  });

  const JSON_TYPE = 'application/json';
  const failed: readonly [name: string, answer: unknown, want: string | RegExp, tokens?: number][] = [
    ['no answer in time', script(['HANG']), /^timeout: Request timed out before the answer ended/],
    ['tokens, and no end in time', script([...events([HELLO]).slice(0, 1), 'HANG']), /^timeout: /, 1],
    ['cut off', script([...events([ROLE, HELLO]).slice(0, 2), 'CUT']), /^protocol: /, 1],
    [
      'ended too early',
      script(events([ROLE, HELLO]).slice(0, 2)),
      'protocol: The answer ended before the server said that it was complete',
      1,
    ],
    [
      'broken JSON',
      script(['data: {"choices": [}\n\n']),
      'protocol: The stream has an event that is not JSON: {"choices": [}',
    ],
    ['an error within', script(events([HELLO, ERROR])), 'stream: CUDA error: out of memory', 1],
    [
      "TGI's error",
      script(events([{ error: 'Request failed during generation', error_type: 'generation' }])),
      /^stream: Request failed/,
    ],
    [
      "llama.cpp's error field",
      script(['error: {"code":500,"message":"slot is gone"}\n\n']),
      /^stream: slot is gone/,
    ],
    ['an error as an answer', ERROR, 'stream: CUDA error: out of memory'],
    ['no text', script(events([ROLE, STOP])), 'empty: The answer has no text'],
    [
      'white space',
      script(events([chunk({ content: '\n \n' }), STOP])),
      'empty: The answer is of white space alone',
      1,
    ],
    ['an empty body', script([]), 'protocol: The answer is empty'],
    [
      'a web page',
      script(['<html><title>Sign in</title></html>'], 'text/html'),
      'protocol: Not a stream of tokens: the body is HTML (Sign in), not JSON',
    ],
    ['other JSON', { ok: true }, 'body: The answer is JSON of another form'],
    [
      '401',
      script(['{"error":{"message":"Invalid key sk-SECRET-1"}}'], JSON_TYPE, 401),
      'auth: HTTP 401 (Invalid key <secret>)',
    ],
    [
      '404',
      script(['{"object":"error","message":"The model `m` does not exist.","code":404}'], JSON_TYPE, 404),
      'model: HTTP 404 (The model `m` does not exist.)',
    ],
    [
      '429',
      script(['{"error":{"message":"Rate limit reached"}}'], JSON_TYPE, 429),
      'busy: HTTP 429 (Rate limit reached)',
    ],
    [
      '503',
      script(['{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}'], JSON_TYPE, 503),
      'busy: HTTP 503 (Loading model)',
    ],
    [
      'a secret in the stream',
      script(events([{ error: { message: 'no: Bearer sk-SECRET-1' } }])),
      'stream: no: Bearer <secret>',
    ],
    [
      'a body without end',
      script(Array.from({ length: 40 }, () => `data: ${'x'.repeat(40_000)}\n`)),
      /^body: Body is longer than 1048576 bytes/,
    ],
  ];
  test.each(failed)('%s', async (_, answer, want, tokens) => {
    const { verdict, measured } = await ask(
      { [CHAT]: answer },
      { generate: {}, api_key: 'sk-SECRET-1' },
      400,
    );
    expect(verdict).toEqual(want instanceof RegExp ? expect.stringMatching(want) : want);
    expect(measured.tokens || undefined).toBe(tokens);
  });

  const expected: readonly [expect: string, steps: readonly unknown[], want: string][] = [
    ['(?i)hello', [HELLO, WORLD, STOP], 'ok'],
    ['^Hello world$', [HELLO, WORLD, STOP], 'ok'],
    ['bye', [HELLO, WORLD, STOP], 'mismatch: The answer does not match "bye": Hello world'],
    [
      'hello',
      [chunk({ reasoning: 'hello' }), STOP],
      'mismatch: The answer is reasoning alone, and nothing that matches "hello"; raise max_tokens',
    ],
  ];
  test.each(expected)('expect %s', async (source, values, want) => {
    const answers = { [CHAT]: script(events(values)) };
    expect((await ask(answers, { generate: { expect: source } })).verdict).toBe(want);
  });

  const owners: readonly [owner: string, takes: boolean][] = [
    ['vllm', true],
    ['sglang', true],
    ['llamacpp', true],
    ['openai', false],
    ['', false],
  ];
  test.each(owners)('a server of %j is asked for no thinking: %s', async (owned_by, takes) => {
    const list = { data: [{ id: 'm', owned_by }] };
    await ask({ '/v1/models': list, [CHAT]: script(events([HELLO, STOP])) });
    expect('chat_template_kwargs' in (server?.to(CHAT)[0]?.body ?? {})).toBe(takes);
  });

  test('further fields of the request, and another API', async () => {
    const values = [{ choices: [{ text: 'Hello', index: 0, finish_reason: 'stop' }] }];
    const body = { max_tokens: null, max_completion_tokens: 8, temperature: 0 };
    const { verdict } = await ask(
      { '/v1/completions': script(events(values)) },
      { generate: { api: 'completions', prompt: 'Once', body } },
    );
    expect(verdict).toBe('ok');
    expect(server?.to('/v1/completions')[0]?.body).toEqual({
      model: 'm',
      prompt: 'Once',
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 8,
      temperature: 0,
    });
  });
});

describe('a model that is not in memory', () => {
  const OK = script(events([HELLO, STOP]));
  const of = (owned_by: string, more: object = {}) => ({ data: [{ id: 'm', owned_by, ...more }] });
  const cases: readonly [name: string, answers: Answers, want: string][] = [
    [
      "llama.cpp's router: unloaded",
      { '/v1/models': of('llamacpp', { status: { value: 'unloaded' } }) },
      'skip: not_loaded',
    ],
    ["llama.cpp's router: loaded", { '/v1/models': of('llamacpp', { status: { value: 'loaded' } }) }, 'ok'],
    [
      'LM Studio: not loaded',
      { '/v1/models': of('organization_owner'), '/api/v0/models': of('', { state: 'not-loaded' }) },
      'skip: not_loaded',
    ],
    [
      'LM Studio: loaded',
      { '/v1/models': of('organization_owner'), '/api/v0/models': of('', { state: 'loaded' }) },
      'ok',
    ],
    ['Ollama: not loaded', { '/v1/models': of('library'), '/api/ps': { models: [] } }, 'skip: not_loaded'],
    ['Ollama: loaded', { '/v1/models': of('library'), '/api/ps': { models: [{ name: 'm:latest' }] } }, 'ok'],
    ['a gateway does not say', { '/v1/models': of('openai') }, 'ok'],
  ];
  test.each(cases)('%s', async (_, answers, want) => {
    expect((await ask({ ...answers, [CHAT]: OK })).verdict).toBe(want);
    expect(server?.to(CHAT)).toHaveLength(want === 'ok' ? 1 : 0);
  });

  test('is asked with load: true', async () => {
    const answers = { '/v1/models': of('llamacpp', { status: { value: 'unloaded' } }), [CHAT]: OK };
    expect((await ask(answers, { generate: { load: true } })).verdict).toBe('ok');
  });
});

describe('embed', () => {
  const answer = (embedding: unknown) => ({
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding }],
  });
  const cases: readonly [name: string, answer: unknown, want: string, dimensions?: number][] = [
    ['a vector', answer([0.1, -0.2, 0]), 'ok', 3],
    ['in base64', answer(Buffer.from(new Float32Array([1, 2]).buffer).toString('base64')), 'ok', 2],
    [
      'one for each token',
      answer([
        [0.1, 0.2],
        [0.3, 0.4],
      ]),
      'ok',
      2,
    ],
    ['an empty one', answer([]), 'empty: The vector is empty'],
    ['zeros', answer([0, 0, 0]), 'empty: The vector is of zeros alone'],
    ['no numbers', answer([null]), 'body: No vector: the answer is JSON of another form'],
    ['another form', { data: [] }, 'body: No vector: the answer is JSON of another form'],
    ['an error', { error: { message: 'too long' } }, 'stream: too long'],
    ['no JSON', script(['<html>'], 'text/html'), 'body: No vector: the body is HTML, not JSON'],
    ['401', script(['{"error":"no"}'], 'application/json', 401), 'auth: HTTP 401 (no)'],
  ];
  test.each(cases)('%s', async (_, body, want, dimensions) => {
    const { verdict, measured } = await ask({ '/v1/embeddings': body }, { embed: {} });
    expect(verdict).toBe(want);
    expect(measured.dimensions).toBe(dimensions);
    expect(server?.to('/v1/embeddings')[0]?.body).toEqual({ model: 'm', input: 'hello' });
    if (want === 'ok') expect(measured.duration).toBeGreaterThan(0);
  });

  test('a vector of another length than the first one', async () => {
    await ask({ '/v1/embeddings': answer([1, 2, 3]) }, { embed: {} });
    const probe = await bench.open(openai, { url: server?.url, embed: { models: ['m'] } });
    const task = inferencesOf(probe)[0];
    const verdicts: string[] = [];
    for (const vector of [
      [1, 2, 3],
      [1, 2],
      [1, 2, 3],
    ]) {
      Object.assign(server?.answers ?? {}, { '/v1/embeddings': answer(vector) });
      verdicts.push((await questionOf(context => (task as NonNullable<typeof task>).run(context))).verdict);
    }
    const problem = 'dimensions: The vector has 2 dimensions, not 3: another model answers under this name';
    expect(verdicts).toEqual(['ok', problem, 'ok']);
  });

  test('a vector of another length than is configured', async () => {
    const { verdict, measured } = await ask(
      { '/v1/embeddings': answer([1, 2]) },
      { embed: { dimensions: 768 } },
    );
    expect(verdict).toMatch(/^dimensions: The vector has 2 dimensions, not 768/);
    expect(measured.dimensions).toBe(2);
  });
});

/** A text in pieces that cut its characters. */
function cut(text: string): Step[] {
  const bytes = Buffer.from(text);
  const at = bytes.indexOf(0xc3) + 1;
  return [bytes.subarray(0, at), bytes.subarray(at, at + 8), bytes.subarray(at + 8)];
}
