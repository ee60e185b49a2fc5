// Every command's own usage, over the catalogue, so that a new command is covered.

import { describe, expect, test } from 'vitest';
import { findCommand } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands.js';
import { run } from '../../src/cli/run.js';

async function say(...words: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(words, { out: text => out.push(text), err: text => err.push(text) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const names = commands.map(({ name }) => name);

describe.each(commands.map(each => [each.name, each] as const))('%s', (name, command) => {
  test.each([
    [[name, '--help']],
    [[name, '-h']],
    [[name, 'some-word', '--help']],
    [['--help', name]],
    [['--log.level', 'warn', name, '--help']],
    [[...name.split('-'), '--help']],
  ])('%j prints its own usage', async words => {
    const { code, out, err } = await say(...words);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const { words: form, does } of command.forms) {
      expect(out).toContain(`langgraph-monitor ${name}${form === '' ? '' : ` ${form}`}\n`);
      expect(out).toContain(does);
    }
    for (const flag of [...command.flags.map(each => each.name), ...command.commonFlags])
      expect(out).toMatch(new RegExp(`^ {2}--${flag}\\b`, 'm'));
    const others = names.filter(other => other !== name);
    expect(others.filter(other => out.includes(`langgraph-monitor ${other} `))).toEqual([]);
  });

  test('is a line of the general help', async () => {
    expect((await say('--help')).out).toMatch(new RegExp(`^ {2}${name} .*${command.forms[0]?.does}`, 'm'));
  });
});

test.each<[string, string | undefined, string[]]>([
  ['demo', 'demo', []],
  ['check-config demo', 'check-config', ['demo']],
  ['--config.file demo', undefined, []],
  ['--config.file demo check-config x', 'check-config', ['--config.file', 'demo', 'x']],
  ['--web.enable-lifecycle demo', 'demo', ['--web.enable-lifecycle']],
  ['check config a', 'check-config', ['a']],
  ['check nothing', undefined, []],
  ['', undefined, []],
])('%j names %s', (line, name, args) => {
  const found = findCommand(line === '' ? [] : line.split(' '), commands);
  expect(found?.command.name).toBe(name);
  expect(found?.args ?? []).toEqual(args);
});
