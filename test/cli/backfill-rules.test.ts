// The command: what it says, what it refuses, and that it may be killed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFolder } from '../../src/app/storage-folder.js';
import { run } from '../../src/cli/run.js';
import { contents, fill, points } from '../query/backfill/history.js';
import { makeFolder, removeFolder } from '../support/child.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const RULES = `
groups:
  - name: g
    rules:
      - { record: 'load:sum', expr: 'sum(load)' }
      - { record: 'load:bad', expr: 'load * on () group_left () load{target="b"} * on () group_left () load' }
      - { alert: LoadHigh, expr: 'load > 90', for: 5m }
`;
const SPAN = ['--start=2026-01-05T00:00:00Z', '--end=2026-01-05T04:00:00Z'];

let folder: string;
let storage: string;
let db: string;
let rules: string;
beforeEach(() => {
  folder = makeFolder('backfill-rules');
  storage = join(folder, 'data');
  db = join(storage, 'samples.db');
  rules = join(folder, 'rules.yml');
  writeFileSync(rules, RULES);
});
afterEach(() => removeFolder(folder));

async function backfill(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(['backfill-rules', `--storage.path=${storage}`, ...args], {
    out: line => out.push(line.replaceAll(folder, 'FOLDER')),
    // How far it is depends on how busy the machine is.
    err: line => line.startsWith('evaluated up to ') || err.push(line.replaceAll(folder, 'FOLDER')),
  });
  return { code, out, err };
}

test('says what each rule made, and which failed', async () => {
  await fill(db, points());
  expect(await backfill(...SPAN, rules)).toEqual({
    code: 1,
    out: [
      'FOLDER/rules.yml: group g, rule load:sum: 241 samples',
      'FOLDER/rules.yml: group g, rule load:bad: 0 samples',
      'FOLDER/rules.yml: group g, rule LoadHigh: 60 samples',
      '301 samples written of 3 rules at 241 moments, 0 there already',
    ],
    err: [
      expect.stringMatching(
        /^FOLDER\/rules\.yml: group g, rule load:bad: 230 evaluations failed, first at 2026-01-05T00:00:00\.000Z: .*many-to-many/,
      ),
    ],
  });
  expect(contents(db)['ALERTS{alertname="LoadHigh", alertstate="firing", target="a"}']).toMatch(
    /^125=1 .* 149=1 \| 150$/,
  );
  const again = await backfill(...SPAN, rules);
  expect(again.out.at(-1)).toBe('0 samples written of 3 rules at 241 moments, 301 there already');
});

describe('refuses', () => {
  test.each<[name: string, args: string[], line: RegExp]>([
    ['no start', [], /wants --start=TIME/],
    [
      'a start without a zone',
      ['--start=2026-01-05T00:00:00'],
      /--start: "2026-01-05T00:00:00" is no moment; write/,
    ],
    ['an end before the start', ['--start=20', '--end=10'], /--start is after --end/],
    ['an end to come', ['--start=20', '--end=2999-01-01T00:00:00Z'], /--end: 2999-\S+ is in the future/],
    [
      'an interval of nothing',
      ['--start=20', '--eval-interval=0s', 'x'],
      /--eval-interval: "0s" is no duration/,
    ],
    ['a flag without a value', ['--start'], /--start wants a value/],
    ['an unknown flag', ['--start=20', '--bogus'], /unknown flag --bogus/],
  ])('%s', async (_, args, line) => {
    const { code, out, err } = await backfill(...args);
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(err.join('\n')).toMatch(line);
  });

  test('a folder without samples', async () => {
    expect(await backfill(...SPAN, rules)).toEqual({
      ...{ code: 1, out: [] },
      err: [
        "FOLDER/data/samples.db: no such file; name the folder of a monitor's samples with --storage.path",
      ],
    });
  });

  test('a rule file with a mistake', async () => {
    await fill(db, points());
    writeFileSync(rules, RULES.replace('sum(load)', 'sum(load'));
    const { code, err } = await backfill(...SPAN, rules);
    expect({ code, err }).toEqual({
      code: 1,
      err: [expect.stringMatching(/^FOLDER\/rules\.yml:.*load:sum/)],
    });
  });

  test('a folder that a monitor uses', async () => {
    await fill(db, points());
    const lock = claimFolder(storage);
    try {
      const { code, err } = await backfill(...SPAN, rules);
      expect(code).toBe(1);
      expect(err).toEqual([expect.stringContaining('FOLDER/data is in use by another langgraph-monitor')]);
    } finally {
      lock.release();
    }
    expect((await backfill(...SPAN, rules)).out.at(-1)).toContain('301 samples written');
  });
});

test('one that is killed leaves all or nothing, and the next one completes it', async () => {
  await fill(db, points());
  const before = contents(db);
  const args = ['backfill-rules', `--storage.path=${storage}`, ...SPAN, '--eval-interval=1s', rules];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const isStaged = () => readdirSync(storage).some(name => name.includes('.backfill-'));
  while (!isStaged() && child.exitCode === null) await delay(5);
  child.kill('SIGKILL');
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  expect(isStaged()).toBe(true);
  expect(contents(db)).toEqual(before);
  expect((await backfill(...SPAN, rules)).out.at(-1)).toContain('301 samples written');
  expect(isStaged()).toBe(false);
  expect(contents(db)['load:sum']).toMatch(/^0=0 1=/);
});
