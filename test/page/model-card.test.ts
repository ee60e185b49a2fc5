// The card of a model server that is asked for a few words, in Debian's Chromium.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, ModelServer, script } from '../support/model-server.js';
import { PageTest, shows } from './page-test.js';

const CHAT = '/v1/chat/completions';
const words = (content: string, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
// A pause between tokens, so that there is a rate.
const ANSWER = script(
  events([words('One '), words('two '), words('three', 'stop')]).flatMap(each => [each, 20]),
);

let server: ModelServer;
beforeAll(async () => {
  server = await new ModelServer({
    '/v1/models': { data: [{ id: 'small-model', owned_by: 'vllm' }] },
    [CHAT]: ANSWER,
  }).start();
});
afterAll(() => server.close());

const on = new PageTest(() => ({
  services: {
    chat: { kind: 'openai', name: 'Chat', url: server.url, generate: { interval: '1s' } },
  },
}));

test('shows the model, its tokens per second and its first token beside the state', async () => {
  const page = await on.open();
  await shows(page, '.card-reason').toMatch(
    /^Healthy · small-model · [\d.]+ tokens\/s, first token (\d+(\.\d+)? m?s)$/,
  );
  server.answers[CHAT] = { error: { message: 'out of memory' } };
  await shows(page, '.alerts .row').toMatch(/small-model/);
  expect(on.trouble()).toEqual([]);
});
