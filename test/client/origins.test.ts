// A client with several monitors: which of them answers, and how soon another one does.

import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LangGraphMonitoring } from '../../src/client/monitoring.js';
import { freePort } from '../support/child.js';
import { portOf } from '../support/http.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const health = (status: string) => JSON.stringify({ overall_status: status, services: {}, alerts: [] });
const answers =
  (status: string): RequestListener =>
  (_, response) =>
    void response.end(health(status));
const fails: RequestListener = (_, response) => void response.writeHead(503).end('{"error":"no"}');
const hangs: RequestListener = () => {};

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${portOf(server)}`;
}

const gone = async () => `http://127.0.0.1:${await freePort()}`;

describe('of several monitors', () => {
  const cases: [name: string, urls: () => Promise<string[]>, want: object][] = [
    [
      'the first answers',
      () => Promise.all([serve(answers('healthy')), serve(answers('degraded'))]),
      { overall_status: 'healthy' },
    ],
    [
      'the next, where the first is gone',
      () => Promise.all([gone(), serve(answers('degraded'))]),
      { overall_status: 'degraded' },
    ],
    [
      'the next, where the first fails',
      () => Promise.all([serve(fails), serve(answers('degraded'))]),
      { overall_status: 'degraded' },
    ],
    [
      'the next, where the first does not answer',
      () => Promise.all([serve(hangs), serve(answers('degraded'))]),
      { overall_status: 'degraded' },
    ],
    [
      'the next, where something else answers',
      () => Promise.all([serve((_, response) => void response.end('hello')), serve(answers('degraded'))]),
      { overall_status: 'degraded' },
    ],
    [
      'none, where all fail',
      () => Promise.all([serve(fails), serve(fails)]),
      { error: 'Monitoring service returned 503: no' },
    ],
  ];
  test.each(cases)('%s', async (_, urls, want) => {
    const monitoring = new LangGraphMonitoring({ url: await urls() });
    expect(await monitoring.checkClusterHealth()).toMatchObject(want);
  });

  test('the one that answered is asked first from then on', async () => {
    let asked = 0;
    const first = await serve((_, response) => {
      asked++;
      response.writeHead(503).end();
    });
    const monitoring = new LangGraphMonitoring([first, await serve(answers('healthy'))]);
    await monitoring.checkClusterHealth();
    await monitoring.checkClusterHealth();
    expect(asked).toBe(1);
  });

  test('a question that is called off is rejected with the reason', async () => {
    const monitoring = new LangGraphMonitoring([await serve(hangs), await serve(hangs)]);
    const over = new AbortController();
    const answer = monitoring.checkClusterHealth({ signal: over.signal });
    over.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
  });
});

describe('a view of several monitors', () => {
  const streams =
    (status: string): RequestListener =>
    (request, response) => {
      if (request.url !== '/events') return void response.end(health(status));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`id: 1\nevent: health\ndata: ${health(status)}\n\n`);
    };

  const ways: [name: string, lose: (server: Server, silence: () => void) => void][] = [
    [
      'ends',
      server => {
        server.close();
        server.closeAllConnections();
      },
    ],
    ['says nothing any more', (_, silence) => silence()],
  ];
  test.each(ways)('goes on with another one when the first %s', async (_, lose) => {
    let isSilent = false;
    const first = await serve((request, response) => {
      if (!isSilent) streams('healthy')(request, response);
    });
    const monitoring = new LangGraphMonitoring([first, await serve(streams('degraded'))]);
    const view = monitoring.watch();
    try {
      await vi.waitFor(() => expect(view.health?.overall_status).toBe('healthy'), PATIENCE);
      lose(servers[0] as Server, () => {
        isSilent = true;
      });
      await vi.waitFor(() => expect(view.health?.overall_status).toBe('degraded'), PATIENCE);
      expect(view.mode).toBe('streaming');
    } finally {
      view.close();
    }
  });
});
