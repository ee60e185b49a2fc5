// Evaluations that take longer than a scrape should wait: what they leave to the next ones.

import { describe, expect, test } from 'vitest';
import { readRuleFile } from '../../src/rules/read.js';
import { evaluate, MINUTE, managerOn, storageOf } from './world.js';

describe('an evaluation that takes long', () => {
  /** A group of one rule whose query takes some milliseconds, as its metric says. */
  const group = (name: string, takes: number, interval = '') =>
    `  - name: ${name}\n${interval && `    interval: ${interval}\n`}    rules:\n      - { record: ${name}, expr: takes_${takes} }\n`;

  /** Names of the groups that are evaluated in each of some minutes. */
  function evaluatedBy(groups: string, minutes: number): string[] {
    const storage = storageOf({ takes_1: '1x20', takes_800: '1x20' });
    let elapsed = 0;
    const manager = managerOn(storage, {
      clock: { elapsed: () => elapsed },
      queryFunc(expr, text, at) {
        elapsed += Number(text.slice('takes_'.length));
        return storage.queryFunc(expr, text, at);
      },
    });
    manager.update([readRuleFile('test.yml', `groups:\n${groups}`)]);
    return Array.from({ length: minutes }, (_, minute) => {
      const results = evaluate(manager, storage, minute);
      const names = manager
        .groups()
        .flatMap(each => (each.lastEvaluation === minute * MINUTE ? each.name : []));
      expect(results[0]?.groups).toBe(names.length);
      return names.join(' ');
    });
  }

  test.each<[name: string, groups: string, want: string[]]>([
    [
      'leaves groups of longer intervals to the next ones, and none that is evaluated with each scrape',
      group('a', 800, '5m') +
        group('b', 800, '5m') +
        group('c', 800, '5m') +
        group('d', 800, '5m') +
        group('e', 1),
      ['a b e', 'c d e', 'e', 'e', 'e', 'a b e', 'c d e'],
    ],
    [
      'leaves none for ever',
      group('a', 800) + group('b', 800) + group('c', 1, '2m') + group('d', 1, '2m') + group('e', 1, '2m'),
      ['a b c', 'a b d', 'a b e', 'a b c', 'a b d', 'a b e'],
    ],
    [
      'evaluates all at once where that is quick',
      group('a', 1, '5m') + group('b', 1, '5m') + group('c', 800),
      ['a b c', 'c', 'c', 'c', 'c', 'a b c'],
    ],
  ])('%s', (_, groups, want) => {
    expect(evaluatedBy(groups, want.length)).toEqual(want);
  });

  test('says which alerts it left as they were', () => {
    const storage = storageOf({ up: '0x9' });
    let elapsed = 0;
    const manager = managerOn(storage, { clock: { elapsed: () => (elapsed += 600) } });
    const alert = (name: string) =>
      `  - name: ${name}\n    interval: 5m\n    rules:\n      - { alert: ${name}, expr: up == 0 }\n`;
    manager.update([readRuleFile('test.yml', `groups:\n${alert('A')}${alert('B')}${alert('C')}`)]);
    const left = evaluate(manager, storage, 0, 2).map(({ notDue, unsent }) => ({
      notDue,
      sent: unsent.map(({ labels }) => labels.alertname),
    }));
    expect(left).toEqual([
      { notDue: ['B', 'C'], sent: ['A'] },
      { notDue: ['A', 'C'], sent: ['B'] },
      { notDue: ['A', 'B'], sent: ['C'] },
    ]);
  });
});
