import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { RuleManager } from '../../src/rules/manager.js';
import { readRuleFile } from '../../src/rules/read.js';
import { alertsOf, evaluate, MINUTE, managerOn, minutes, ruleFile, shown, storageOf } from './world.js';

const DOWN = '- alert: Down\n  expr: up == 0\n  for: 2m';

describe('a reload', () => {
  test.each<[name: string, rules: string, since: number]>([
    ['that changes nothing keeps alerts', DOWN, 0],
    ['that changes the expression keeps alerts', '- alert: Down\n  expr: up < 1\n  for: 5m', 0],
    ['that adds and moves rules keeps alerts', `- record: a\n  expr: up\n${DOWN}`, 0],
    [
      'that adds an equal rule before another keeps the first one',
      `${DOWN}\n- alert: Down\n  expr: up > 5`,
      0,
    ],
    ['that renames the alert resets it', DOWN.replace('Down', 'Gone'), 3],
    ['that changes its labels resets it', `${DOWN}\n  labels: { a: b }`, 3],
  ])('%s', (_, rules, since) => {
    const storage = storageOf({ up: '0 0 0 0' });
    const manager = managerOn(storage);
    manager.update([ruleFile(DOWN)]);
    evaluate(manager, storage, 0, 2);
    manager.update([ruleFile(rules)]);
    evaluate(manager, storage, 3);
    expect(alertsOf(manager).map(({ activeAt }) => minutes(activeAt))).toEqual([since]);
  });

  test('that moves a group to another file resets its alerts', () => {
    const storage = storageOf({ up: '0 0' });
    const manager = managerOn(storage);
    manager.update([ruleFile(DOWN)]);
    evaluate(manager, storage, 0);
    manager.update([ruleFile(DOWN, '', 'other.yml')]);
    evaluate(manager, storage, 1);
    expect(alertsOf(manager).map(({ activeAt }) => minutes(activeAt))).toEqual([1]);
  });

  test('shows an alert with its current expression', () => {
    const storage = storageOf({ up: '0 0' });
    const manager = managerOn(storage);
    manager.update([ruleFile(DOWN)]);
    evaluate(manager, storage, 0);
    manager.update([ruleFile('- alert: Down\n  expr: up < 1')]);
    expect(alertsOf(manager)).toMatchObject([{ expression: 'up < 1' }]);
  });

  test('keeps the last evaluation of an unchanged group, and not that of a changed one', () => {
    const storage = storageOf({ up: '0' });
    const manager = managerOn(storage);
    const [same, other] = [ruleFile('- record: a\n  expr: up', '', '1.yml'), '- record: b\n  expr: up'];
    manager.update([same, ruleFile(other, '', '2.yml')]);
    evaluate(manager, storage, 0);
    manager.update([ruleFile('- record: a\n  expr: up', '', '1.yml'), ruleFile(`${other} + 1`, '', '2.yml')]);
    expect(manager.groups().map(({ rules, lastEvaluation }) => [rules[0]?.health, lastEvaluation])).toEqual([
      ['ok', 0],
      ['unknown', 0],
    ]);
  });

  test('ends the series of removed rules, and not of moved ones', () => {
    const storage = storageOf({ up: '1x9' });
    const manager = managerOn(storage);
    const rule = (name: string): string => `- record: ${name}\n  expr: up`;
    manager.update([
      ruleFile([rule('stays'), rule('goes'), rule('moves')].join('\n')),
      ruleFile(rule('all_go'), '', 'z.yml'),
    ]);
    evaluate(manager, storage, 0, 1);
    manager.update([ruleFile([rule('new'), rule('stays')].join('\n')), ruleFile(rule('moves'), '', 'b.yml')]);
    expect(shown(storage, '{__name__=~"stays|goes|moves|new|all_go"}', 1)).toEqual([
      'all_go 1',
      'goes 1',
      'moves 1',
      'stays 1',
    ]);
    evaluate(manager, storage, 2, 3);
    expect(shown(storage, '{__name__=~"stays|goes|moves|new|all_go"}', 2)).toEqual([
      'moves 1',
      'new 1',
      'stays 1',
    ]);
    expect(shown(storage, '{__name__=~"stays|goes|moves|new|all_go"}', 3)).toEqual([
      'moves 1',
      'new 1',
      'stays 1',
    ]);
  });
});

describe('a restart', () => {
  /** Runs to minute 20 with the alert from minute 10 on, stops, and starts again. */
  test.each<[name: string, hold: string, back: number, want: number | undefined]>([
    ['an alert that was pending goes on where it was', '30m', 25, 15],
    ['the time away does not count, however long within an hour', '30m', 75, 65],
    ['after more than an hour it is pending again', '30m', 82, 82],
    ['with less to wait than the grace period it waits for that', '15m', 25, 20],
    ['an alert that was firing is as old as it was', '10m', 25, 10],
    ['with a `for` shorter than the grace period, too', '9m', 25, 10],
    ['without a `for`, too', '0s', 25, 10],
  ])('%s', (_, hold, back, want) => {
    const storage = storageOf({ up: `1x9 0x${back}` });
    const rules = [
      ruleFile(`- alert: Down\n  expr: up == 0\n  for: ${hold}\n  labels: { a: "{{ $value }}" }`),
    ];
    const before = managerOn(storage);
    before.update(rules);
    evaluate(before, storage, 0, 20);

    const after = managerOn(storage, { history: storage });
    after.update(rules);
    evaluate(after, storage, back);
    const state = hold === '0s' ? 'firing' : 'pending';
    expect(alertsOf(after)).toMatchObject([{ state, activeAt: back * MINUTE }]);
    evaluate(after, storage, back);
    expect(alertsOf(after).map(({ activeAt }) => minutes(activeAt))).toEqual([want]);
  });

  test('with a `for` shorter than the grace period a pending alert starts over', () => {
    const storage = storageOf({ up: '1x15 0x20' });
    const rules = [ruleFile('- alert: Down\n  expr: up == 0\n  for: 9m')];
    const before = managerOn(storage);
    before.update(rules);
    evaluate(before, storage, 0, 20);
    const after = managerOn(storage, { history: storage });
    after.update(rules);
    evaluate(after, storage, 23, 24);
    expect(alertsOf(after).map(({ activeAt }) => minutes(activeAt))).toEqual([23]);
  });

  test('an alert with a label whose template is empty is restored as firing', () => {
    const storage = storageOf({ up: '0x40' });
    const rules = [
      ruleFile('- alert: Down\n  expr: up == 0\n  for: 20m\n  labels: { a: "{{ $labels.none }}" }'),
    ];
    const before = managerOn(storage);
    before.update(rules);
    evaluate(before, storage, 0, 20);
    const after = managerOn(storage, { history: storage });
    after.update(rules);
    evaluate(after, storage, 25, 26);
    expect(alertsOf(after).map(({ activeAt }) => minutes(activeAt))).toEqual([0]);
  });

  /** The condition holds from minute 2 to 10; the monitor stops after minute 20 and starts again. */
  test.each<[name: string, keys: string, back: number, want: readonly string[]]>([
    ['an alert that is kept firing goes on', 'keep_firing_for: 30m', 25, ['firing until 41']],
    ['its time away counts', 'keep_firing_for: 30m', 38, ['firing until 41']],
    ['an alert whose time ran out meanwhile ends at once', 'keep_firing_for: 12m', 30, ['inactive']],
    ['an alert whose time ran out before is not there', 'keep_firing_for: 5m', 25, []],
    ['a `for` makes no difference', 'keep_firing_for: 30m\n  for: 5m', 25, ['firing until 41']],
    ['after more than an hour it is not there', 'keep_firing_for: 2h', 82, []],
  ])('%s', (_, keys, back, want) => {
    const storage = storageOf({ up: '1x1 0x8 1x100' });
    const rule = `- alert: Down\n  expr: up == 0\n  ${keys}`;
    const rules = [ruleFile(`${rule}\n  annotations: { text: "was {{ $value }}" }`)];
    const before = managerOn(storage);
    before.update(rules);
    evaluate(before, storage, 0, 20);
    const after = managerOn(storage, { history: storage });
    after.update(rules);
    const [first] = evaluate(after, storage, back);
    const states = alertsOf(after).map(({ state }) => state);
    expect(first?.unsent.map(({ state, annotations }) => [state, annotations.text])).toEqual(
      states.map(state => [state, 'was 0']),
    );
    let until = back;
    while (alertsOf(after)[0]?.state === 'firing') evaluate(after, storage, ++until);
    expect(states.map(state => (state === 'firing' ? `firing until ${until}` : state))).toEqual(want);
  });

  test('lists the restored alerts until they fire again, also after a reload', () => {
    const storage = storageOf({ up: '0x30' });
    const before = managerOn(storage);
    before.update([ruleFile(DOWN)]);
    evaluate(before, storage, 0, 9);
    const after = managerOn(storage, { history: storage });
    after.update([ruleFile(DOWN)]);
    const seen = [11, 12, 13].map(minute => {
      const [result] = evaluate(after, storage, minute);
      after.update([ruleFile(`${DOWN}\n- record: r${minute}\n  expr: up`)]);
      return [result?.restoring, alertsOf(after)[0]?.state];
    });
    expect(seen).toEqual([
      [['Down'], 'pending'],
      [['Down'], 'pending'],
      [[], 'firing'],
    ]);
  });

  test('an alert that ended before it is pending again', () => {
    const storage = storageOf({ up: '1x4 0x9 1x4 0x9' });
    const rules = [ruleFile('- alert: Down\n  expr: up == 0\n  for: 30m')];
    const before = managerOn(storage);
    before.update(rules);
    evaluate(before, storage, 0, 17);
    const after = managerOn(storage, { history: storage });
    after.update(rules);
    evaluate(after, storage, 22, 23);
    expect(alertsOf(after).map(({ activeAt }) => minutes(activeAt))).toEqual([22]);
  });

  test('no series of alerts is recorded before their state was restored', () => {
    const storage = storageOf({ up: '0x9' });
    const after = managerOn(storage, { history: storage });
    after.update([ruleFile(`- record: a\n  expr: up\n${DOWN}`)]);
    const written = [0, 1, 2].map(minute => {
      evaluate(after, storage, minute);
      return shown(storage, '{__name__=~"a|ALERTS"}', minute);
    });
    const alert = (state: string): string => `ALERTS{alertname="Down", alertstate="${state}"} 1`;
    expect(written).toEqual([['a 0'], ['a 0'], [alert('firing'), 'a 0']]);
  });

  test('rules of a reload have no state to restore', () => {
    const storage = storageOf({ up: '0x9' });
    const after = managerOn(storage, { history: storage });
    after.update([]);
    after.update([ruleFile(DOWN)]);
    evaluate(after, storage, 0);
    expect(shown(storage, 'ALERTS', 0)).toHaveLength(1);
  });

  test('that cannot restore states is logged, and alerts go on', () => {
    const storage = storageOf({ up: '0x9' });
    const history = {
      select: () => {
        throw new Error('the disk is away');
      },
    };
    const after = managerOn(storage, { history });
    after.update([ruleFile(DOWN.replace('2m', '10m'))]);
    expect(evaluate(after, storage, 0, 2).map(({ restoreErrors }) => restoreErrors)).toEqual([
      [],
      ['group "g" in test.yml: the disk is away'],
      [],
    ]);
    expect(shown(storage, 'ALERTS', 2)).toHaveLength(1);
  });
});

describe('a rule that fails', () => {
  test.each<[name: string, rule: string, keys: string, error: string]>([
    [
      'has two series of the same labels',
      '- record: a\n  expr: up\n  labels: { i: x }',
      '',
      'vector contains metrics with the same labelset after applying rule labels',
    ],
    [
      'has two alerts of the same labels',
      '- alert: A\n  expr: up\n  labels: { i: x }',
      '',
      'vector contains metrics with the same labelset after applying alert labels',
    ],
    ['has too many series', '- record: a\n  expr: up', '    limit: 1\n', 'exceeded limit of 1 with 2 series'],
    ['has too many alerts', '- alert: A\n  expr: up', '    limit: 1\n', 'exceeded limit of 1 with 2 alerts'],
    ['has no value', '- record: a\n  expr: up[5m]', '', 'rule result is not a vector or scalar'],
    [
      'cannot be evaluated',
      '- record: a\n  expr: up + on () up',
      '',
      expect.stringMatching(/^found duplicate series for the match group \{\}/) as unknown as string,
    ],
  ])('%s', (_, rule, keys, error) => {
    const storage = storageOf({ 'up{i="1"}': '1', 'up{i="2"}': '1' });
    const manager = managerOn(storage);
    manager.update([ruleFile(`${rule}\n- record: next\n  expr: count(up)`, keys)]);
    const [result] = evaluate(manager, storage, 0);
    expect(manager.groups()[0]?.rules).toMatchObject([
      { health: 'err', lastError: error },
      { health: 'ok', lastError: '' },
    ]);
    expect(result).toMatchObject({ rules: 2, failures: 1, samples: 1 });
    expect(shown(storage, '{__name__=~"a|ALERTS"}', 0)).toEqual([]);
    expect(shown(storage, 'next', 0)).toEqual(['next 2']);
  });

  test('is logged once, and once when it works again', () => {
    const storage = storageOf({ 'up{i="1"}': '1 1 1 1', 'up{i="2"}': '_ 1 1 stale' });
    const manager = managerOn(storage);
    manager.update([ruleFile('- record: a\n  expr: up\n  labels: { i: x }')]);
    const error = 'vector contains metrics with the same labelset after applying rule labels';
    const change = { file: 'test.yml', group: 'g', rule: 'a' };
    expect(evaluate(manager, storage, 0, 3).map(({ changes }) => changes)).toEqual([
      [],
      [{ ...change, error }],
      [],
      [{ ...change, error: '' }],
    ]);
  });

  test('keeps its series and its alerts', () => {
    const storage = storageOf({ 'up{i="1"}': '0 0', 'up{i="2"}': '_ 0' });
    const manager = managerOn(storage);
    manager.update([
      ruleFile(
        '- record: a\n  expr: up\n  labels: { i: x }\n- alert: A\n  expr: up == 0\n  labels: { i: x }',
      ),
    ]);
    evaluate(manager, storage, 0, 1);
    expect(shown(storage, '{__name__=~"a|ALERTS"}', 1)).toEqual([
      'ALERTS{alertname="A", alertstate="firing", i="x"} 1',
      'a{i="x"} 0',
    ]);
    expect(alertsOf(manager)).toMatchObject([{ state: 'firing' }]);
  });

  test('too many alerts are all dropped', () => {
    const storage = storageOf({ 'up{i="1"}': '0 0 0', 'up{i="2"}': '1 0 1' });
    const manager = managerOn(storage);
    manager.update([ruleFile('- alert: A\n  expr: up == 0', '    limit: 1\n')]);
    evaluate(manager, storage, 0, 1);
    expect(alertsOf(manager)).toEqual([]);
    evaluate(manager, storage, 2);
    expect(alertsOf(manager).map(({ activeAt }) => minutes(activeAt))).toEqual([2]);
  });

  test('because samples cannot be written counts as failed too', () => {
    const storage = storageOf({ up: '1' });
    const write = (): never => {
      throw new Error('the disk is full');
    };
    const manager = managerOn(storage, { write });
    manager.update([ruleFile('- record: a\n  expr: up'), ruleFile('- record: b\n  expr: up', '', 'b.yml')]);
    manager.update([ruleFile('- record: a\n  expr: up')]);
    expect(evaluate(manager, storage, 0)).toMatchObject([{ failures: 1, samples: 0 }]);
    expect(manager.groups()[0]?.rules).toMatchObject([{ health: 'err', lastError: 'the disk is full' }]);
  });

  test('because samples cannot be written: its alerts are sent all the same', () => {
    const storage = storageOf({ up: '0' });
    const write = (): never => {
      throw new Error('the disk is full');
    };
    const manager = managerOn(storage, { write });
    manager.update([ruleFile('- alert: Down\n  expr: up == 0')]);
    const [result] = evaluate(manager, storage, 0);
    expect(result).toMatchObject({ failures: 1, unsent: [{ state: 'firing' }] });
  });
});

describe('the clock is set while an alert', () => {
  const KEPT = '- alert: Down\n  expr: up == 0\n  keep_firing_for: 3m';
  const BEFORE = 2;
  test.each<[name: string, rule: string, values: readonly number[], want: string[]]>([
    ['waits for its `for`', DOWN, [0, 0, 0, 0], ['pending', 'pending', 'firing', 'firing']],
    ['is kept firing', KEPT, [0, 1, 1, 1, 1], ['firing', 'firing', 'firing', 'firing', 'inactive']],
    ['is over', KEPT.replace('3m', '0s'), [0, 1, 1, 1], ['firing', 'inactive', 'inactive', 'inactive']],
  ])('%s, that takes as long as without', (_, rule, values, want) => {
    for (const hours of [1, -1, 72, -72]) {
      let value = 0;
      const queryFunc = () => (value === 0 ? [{ labels: Labels.of({ x: 'y' }), value }] : []);
      const manager = managerOn(storageOf({}), { queryFunc });
      manager.update([ruleFile(rule)]);
      let at = 10_000 * MINUTE;
      const seen = values.map((next, i) => {
        value = next;
        at += MINUTE;
        if (i === BEFORE) {
          at += hours * 60 * MINUTE;
          manager.clockSet(hours * 60 * MINUTE);
        }
        const { unsent } = manager.evaluate(at);
        const { state } = alertsOf(manager)[0] ?? { state: 'none' };
        // Receivers have its end from the time before.
        if (i === BEFORE && state === 'firing')
          expect(unsent).toMatchObject([{ validUntil: at + 4 * MINUTE }]);
        return state;
      });
      expect(seen).toEqual(want);
    }
  });
});

describe('when groups are evaluated', () => {
  test.each<[name: string, interval: string, seconds: number[], want: number[]]>([
    ['without an interval always', '', [0, 7, 8, 30], [0, 7, 8, 30]],
    ['with one once in each', '    interval: 30s\n', [0, 10, 20, 30, 40, 50, 60], [0, 30, 60]],
    [
      'calls that come early and late lose none',
      '    interval: 30s\n',
      [1, 31, 60, 92, 119, 120],
      [1, 31, 60, 92, 120],
    ],
    ['with one shorter than between calls always', '    interval: 1s\n', [0, 10, 20], [0, 10, 20]],
    ['a clock set back does not stop it', '    interval: 1m\n', [600, 30, 40, 90], [600, 30, 90]],
  ])('%s', (_, interval, seconds, want) => {
    const storage = storageOf({});
    const manager = managerOn(storage);
    manager.update([ruleFile('- record: a\n  expr: "1"', interval)]);
    const due = seconds.filter(second => manager.evaluate(second * 1000).groups === 1);
    expect(due).toEqual(want);
  });

  test('they come in the order of the files, and are listed by file and name', () => {
    const order: string[] = [];
    const manager = new RuleManager({
      externalUrl: '',
      externalLabels: {},
      queryFunc: (_, text) => {
        order.push(text);
        return [];
      },
      write: () => undefined,
      interval: MINUTE,
    });
    const group = (name: string, expr: string): string =>
      `- { name: ${name}, rules: [{ record: x, expr: ${expr} }] }\n`;
    manager.update([
      readRuleFile('z.yml', `groups:\n${group('b', 'e1')}${group('a', 'e2')}`),
      readRuleFile('a.yml', `groups:\n${group('c', 'e3')}`),
    ]);
    manager.evaluate(0);
    expect(order).toEqual(['e1', 'e2', 'e3']);
    expect(manager.groups().map(({ file, name }) => file + name)).toEqual(['a.ymlc', 'z.ymla', 'z.ymlb']);
  });
});

test('alerts are sent when they fire, when they end, and again after the resend delay', () => {
  const storage = storageOf({ up: '1 0 0 0 0 0 0 1 1 1' });
  const manager = managerOn(storage, { resendDelay: 2 * MINUTE });
  manager.update([ruleFile('- alert: Down\n  expr: up == 0\n  for: 1m')]);
  const sent = evaluate(manager, storage, 0, 9).map(({ unsent }) =>
    unsent.map(({ state, lastSentAt, validUntil }) => [state, minutes(lastSentAt), minutes(validUntil)]),
  );
  expect(sent).toEqual([
    [],
    [],
    [['firing', 2, 10]],
    [],
    [],
    [['firing', 5, 13]],
    [],
    [['inactive', 7, 15]],
    [],
    [],
  ]);
});

test('the duration of evaluations is measured', () => {
  let now = 0;
  const storage = storageOf({ up: '1' });
  const manager = managerOn(storage, { clock: { elapsed: () => now++ } });
  manager.update([ruleFile('- record: a\n  expr: up\n- record: b\n  expr: up')]);
  evaluate(manager, storage, 0);
  expect(manager.groups()).toMatchObject([
    { evaluationTime: 5, lastEvaluation: 0, rules: [{ evaluationTime: 1 }, { evaluationTime: 1 }] },
  ]);
});

describe('an interim evaluation', () => {
  const LONG = '    interval: 5m\n';

  test('skips groups of longer intervals, whose series would be lost', () => {
    const storage = storageOf({ up: '0 0 0 0 0 0' });
    const manager = managerOn(storage);
    manager.update([
      ruleFile('- record: always\n  expr: up', '', '1.yml'),
      ruleFile('- record: as_often\n  expr: up', '    interval: 1m\n', '2.yml'),
      ruleFile('- record: seldom\n  expr: up', LONG, '3.yml'),
    ]);
    storage.loadUntil(0);
    expect(manager.evaluate(0, true).groups).toBe(2);
    expect(manager.evaluate(1).groups).toBe(3);
    expect(manager.evaluate(2).groups).toBe(1);
    storage.loadUntil(5 * MINUTE);
    expect(manager.evaluate(5 * MINUTE, true).groups).toBe(2);
    expect(manager.evaluate(5 * MINUTE + 1).groups).toBe(3);
  });

  test('does not replace the evaluation of the interval, which records the stored samples', () => {
    const storage = storageOf({ up: '0 0 0 0' });
    const kept: number[] = [];
    let isInterim = false;
    const manager = managerOn(storage, {
      write: (source, at, samples) => {
        if (!isInterim) kept.push(at);
        storage.write(source, at, samples);
      },
    });
    manager.update([ruleFile('- record: a\n  expr: up', '    interval: 1m\n')]);
    storage.loadUntil(3 * MINUTE);
    for (const minute of [0, 1, 2]) {
      isInterim = true;
      manager.evaluate(minute * MINUTE + 1000, isInterim);
      isInterim = false;
      manager.evaluate(minute * MINUTE + 30_000);
    }
    expect(kept).toEqual([30_000, 90_000, 150_000]);
  });

  test('changes the state of alerts as any other', () => {
    const storage = storageOf({ up: '1 0 0 0' });
    const manager = managerOn(storage);
    manager.update([ruleFile(DOWN)]);
    evaluate(manager, storage, 0);
    storage.loadUntil(3 * MINUTE);
    manager.evaluate(MINUTE, true);
    expect(alertsOf(manager).map(({ state }) => state)).toEqual(['pending']);
    expect(manager.evaluate(3 * MINUTE, true).unsent).toMatchObject([
      { state: 'firing', firedAt: 3 * MINUTE },
    ]);
  });

  test('ends the series of removed rules for itself only; the next evaluation of the grid ends them', () => {
    const storage = storageOf({ up: '1x9' });
    const ended: string[] = [];
    const manager = managerOn(storage, {
      write: (source, at, samples) => {
        if (samples.length === 0) ended.push(`${source.split(';').at(-1)?.split('[')[0]} ${at}`);
        storage.write(source, at, samples);
      },
    });
    manager.update([ruleFile('- record: goes\n  expr: up')]);
    evaluate(manager, storage, 0);
    manager.update([ruleFile('- record: new\n  expr: up')]);
    manager.evaluate(1, true);
    manager.evaluate(2, true);
    manager.evaluate(3);
    manager.evaluate(4);
    expect(ended).toEqual(['goes 1', 'goes 2', 'goes 3']);
  });
});
