// A program that watches a cluster ends when its own work is done: real processes, in every installed runtime.

import { execFileSync, spawn } from 'node:child_process';
import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { result, startMonitor } from '../http/monitor.js';
import { freePort } from '../support/child.js';
import { listen, portOf, stop } from '../support/http.js';
import { DIST } from '../support/monitor.js';

const CLIENT = new URL('client/monitoring.js', DIST).href;
/** After this a program counts as one that does not end. */
const PATIENCE = 15_000;

const HEALTH = '{"overall_status":"healthy","services":{},"alerts":[]}';

/** Watches, works for a moment, and has nothing more to do. */
const program = (url: string, watch: string, isWaiting: boolean) => `
  import { LangGraphMonitoring } from ${JSON.stringify(CLIENT)};
  const view = new LangGraphMonitoring(${JSON.stringify(url)}).watch(${watch});
  ${isWaiting ? 'await view.ready();' : ''}
  await new Promise(resolve => setTimeout(resolve, 300));
  console.log(view.mode + ' ' + view.health?.overall_status);
`;

interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args: (source: string) => string[];
  /** How a view gets its state when it must not keep the process alive. */
  readonly mode: string;
}

const RUNTIMES: readonly Runtime[] = [
  {
    name: 'Node',
    command: process.execPath,
    args: source => ['--input-type=module', '-e', source],
    mode: 'streaming',
  },
  { name: 'Bun', command: 'bun', args: source => ['-e', source], mode: 'polling' },
  { name: 'Deno', command: 'deno', args: source => ['eval', '--no-config', source], mode: 'polling' },
];

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs a program to its end. @returns `killed` for one that had to be, after `patience` milliseconds */
function run({ command, args }: Runtime, source: string, patience = PATIENCE) {
  const child = spawn(command, args(source), { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk));
  const watchdog = setTimeout(() => child.kill('SIGKILL'), patience);
  return new Promise<{ end: number | 'killed'; output: string }>(resolve => {
    child.once('close', (code, signal) => {
      clearTimeout(watchdog);
      resolve({ end: signal === null ? Number(code) : 'killed', output: output.trim() });
    });
  });
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function monitor(): Promise<string> {
  const started = await startMonitor();
  closers.push(async () => started[Symbol.asyncDispose]());
  for (const { id } of started.cluster.services) started.feed(result(id));
  return started.url;
}

async function server(answer: RequestListener): Promise<string> {
  const started = await listen(answer);
  closers.push(() => stop(started));
  return `http://127.0.0.1:${portOf(started)}`;
}

for (const runtime of RUNTIMES) {
  const { name, mode } = runtime;
  describe.skipIf(!isInstalled(runtime.command))(`${name} (skipped where it is not installed)`, () => {
    test.each<[how: string, start: () => Promise<string>, isWaiting: boolean, want: string]>([
      ['is connected to the monitor', monitor, true, `${mode} healthy`],
      [
        'cannot have a stream',
        () =>
          server((request, response) =>
            request.url === '/events' ? response.writeHead(404).end() : response.end(HEALTH),
          ),
        true,
        'polling healthy',
      ],
      ['is never answered', () => server(() => {}), false, 'connecting undefined'],
      [
        'is refused the connection',
        async () => `http://127.0.0.1:${await freePort()}`,
        false,
        'connecting undefined',
      ],
      [
        'has lost the monitor',
        () => {
          let count = 0;
          return server((request, response) => {
            if (count++ > 0) return void request.socket.destroy();
            response.writeHead(200, { 'content-type': 'text/event-stream' });
            response.write(`id: 1\nevent: health\ndata: ${HEALTH}\n\n`);
            setTimeout(() => response.destroy(), 100);
          });
        },
        false,
        expect.stringMatching(/^connecting/),
      ],
    ])('ends by itself when it %s', async (_, start, isWaiting, want) => {
      expect(await run(runtime, program(await start(), '{}', isWaiting))).toEqual({ end: 0, output: want });
    });

    test('stays alive with mayHoldProcess', async () => {
      const source = program(await monitor(), '{ mayHoldProcess: true }', true);
      expect(await run(runtime, source, 3000)).toEqual({ end: 'killed', output: 'streaming healthy' });
    });
  });
}
