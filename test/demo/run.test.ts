import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  flagValue,
  isNews,
  type ListenAddress,
  listeningUrl,
  mergeFlags,
  parseListenAddress,
} from '../../src/demo/flags.js';
import { runDemo } from '../../src/demo/run.js';
import { listen } from '../../src/demo/server.js';

const program = fileURLToPath(new URL('monitor-stand-in.mjs', import.meta.url));
const ANY_PORT = '--web.listen-address=127.0.0.1:0';

interface Facts {
  readonly pid: number;
  readonly config: string;
  readonly storage: string;
}

/** Starts the demo with the stand-in; `until` is given every line and says when to stop. */
async function demo(flags: readonly string[], until: (line: string) => boolean = () => false) {
  const stop = new AbortController();
  const lines: string[] = [];
  const print = (line: string) => {
    lines.push(line);
    if (until(line)) stop.abort();
  };
  const code = await runDemo({ program, flags, print, signal: stop.signal });
  const facts = lines.find(line => line.includes('msg="Facts"'))?.split('json=')[1];
  return { code, lines, facts: facts === undefined ? undefined : (JSON.parse(facts) as Facts) };
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the demo', () => {
  test('shows the cluster and the monitor, and leaves nothing behind when it is stopped', async () => {
    const { code, lines, facts } = await demo([ANY_PORT], line => line.startsWith('Incidents'));
    expect(code).toBe(0);
    expect(lines.join('\n')).toMatch(/ {2}tools +http:\/\/127\.0\.0\.1:\d+\n/);
    expect(lines.join('\n')).toMatch(/The monitor runs on http:\/\/127\.0\.0\.1:[1-9]\d*\. Look at\n/);
    expect(lines.some(line => line.includes('level=info') || line.includes('level=debug'))).toBe(false);
    if (!facts) throw new Error('the monitor did not start');
    expect(isAlive(facts.pid)).toBe(false);
    expect(existsSync(dirname(facts.config))).toBe(false);
    expect(dirname(facts.storage)).toBe(dirname(facts.config));
  });

  test('shows the whole log to who asks for it', async () => {
    const { lines } = await demo([ANY_PORT, '--log.level=debug'], line => line.startsWith('Incidents'));
    expect(lines).toContain('level=debug msg="Starting"');
  });

  test.each([
    { name: 'dies', flags: [ANY_PORT, '--die'], code: 4 },
    { name: 'does not start', flags: [ANY_PORT, '--fail'], code: 3 },
  ])('ends with the code of a monitor that $name', async ({ flags, code }) => {
    const ended = await demo(flags);
    expect(ended.code).toBe(code);
    expect(ended.lines.at(-1)).toBe(
      `demo: the monitor ended by itself with code ${code}, and so does the demo`,
    );
  });

  test('passes on what a monitor that does not start says', async () => {
    expect((await demo([ANY_PORT, '--fail'])).lines).toContain('monitor.yml: node: must not be empty');
  });

  test('a taken port is one line', async () => {
    const holder = createServer();
    const port = await listen(holder, 0);
    const { code, lines } = await demo([`--web.listen-address=127.0.0.1:${port}`]);
    holder.close();
    expect(code).toBe(1);
    expect(lines).toEqual([
      `demo: cannot listen on 127.0.0.1:${port}: it is in use; ` +
        'choose another with --web.listen-address=127.0.0.1:8090',
    ]);
  });

  test('a program that is not built is one line', async () => {
    const lines: string[] = [];
    const { signal } = new AbortController();
    const code = await runDemo({
      program: '/nowhere/main.js',
      flags: [],
      print: line => lines.push(line),
      signal,
    });
    expect(code).toBe(1);
    expect(lines).toEqual(['demo: /nowhere/main.js is missing; build it first: npm run build']);
  });
});

describe('flags', () => {
  test.each<{ name: string; given: string[]; want: string[] }>([
    { name: 'none given', given: [], want: ['--a=1', '--b=2'] },
    { name: 'one with =', given: ['--a=9'], want: ['--b=2', '--a=9'] },
    { name: 'one in two words', given: ['--b', '9'], want: ['--a=1', '--b', '9'] },
    { name: 'one whose name only begins alike', given: ['--ab=9'], want: ['--a=1', '--b=2', '--ab=9'] },
  ])('merge: $name', ({ given, want }) => {
    expect(mergeFlags({ a: '1', b: '2' }, given)).toEqual(want);
  });

  test.each([
    { given: ['--a=1', '--a=2'], want: '2' },
    { given: ['--a', '3'], want: '3' },
    { given: ['--a'], want: '' },
    { given: ['--b=1'], want: undefined },
  ])('value of a in $given', ({ given, want }) => {
    expect(flagValue(given, 'a')).toBe(want);
  });

  test.each<{ text: string; want: ListenAddress | undefined }>([
    { text: '127.0.0.1:8083', want: { host: '127.0.0.1', port: 8083 } },
    { text: ':8083', want: { host: undefined, port: 8083 } },
    { text: '[::1]:0', want: { host: '::1', port: 0 } },
    { text: '127.0.0.1', want: undefined },
    { text: 'host:99999', want: undefined },
  ])('listen address $text', ({ text, want }) => {
    expect(parseListenAddress(text)).toEqual(want);
  });

  test.each([
    {
      line: 'ts=1 level=info msg="Listening" address=127.0.0.1:1 url=http://127.0.0.1:1',
      want: 'http://127.0.0.1:1',
    },
    { line: '{"msg":"Listening","url":"https://127.0.0.1:1/m/"}', want: 'https://127.0.0.1:1/m' },
    { line: 'level=info msg="Scanning" url=http://127.0.0.1:1', want: undefined },
  ])('listening url in $line', ({ line, want }) => {
    expect(listeningUrl(line)).toBe(want);
  });

  test.each([
    { line: 'level=info msg=x', want: true },
    { line: 'ts=1 level=debug msg=x', want: true },
    { line: 'level=warn msg=x', want: false },
    { line: 'monitor.yml: no such file', want: false },
  ])('news: $line', ({ line, want }) => {
    expect(isNews(line)).toBe(want);
  });
});
