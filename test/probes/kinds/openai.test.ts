import type { RequestListener, Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { schemaKit } from '../../../src/config/schema-kit.js';
import { openAiUrl, serverInfoUrl } from '../../../src/probes/kinds/openai/urls.js';
import { type OpenAiOptions, openai } from '../../../src/probes/kinds/openai.js';
import { listen, portOf, stop } from '../../support/http.js';
import { Bench, type Run, run, verdict } from './recording.js';

let bench = new Bench();
const servers: Server[] = [];
afterEach(async () => {
  await bench.close();
  bench = new Bench();
  for (const server of servers.splice(0)) await stop(server);
});

/** What servers answer at /v1/models, in the forms that they document. */
const VLLM = {
  object: 'list',
  data: [
    {
      id: 'Qwen/Qwen3-8B',
      object: 'model',
      created: 1_733_000_000,
      owned_by: 'vllm',
      root: 'Qwen/Qwen3-8B',
      parent: null,
      max_model_len: 40_960,
      permission: [],
    },
  ],
};
const LLAMA_CPP = {
  models: [{ name: 'qwen.gguf', type: 'model' }],
  object: 'list',
  data: [
    {
      id: 'qwen.gguf',
      object: 'model',
      created: 1,
      owned_by: 'llamacpp',
      meta: { vocab_type: 2, n_vocab: 151_936, n_ctx_train: 32_768, n_embd: 1024, size: 1 },
    },
  ],
};
const ROUTER = {
  data: [
    { id: 'a', owned_by: 'llamacpp', status: { value: 'loaded', args: [] } },
    { id: 'b', owned_by: 'llamacpp', status: { value: 'unloaded', args: [] } },
  ],
};
const LITELLM = { data: [{ id: 'gpt-4o', object: 'model', created: 1, owned_by: 'openai' }], object: 'list' };
const LM_STUDIO = {
  data: [{ id: 'm', owned_by: 'organization_owner', state: 'not-loaded', max_context_length: 8192 }],
};
/** What text-embeddings-inference says of itself at /info; it lists no models. */
const TEI = {
  model_id: 'BAAI/bge-small-en-v1.5',
  model_sha: null,
  model_dtype: 'float16',
  model_type: { embedding: { pooling: 'cls' } },
  max_concurrent_requests: 512,
  max_input_length: 512,
  max_batch_tokens: 16_384,
  version: '1.7.0',
};
const LOADING = { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } };

type Answer = { status?: number; body: unknown };

async function ask({ status = 200, body }: Answer, config: object = {}, path = ''): Promise<Run> {
  const asked: string[] = [];
  const answer: RequestListener = ({ url = '', headers }, response) => {
    asked.push(`${url} ${headers.authorization ?? ''}`.trim());
    response.writeHead(status, {
      'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server = await listen(answer);
  servers.push(server);
  const probe = await bench.open(openai, { url: `http://127.0.0.1:${portOf(server)}${path}`, ...config });
  const ran = await run(probe);
  requests = asked;
  return ran;
}
let requests: string[] = [];

const own = ({ attempt }: Run) =>
  Object.fromEntries([...attempt.measuredSamples].filter(([series]) => series.startsWith('openai_')));

describe('openai', () => {
  const lists: readonly [name: string, body: unknown, want: Record<string, number>][] = [
    ['vLLM', VLLM, { 'openai_model_info{model="Qwen/Qwen3-8B",owned_by="vllm",context_length="40960"}': 1 }],
    [
      'llama.cpp',
      LLAMA_CPP,
      { 'openai_model_info{model="qwen.gguf",owned_by="llamacpp",context_length="32768"}': 1 },
    ],
    [
      "llama.cpp's router",
      ROUTER,
      {
        'openai_model_info{model="a",owned_by="llamacpp",context_length=""}': 1,
        'openai_model_loaded{model="a"}': 1,
        'openai_model_info{model="b",owned_by="llamacpp",context_length=""}': 1,
        'openai_model_loaded{model="b"}': 0,
      },
    ],
    ['LiteLLM', LITELLM, { 'openai_model_info{model="gpt-4o",owned_by="openai",context_length=""}': 1 }],
    [
      'LM Studio',
      LM_STUDIO,
      {
        'openai_model_info{model="m",owned_by="organization_owner",context_length="8192"}': 1,
        'openai_model_loaded{model="m"}': 0,
      },
    ],
    ['a list alone', [{ id: 'm' }], { 'openai_model_info{model="m",owned_by="",context_length=""}': 1 }],
    ['none', { object: 'list', data: [] }, {}],
    ['null', { object: 'list', data: null }, {}],
    [
      'entries that are none, twice the same, and a name that is too long',
      { data: [null, 3, {}, { id: 7 }, { id: 'm' }, { id: 'm' }, { id: 'x'.repeat(300) }] },
      { 'openai_model_info{model="m",owned_by="",context_length=""}': 1 },
    ],
  ];
  test.each(lists)('models of %s', async (_, body, want) => {
    const ran = await ask({ body });
    expect(verdict(ran)).toBe('ok');
    const names = Object.keys(want).filter(series => series.startsWith('openai_model_info'));
    expect(own(ran)).toEqual({ openai_models: names.length, ...want });
    expect(JSON.parse(ran.attempt.data ?? '').models).toHaveLength(names.length);
  });

  const required: readonly [name: string, wanted: string[], want: string][] = [
    ['there', ['Qwen/Qwen3-8B'], 'ok'],
    ['in another case', ['qwen/qwen3-8b'], 'body: Model qwen/qwen3-8b is missing; have: Qwen/Qwen3-8B'],
    ['two, both missing', ['a', 'b', 'a'], 'body: Models a, b are missing; have: Qwen/Qwen3-8B'],
  ];
  test.each(required)('a required model: %s', async (_, wanted, want) => {
    const ran = await ask({ body: VLLM }, { require_models: wanted });
    expect(verdict(ran)).toBe(want);
    for (const name of new Set(wanted))
      expect(ran.attempt.value(`openai_required_model_present{model="${name}"}`)).toBe(want === 'ok' ? 1 : 0);
  });

  const troubles: readonly [name: string, answer: Answer, want: string | RegExp, patience: number][] = [
    ['llama.cpp while it loads', { status: 503, body: LOADING }, 'status: HTTP 503 (Loading model)', 300_000],
    ['another 503', { status: 503, body: { error: { message: 'no' } } }, 'status: HTTP 503 (no)', 0],
    [
      'LiteLLM without a key',
      {
        status: 401,
        body: { error: { message: 'Authentication Error, No api key passed in.', code: '401' } },
      },
      'auth: HTTP 401 (Authentication Error, No api key passed in.)',
      0,
    ],
    [
      "Ollama's own list",
      { body: { models: [] } },
      /^body: .*not a list of models in OpenAI's form; is it/,
      0,
    ],
    ['a web page', { body: '<html>hi</html>' }, /^body: .*\(<html>hi<\/html>\), not a list of models/, 0],
  ];
  test.each(troubles)('%s', async (_, answer, want, patience) => {
    const ran = await ask(answer);
    expect(verdict(ran)).toEqual(want instanceof RegExp ? expect.stringMatching(want) : want);
    expect(ran.failure?.patience).toBe(patience);
  });

  test.each([
    [{}, 0],
    [{ start_timeout: '3m' }, 180_000],
  ] as const)('a port that refuses, with %j', async (config, patience) => {
    const { failure } = await run(await bench.open(openai, { url: 'http://127.0.0.1:1', ...config }));
    expect([failure?.reason, failure?.patience]).toEqual(['refused', patience]);
  });

  test('text-embeddings-inference, which describes its one model, until another server is there', async () => {
    const asked: string[] = [];
    const answers: Record<string, unknown> = { '/info': TEI };
    const server = await listen(({ url = '' }, response) => {
      asked.push(url);
      const body = answers[url];
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? {}));
    });
    servers.push(server);
    const probe = await bench.open(openai, {
      url: `http://127.0.0.1:${portOf(server)}/v1`,
      require_models: [TEI.model_id],
    });
    for (const want of [['/v1/models', '/info'], ['/info']]) {
      asked.length = 0;
      const ran = await run(probe);
      expect(verdict(ran)).toBe('ok');
      expect(asked).toEqual(want);
      expect(ran.attempt.statusCode).toBe(200);
      expect(own(ran)).toEqual({
        openai_models: 1,
        [`openai_model_info{model="${TEI.model_id}",owned_by="",context_length="512"}`]: 1,
        [`openai_required_model_present{model="${TEI.model_id}"}`]: 1,
      });
    }
    delete answers['/info'];
    expect(verdict(await run(probe))).toBe('status: HTTP 404');
    answers['/v1/models'] = VLLM;
    expect(verdict(await run(probe))).toMatch(/^body: Model BAAI\/bge-small-en-v1.5 is missing/);
  });

  test('signs in with its key, and does not show it', async () => {
    const ran = await ask(
      { status: 400, body: { error: { message: 'bad key sk-SECRET-1' } } },
      { api_key: 'sk-SECRET-1' },
    );
    expect(requests).toEqual(['/v1/models Bearer sk-SECRET-1']);
    expect(verdict(ran)).toBe('status: HTTP 400 (bad key <secret>)');
  });

  const urls: readonly [given: string, want: string][] = [
    ['http://h:8000', 'http://h:8000/v1/models'],
    ['http://h:8000/', 'http://h:8000/v1/models'],
    ['http://h:8000/v1', 'http://h:8000/v1/models'],
    ['http://h:8000/v1/models/', 'http://h:8000/v1/models'],
    ['http://h/llm', 'http://h/llm/v1/models'],
    ['https://h/openai/v1', 'https://h/openai/v1/models'],
    ['https://h/v1beta/openai', 'https://h/v1beta/openai/models'],
    ['https://h/v1beta/openai/models', 'https://h/v1beta/openai/models'],
    ['http://h/v1?key=a', 'http://h/v1/models?key=a'],
  ];
  test.each(urls)('url %s asks %s', (given, want) => {
    expect(openAiUrl(given, 'models')).toBe(want);
  });

  const infos: readonly [given: string, want: string][] = [
    ['http://h:8080', 'http://h:8080/info'],
    ['http://h:8080/', 'http://h:8080/info'],
    ['http://h:8080/v1', 'http://h:8080/info'],
    ['http://h/tei/v1/models', 'http://h/tei/info'],
    ['http://h/tei', 'http://h/tei/info'],
  ];
  test.each(infos)('url %s is described at %s', (given, want) => {
    expect(serverInfoUrl(given)).toBe(want);
  });

  const problems: readonly [config: object, want: string | undefined][] = [
    [{}, undefined],
    [{ api_key: 'k' }, undefined],
    [
      { api_key: 'k', authorization: { credentials: 'c' } },
      'at most one of api_key and authorization may be set',
    ],
    [{ api_key: 'k', basic_auth: { username: 'u' } }, 'at most one of api_key and basic_auth may be set'],
    [
      { url: 'http://h/v1/chat/completions' },
      'url ends in /v1/chat/completions, which does not list models; write http://h (or kind: http to check that address alone)',
    ],
    [
      { url: 'http://h:11434/api/tags' },
      'url ends in /api/tags, which does not list models; write http://h:11434, or kind: ollama (or kind: http to check that address alone)',
    ],
  ];
  test.each(problems)('what is wrong with %j', (config, want) => {
    const parsed = openai.options(schemaKit).parse({ url: 'http://h', ...config }) as OpenAiOptions;
    expect(openai.check?.(parsed)).toBe(want);
  });
});
