import type { RequestListener, Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { schemaKit } from '../../../src/config/schema-kit.js';
import { type OllamaOptions, ollama } from '../../../src/probes/kinds/ollama.js';
import { listen, portOf, stop } from '../../support/http.js';
import { Bench, run, verdict } from './recording.js';

let bench = new Bench();
const servers: Server[] = [];
afterEach(async () => {
  await bench.close();
  bench = new Bench();
  for (const server of servers.splice(0)) await stop(server);
});

const TAGS = {
  models: [
    {
      name: 'llama3.2:3b',
      size: 2_019_393_189,
      digest: 'a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72',
      details: { family: 'llama', parameter_size: '3.2B', quantization_level: 'Q4_K_M' },
    },
    { name: 'nomic-embed-text:latest', size: 274_302_450, details: null },
  ],
};
const RUNNING = {
  models: [{ name: 'llama3.2:3b', size_vram: 3_000_000_000, expires_at: '2030-01-01T00:00:00Z' }],
};

/** Answers by path; a text is sent as it is, a number is a status, undefined hangs. */
type Answers = Record<string, unknown>;

const serve =
  (answers: Answers): RequestListener =>
  ({ url = '' }, response) => {
    if (!(url in answers)) return response.writeHead(404).end('404 page not found');
    const answer = answers[url];
    if (answer === undefined) return undefined;
    if (typeof answer === 'number')
      return response.writeHead(answer).end('{"error":{"message":"Loading model"}}');
    response.setHeader(
      'content-type',
      typeof answer === 'string' ? 'text/html; charset=utf-8' : 'application/json',
    );
    return response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  };

async function ask(answers: Answers, config: object = {}, path = '', timeout = 3000) {
  const server = await listen(serve(answers));
  servers.push(server);
  const probe = await bench.open(ollama, { url: `http://127.0.0.1:${portOf(server)}${path}`, ...config });
  return run(probe, timeout);
}

describe('ollama', () => {
  test('lists its models', async () => {
    const ran = await ask({ '/api/tags': TAGS, '/api/ps': RUNNING }, { require_models: ['llama3.2:3b'] });
    const { attempt } = ran;
    expect(verdict(ran)).toBe('ok');
    expect(attempt.data).toBe('{"models":["llama3.2:3b","nomic-embed-text:latest"]}');
    expect(attempt.statusCode).toBe(200);
    const own = [...attempt.measuredSamples].filter(([series]) => series.startsWith('ollama_'));
    expect(Object.fromEntries(own)).toEqual({
      ollama_models: 2,
      'ollama_model_info{model="llama3.2:3b",family="llama",parameter_size="3.2B",quantization_level="Q4_K_M",digest="a80c4f17acd5"}': 1,
      'ollama_model_size_bytes{model="llama3.2:3b"}': 2_019_393_189,
      'ollama_model_loaded{model="llama3.2:3b"}': 1,
      'ollama_model_vram_bytes{model="llama3.2:3b"}': 3_000_000_000,
      'ollama_model_expires_timestamp_seconds{model="llama3.2:3b"}': 1_893_456_000,
      'ollama_model_info{model="nomic-embed-text:latest",family="",parameter_size="",quantization_level="",digest=""}': 1,
      'ollama_model_size_bytes{model="nomic-embed-text:latest"}': 274_302_450,
      'ollama_model_loaded{model="nomic-embed-text:latest"}': 0,
      'ollama_required_model_present{model="llama3.2:3b"}': 1,
    });
    expect(attempt.value('probe_http_uncompressed_body_length')).toBe(JSON.stringify(TAGS).length);
  });

  const urls: readonly [path: string, at: string][] = [
    ['', ''],
    ['/', ''],
    ['/api/tags', ''],
    ['/api/tags/', ''],
    ['/api/ps', ''],
    ['/ollama', '/ollama'],
    ['/ollama/api/tags', '/ollama'],
  ];
  test.each(urls)('url %j asks %s/api/tags and /api/ps', async (path, at) => {
    const { attempt, failure } = await ask({ [`${at}/api/tags`]: TAGS, [`${at}/api/ps`]: RUNNING }, {}, path);
    expect(failure).toBeUndefined();
    expect(attempt.value('ollama_model_loaded{model="llama3.2:3b"}')).toBe(1);
  });

  const required: readonly [name: string, models: unknown, wanted: string[], want: string][] = [
    ['there', TAGS, ['llama3.2:3b'], 'ok'],
    ['without a tag', TAGS, ['nomic-embed-text'], 'ok'],
    ['in another case', TAGS, ['Llama3.2:3B'], 'ok'],
    ['by its full name', TAGS, ['registry.ollama.ai/library/llama3.2:3b', 'library/nomic-embed-text'], 'ok'],
    ['of another registry', { models: [{ name: 'hf.co/a/m-GGUF:Q4_K_M' }] }, ['hf.co/a/M-gguf:q4_k_m'], 'ok'],
    [
      'of another namespace',
      { models: [{ name: 'ann/m:latest' }] },
      ['m'],
      'body: Model m:latest is missing; have: ann/m:latest; run: ollama pull m:latest',
    ],
    [
      'missing',
      TAGS,
      ['llama3.2:1b'],
      'body: Model llama3.2:1b is missing; have: llama3.2:3b, nomic-embed-text:latest; run: ollama pull llama3.2:1b',
    ],
    [
      'another tag is meant',
      TAGS,
      ['llama3.2'],
      'body: Model llama3.2:latest is missing; have: llama3.2:3b, nomic-embed-text:latest; run: ollama pull llama3.2:latest',
    ],
    [
      'a registry with a port has no tag',
      { models: [] },
      ['h:5000/a/m', 'b:1b'],
      'body: Models h:5000/a/m:latest, b:1b are missing; have: none; run: ollama pull h:5000/a/m:latest && ollama pull b:1b',
    ],
  ];
  test.each(required)('a required model: %s', async (_, models, wanted, want) => {
    const ran = await ask({ '/api/tags': models, '/api/ps': RUNNING }, { require_models: wanted });
    expect(verdict(ran)).toBe(want);
    expect(ran.attempt.data).toContain('"models"');
    const present = [...ran.attempt.measuredSamples].filter(([series]) =>
      series.startsWith('ollama_required'),
    );
    expect(present.every(([, value]) => value === (want === 'ok' ? 1 : 0))).toBe(true);
    expect(present).toHaveLength(wanted.length);
  });

  test('a loaded model without an expiry, and names that are no text', async () => {
    const models = ['a\ud800', 'a\ud801', 'm'].map(name => ({ name: `${name}:1` }));
    const loaded = [{ name: 'm:1', size_vram: 5, expires_at: '0001-01-01T00:00:00Z' }];
    const ran = await ask({ '/api/tags': { models }, '/api/ps': { models: loaded } });
    expect(verdict(ran)).toBe('ok');
    expect(ran.attempt.value('ollama_models')).toBe(2);
    expect(ran.attempt.value('ollama_model_vram_bytes{model="m:1"}')).toBe(5);
    expect(ran.attempt.value('ollama_model_expires_timestamp_seconds{model="m:1"}')).toBeUndefined();
  });

  const running: readonly [name: string, answers: Answers][] = [
    ['is not known to an older server', {}],
    ['fails', { '/api/ps': 500 }],
    ['is garbage', { '/api/ps': '<html>' }],
    ['never answers', { '/api/ps': undefined }],
  ];
  test.each(running)('/api/ps %s: no outage, and nothing said about memory', async (_, answers) => {
    const ran = await ask({ '/api/tags': TAGS, ...answers });
    expect(verdict(ran)).toBe('ok');
    expect(ran.attempt.value('ollama_model_loaded{model="llama3.2:3b"}')).toBeUndefined();
    expect(ran.attempt.value('ollama_models')).toBe(2);
  });

  const strangers: readonly [name: string, tags: unknown, want: string | RegExp][] = [
    ['no models', { models: [] }, 'ok'],
    ['null', { models: null }, 'ok'],
    ['entries that are none', { models: [null, 3, 'x', {}, { name: 7 }] }, 'ok'],
    ['llama.cpp while it loads', 503, 'status: HTTP 503 (Loading model)'],
    ['silence', undefined, 'timeout: Request timed out'],
    [
      'a web page',
      '<html>hi</html>',
      /^body: .*\/api\/tags answered 200 text\/html \(<html>hi<\/html>\), not Ollama's list/,
    ],
    [
      'OpenAI form',
      { data: [{ id: 'gpt' }] },
      /^body: .*answered 200 application\/json \({"data":\[{"id":"gpt"}\]}\), not Ollama/,
    ],
    ['an empty answer', '', /^body: .*answered 200 text\/html \(nothing\), not Ollama/],
  ];
  test.each(strangers)('%s', async (_, tags, want) => {
    const ran = await ask({ '/api/tags': tags, '/api/ps': RUNNING }, {}, '', tags === undefined ? 300 : 3000);
    expect(verdict(ran)).toEqual(want instanceof RegExp ? expect.stringMatching(want) : want);
  });

  test('every model of a long list is recorded once', async () => {
    const models = Array.from({ length: 600 }, (_, i) => ({ name: `m${i}:latest`, size: i }));
    const ran = await ask(
      { '/api/tags': { models: [...models, ...models] }, '/api/ps': { models } },
      { require_models: ['m599'] },
    );
    const series = [...ran.attempt.measuredSamples.keys()].filter(name =>
      name.startsWith('ollama_model_info'),
    );
    expect(series).toHaveLength(600);
    expect(verdict(ran)).toBe('ok');
    expect(ran.attempt.value('ollama_models')).toBe(600);
  });

  const otherApis: readonly [path: string, base: string | undefined][] = [
    ['', undefined],
    ['/', undefined],
    ['/ollama/api/tags', undefined],
    ['/v1', ''],
    ['/v1/', ''],
    ['/ollama/v1/models', '/ollama'],
    ['/api/generate', ''],
  ];
  test.each(otherApis)('a URL that ends in %j', (path, base) => {
    const config = ollama.options(schemaKit).parse({ url: `http://127.0.0.1:11434${path}` });
    const problem = ollama.check?.(config as OllamaOptions);
    if (base === undefined) expect(problem).toBeUndefined();
    else {
      const found = path.slice(base.length);
      expect(problem).toBe(
        `url ends in ${found}, which does not list Ollama's models; write http://127.0.0.1:11434${base} (or kind: openai for another server with that API)`,
      );
    }
  });

  test('a limit of its own', async () => {
    const models = [{ name: 'm:latest', digest: 'a'.repeat(2_000_000) }];
    expect(verdict(await ask({ '/api/tags': { models } }))).toBe('ok');
    expect(verdict(await ask({ '/api/tags': { models } }, { body_limit: 1000 }))).toBe(
      'body: Body is longer than 1000 bytes (body_limit)',
    );
  });

  test('connection refused', async () => {
    const probe = await bench.open(ollama, { url: 'http://127.0.0.1:1/api/tags' });
    expect(verdict(await run(probe))).toBe('refused: Connection refused');
  });
});
