import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The bench is JavaScript. */
const load = (name: string) => import(/* @vite-ignore */ new URL(name, import.meta.url).href);
const { runRow } = await load('run-row.mjs');
const { rows } = (await load('../rows/index.mjs')) as {
  rows: { name: string; minutes: number; apart?: true }[];
};

describe('a row in a process of its own', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bench-row-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const line = (ours: string) => `{ what: 'a', unit: 'ms', ours: ${ours}, peers: [] }`;
  const failed = {
    lines: [
      {
        what: 'a: of a',
        of: '-',
        unit: '',
        ours: { who: 'langgraph-monitor', missing: 'failed' },
        peers: [],
      },
    ],
    incomplete: true,
  };

  test.each([
    [
      'gives its lines',
      `process.send({ lines: [${line('{ value: [1, NaN] }')}], incomplete: false }, () => process.exit(0))`,
      { lines: [{ what: 'a', unit: 'ms', ours: { value: [1, Number.NaN] }, peers: [] }], incomplete: false },
    ],
    [
      'that throws is named',
      "process.send({ problem: 'no' }, () => process.exit(0))",
      { ...failed, problem: 'no' },
    ],
    ['that dies is named', 'process.exit(3)', { ...failed, problem: 'its process ended without a result' }],
    [
      'that measured nothing is named',
      `process.send({ lines: [${line('{ value: [] }')}], incomplete: false }, () => process.exit(0))`,
      { ...failed, problem: 'no samples' },
    ],
  ])('%s', async (_, text, want) => {
    const program = join(folder, 'row.mjs');
    writeFileSync(program, text);
    expect(await runRow({ name: 'a', about: 'of a', minutes: 1 }, {}, { program })).toEqual(want);
  });

  test('that hangs is ended and named', async () => {
    const program = join(folder, 'hangs.mjs');
    writeFileSync(program, 'setInterval(() => {}, 1000)');
    const result = await runRow({ name: 'a', about: 'of a', minutes: 1 }, {}, { program, patience: 300 });
    expect(result).toMatchObject({ ...failed, problem: expect.stringContaining('takes more than') });
  });
});

test('all rows fit into a run of 45 minutes, with room for a slow machine', () => {
  const minutes = rows.filter(row => !row.apart).map(row => row.minutes);
  expect(minutes.every(each => each > 0)).toBe(true);
  expect(minutes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(43);
});
