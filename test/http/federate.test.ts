// GET /federate: what it asks the engine, and how it answers.

import { expect, test } from 'vitest';
import type { ApiQuery } from '../../src/query/engine.js';
import { QueryError } from '../../src/query/engine.js';
import { NOTHING_SCRAPED, startMonitor } from './monitor.js';
import { answerOf, NotingEngine } from './prometheus/engines.js';

const scraped = {
  ...NOTHING_SCRAPED,
  configuration: () => ({
    global: { scrapeInterval: 1000, scrapeTimeout: 1000, externalLabels: { cluster: 'lab' } },
    masked: '',
  }),
};

test.each<[string, string[]]>([
  ['match[]=up&match[]=%7Bjob%3D%22a%22%7D', ['up', '{job="a"}']],
  ['match%5B%5D=up', ['up']],
  ['', []],
])('%s', async (search, match) => {
  const asked: ApiQuery[] = [];
  const query = new NotingEngine();
  query.answer = async question => {
    asked.push(question);
    return answerOf('a 1 1000\n');
  };
  await using monitor = await startMonitor({ query, facts: { scraped } });
  const response = await fetch(`${monitor.url}/federate?${search}`);
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    'a 1 1000\n',
  ]);
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(asked).toMatchObject([{ type: 'federate', match, externalLabels: { cluster: 'lab' } }]);
});

test('a wrong selector is said', async () => {
  const query = new NotingEngine();
  query.answer = async () => {
    throw new QueryError('bad_data', 'invalid parameter "match[]": no');
  };
  await using monitor = await startMonitor({ query, facts: { scraped } });
  const response = await fetch(`${monitor.url}/federate?match[]=x`);
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: 'invalid parameter "match[]": no' },
  ]);
});
