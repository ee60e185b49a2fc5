import type { Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { schemaKit } from '../../../src/config/schema-kit.js';
import { langgraph } from '../../../src/probes/kinds/langgraph.js';
import { listen, portOf, stop } from '../../support/http.js';
import { Bench, type Run, run, verdict } from './recording.js';

let bench = new Bench();
const servers: Server[] = [];
afterEach(async () => {
  await bench.close();
  bench = new Bench();
  for (const server of servers.splice(0)) await stop(server);
});

type Answers = Record<string, unknown>;

/** What a server in Python answers, and one in TypeScript (`langgraphjs dev`), as they document it. */
const PYTHON: Answers = {
  'GET /ok': { ok: true },
  'GET /info': {
    version: '0.4.39',
    langgraph_py_version: '0.6.7',
    flags: { assistants: true, crons: false, langsmith: true },
    metadata: { env: 'self_hosted' },
  },
  'GET /metrics?format=json': {
    postgres: { pool_size: 1 },
    queue: { n_pending: 3, n_running: 2, pending_runs_wait_time_max_secs: 12.5 },
    workers: { max: 10, active: 2, available: 8 },
  },
  'POST /assistants/count': 4,
};
const JS: Answers = {
  'GET /ok': { ok: true },
  'GET /info': {
    version: '1.4.5',
    langgraph_js_version: '1.4.14',
    context: 'js',
    flags: { assistants: true },
  },
};

let asked: string[] = [];
async function ask(answers: Answers, config: object = {}, status = 200): Promise<Run> {
  asked = [];
  const server = await listen((request, response) => {
    const name = `${request.method} ${request.url}`;
    asked.push(`${name} ${request.headers['x-api-key'] ?? ''}`.trim());
    const answer = answers[name];
    if (answer === 'hang') return;
    if (answer === 'flood') {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
      };
      response.on('drain', more);
      more();
      return;
    }
    response.writeHead(answer === undefined ? 404 : status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { detail: 'Not Found' }));
  });
  servers.push(server);
  const url = `http://127.0.0.1:${portOf(server)}`;
  return run(await bench.open(langgraph, { url, ...config }));
}

const own = ({ attempt }: Run) =>
  Object.fromEntries([...attempt.measuredSamples].filter(([series]) => series.startsWith('langgraph_')));

describe('langgraph', () => {
  test.each<[name: string, answers: Answers, want: object]>([
    [
      'Python',
      PYTHON,
      {
        'langgraph_server_info{version="0.4.39",langgraph_version="0.6.7",context=""}': 1,
        langgraph_server_assistants: 4,
        langgraph_server_runs_pending: 3,
        langgraph_server_runs_running: 2,
        langgraph_server_runs_pending_wait_seconds_max: 12.5,
        'langgraph_server_workers{state="max"}': 10,
        'langgraph_server_workers{state="active"}': 2,
        'langgraph_server_workers{state="available"}': 8,
      },
    ],
    [
      'TypeScript',
      JS,
      { 'langgraph_server_info{version="1.4.5",langgraph_version="1.4.14",context="js"}': 1 },
    ],
    ['which only /ok is known', { 'GET /ok': { ok: true } }, {}],
    [
      'whose further answers are no sense',
      { ...PYTHON, 'GET /info': '<html>', 'GET /metrics?format=json': [1], 'POST /assistants/count': 'four' },
      {},
    ],
    ['whose metrics hang', { ...JS, 'GET /metrics?format=json': 'hang' }, expect.anything()],
    ['whose metrics are 1 GB', { ...JS, 'GET /metrics?format=json': 'flood' }, expect.anything()],
  ])('a server in %s', async (_, answers, want) => {
    const ran = await ask(answers);
    expect(verdict(ran)).toBe('ok');
    expect(own(ran)).toEqual(want);
  });

  test.each<[name: string, answers: Answers, status: number, want: string]>([
    ['says it is not', { 'GET /ok': { ok: false } }, 200, 'body: '],
    ['is another one', { 'GET /ok': '<html><title>Welcome</title></html>' }, 200, 'body: '],
    [
      'has lost its database',
      { 'GET /ok': { detail: 'database is gone' } },
      500,
      'status: HTTP 500 (database is gone)',
    ],
    ['is missing', {}, 200, 'status: HTTP 404'],
    ['floods', { 'GET /ok': 'flood' }, 200, 'body: '],
  ])('a server that %s is unhealthy', async (_, answers, status, want) => {
    expect(verdict(await ask(answers, {}, status)).slice(0, want.length)).toBe(want);
  });

  test('sends its key with every question, and asks for the database where that is wanted', async () => {
    await ask(PYTHON, { api_key: 'k1' });
    expect(asked.sort()).toEqual(
      Object.keys(PYTHON)
        .map(each => `${each} k1`)
        .sort(),
    );
    await ask(PYTHON, { check_db: true });
    expect(asked).toContain('GET /ok?check_db=1');
  });

  test('does not repeat its key', async () => {
    const probe = await bench.open(langgraph, { url: 'http://127.0.0.1:1', api_key: 'hunter2' });
    expect(probe.secrets).toContain('hunter2');
  });

  test.each<[name: string, config: object, want: string | undefined]>([
    ['an address', { url: 'http://h:2024/' }, undefined],
    ['an address with a prefix', { url: 'http://h/graphs' }, undefined],
    ['the address of /ok', { url: 'http://h:2024/ok' }, 'url ends in /ok; write http://h:2024'],
    [
      'two keys',
      { url: 'http://h', api_key: 'a', headers: { 'X-Api-Key': 'b' } },
      'at most one of api_key and headers.x-api-key may be set',
    ],
  ])('options: %s', (_, config, want) => {
    const parsed = langgraph.options(schemaKit).parse(config);
    expect(langgraph.check?.(parsed as never)).toBe(want);
  });
});
