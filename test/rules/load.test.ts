import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { glob, PatternError } from '../../src/config/glob.js';
import { ConfigError } from '../../src/config/load.js';
import { loadingRuleFiles, loadRuleFiles } from '../../src/rules/load.js';

const folder = mkdtempSync(join(tmpdir(), 'load-rules-'));

const FILES: Record<string, string> = {
  'a.rules.yml': 'groups: [{ name: a, rules: [{ record: x, expr: up }] }]',
  'b.rules.yml': 'groups: [{ name: b, interval: 30s, query_offset: 5s, limit: 3 }]',
  '.hidden.yml': 'groups: []',
  'team-1/c.yml': 'groups: [{ name: c }]',
  'team-2/d.yml': 'groups: [{ name: d }]',
  'team-2/[d].yml': 'groups: []',
  'wrong/e.yml': 'groups: [{ name: e, rules: [{ record: x, expr: up( }] }]',
  'wrong/f.yml': 'groups: [{ nam: f }]',
};

beforeAll(() => {
  for (const name of ['team-1', 'team-2', 'wrong', 'empty']) mkdirSync(join(folder, name));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  symlinkSync(join(folder, 'team-1'), join(folder, 'team-3'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('patterns', () => {
  test.each<[string, string[]]>([
    ['*.rules.yml', ['a.rules.yml', 'b.rules.yml']],
    ['*', ['.hidden.yml', 'a.rules.yml', 'b.rules.yml', 'empty', 'team-1', 'team-2', 'team-3', 'wrong']],
    ['?.rules.yml', ['a.rules.yml', 'b.rules.yml']],
    ['[^a].rules.yml', ['b.rules.yml']],
    ['[a-a].rules.yml', ['a.rules.yml']],
    ['team-[12]/*.yml', ['team-1/c.yml', 'team-2/[d].yml', 'team-2/d.yml']],
    ['team-3/*', ['team-3/c.yml']],
    ['team-2/\\[d\\].yml', ['team-2/[d].yml']],
    ['team-2/[[]?[\\]].yml', ['team-2/[d].yml']],
    ['team-2/*d*.y*l', ['team-2/[d].yml', 'team-2/d.yml']],
    ['**/c.yml', ['team-1/c.yml', 'team-3/c.yml']],
    ['a.rules.yml', ['a.rules.yml']],
    ['missing.yml', []],
    ['missing/*', []],
    ['a.rules.yml/*', []],
  ])('%s', (pattern, want) => {
    expect(glob(join(folder, pattern))).toEqual(want.map(name => join(folder, name)));
  });

  test.each(['[', 'a[b', '[]a', '[a-]', '\\', '[-a]', '[/*'])('%s is none', pattern => {
    expect(() => glob(`${folder}/${pattern}`)).toThrow(PatternError);
  });

  test('one that would take long by going back and forth does not', () => {
    expect(glob(`${folder}/${'*a'.repeat(5000)}`)).toEqual([]);
  });
});

describe('files', () => {
  test('are loaded in the order of the patterns, each once', () => {
    const files = loadRuleFiles(['b*.yml', '*.rules.yml', join(folder, 'team-1/c.yml'), 'empty/*'], folder);
    expect(files.map(({ file }) => file)).toEqual(
      ['b.rules.yml', 'a.rules.yml', 'team-1/c.yml'].map(name => join(folder, name)),
    );
    expect(files[0]?.groups).toEqual([
      { name: 'b', interval: 30_000, queryOffset: 5000, limit: 3, rules: [] },
    ]);
    expect(files[1]?.groups[0]?.rules[0]).toMatchObject({ kind: 'recording', name: 'x', text: 'up' });
  });

  test.each<[string, string[], string[]]>([
    [
      'every mistake of all of them at once',
      ['wrong/*.yml', 'a.rules.yml'],
      [
        `${folder}/wrong/e.yml: 1:48: group "e", rule 1, "x": could not parse expression: 1:4: parse error: unclosed left parenthesis`,
        `${folder}/wrong/f.yml: yaml: line 1: field nam not found in type rulefmt.RuleGroup`,
      ],
    ],
    [
      'one that is named and not there',
      ['x/y.yml'],
      [`rule_files: "x/y.yml" does not point to an existing file (looked for ${folder}/x/y.yml)`],
    ],
    ['a folder', ['empty'], [`${folder}/empty: is a directory`]],
    ['a pattern that is none', ['[.yml'], [`rule_files: ${folder}/[.yml: syntax error in pattern`]],
  ])('%s', (_, patterns, mistakes) => {
    let thrown: unknown;
    try {
      loadRuleFiles(patterns, folder);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).mistakes).toEqual(mistakes);
  });
});

test('work stops after each file and before each rule, and a mistake ends it after the last file', () => {
  const inner = mkdtempSync(join(folder, 'stops-'));
  const group = (name: string, exprs: readonly string[]) => ({
    name,
    rules: exprs.map((expr, i) => ({ record: `r${i}`, expr })),
  });
  writeFileSync(
    join(inner, 'a.yml'),
    JSON.stringify({ groups: [group('a', ['1', '2']), group('b', ['3'])] }),
  );
  const work = loadingRuleFiles(['*.yml'], inner);
  let stops = 0;
  let step = work.next();
  for (; !step.done; step = work.next()) stops++;
  expect(stops).toBe(4);
  expect(step.value.map(({ groups }) => groups.map(({ rules }) => rules.length))).toEqual([[2, 1]]);

  writeFileSync(join(inner, 'b.yml'), JSON.stringify({ groups: [group('c', ['(', '1'])] }));
  const failing = loadingRuleFiles(['*.yml'], inner);
  expect(() => {
    for (stops = 0; !failing.next().done; ) stops++;
  }).toThrow(ConfigError);
  expect(stops).toBe(7);
});
