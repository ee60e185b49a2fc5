// The kind beside LangGraph's own server.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { langgraph } from '../../../src/probes/kinds/langgraph.js';
import { type LangGraphServer, startLangGraph } from '../../support/langgraph.js';
import { Bench, run, verdict } from './recording.js';

let server: LangGraphServer;
let bench = new Bench();
beforeAll(async () => {
  server = await startLangGraph();
});
afterAll(() => server?.close());
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

test.each([{}, { check_db: true }])('its versions and assistants, with %j', async config => {
  const { version, langgraph_js_version } = (await (await fetch(`${server.url}/info`)).json()) as Record<
    string,
    string
  >;
  const ran = await run(await bench.open(langgraph, { url: server.url, ...config }));
  expect(verdict(ran)).toBe('ok');
  expect(ran.attempt.details).toEqual({ version });
  const own = [...ran.attempt.measuredSamples].filter(([series]) => series.startsWith('langgraph_'));
  expect(Object.fromEntries(own)).toEqual({
    [`langgraph_server_info{version="${version}",langgraph_version="${langgraph_js_version}",context="js"}`]: 1,
    langgraph_server_assistants: 1,
  });
});

test('one that is gone', async () => {
  await server.close();
  const ran = await run(await bench.open(langgraph, { url: server.url }));
  expect(verdict(ran)).toMatch(/^refused: /);
});
