// The examples, run as docs/routing.md says beside the demo, and what pages quote of them.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Child, freePort } from '../support/child.js';
import { DIST } from '../support/monitor.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEMO = fileURLToPath(new URL('demo/main.js', DIST));

let demo: Child;
let url: string;
beforeAll(async () => {
  const address = `127.0.0.1:${await freePort()}`;
  url = `http://${address}`;
  demo = new Child(process.execPath, [DEMO, `--web.listen-address=${address}`]);
  await vi.waitFor(
    async () => {
      const { overall_status } = (await (await fetch(`${url}/cluster_health`)).json()) as {
        overall_status: string;
      };
      expect(overall_status).toBe('healthy');
    },
    { timeout: 60_000, interval: 100 },
  );
});
afterAll(() => demo.end());

async function run(example: string, ...args: string[]): Promise<string[]> {
  const options = { cwd: ROOT, env: { ...process.env, MONITOR_URL: url }, timeout: 60_000 };
  const { stdout } = await promisify(execFile)(process.execPath, [`examples/${example}`, ...args], options);
  return stdout.trim().split('\n');
}

test('a workflow', async () => {
  // By now the demo's tools may have had their incident.
  expect(await run('workflow.mjs', 'Hello', 'Search the web')).toEqual([
    'Hello: health_check -> simple_response_node: llama3.2:3b on the Jetson says hello.',
    expect.stringMatching(
      /^Search the web: health_check -> (search_and_respond|standard_response)_node: llama3\.2:3b on the Jetson says hello\.$/,
    ),
  ]);
});

test('a view', async () => {
  const [first] = await run('watch.mjs', '1');
  expect(first).toMatch(/^\d\d:\d\d:\d\d (healthy|degraded), ask http:\/\/127\.0\.0\.1:\d+/);
});

describe('the pages', () => {
  const read = (name: string) => readFileSync(`${ROOT}/${name}`, 'utf8');

  test('quotes the workflow as it is', () => {
    const code = read('examples/workflow.mjs');
    for (const page of ['README.md', 'docs/routing.md']) {
      const quoted = /```js\n(const monitoring[\s\S]*?)```/.exec(read(page))?.[1] ?? '';
      const parts = quoted.split('...\n').map(part => part.trim());
      expect(parts, page).toHaveLength(2);
      for (const part of parts) expect(code).toContain(part);
    }
  });

  test('names every example', () => {
    for (const each of ['watch', 'workflow'])
      expect(read('docs/routing.md')).toContain(`node examples/${each}.mjs`);
  });
});
