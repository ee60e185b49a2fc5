import { beforeAll, describe, expect, test } from 'vitest';
import { apiAlerts, apiRules, ParameterError } from '../../src/rules/api.js';
import { readRuleFile } from '../../src/rules/read.js';
import type { RuleGroupView } from '../../src/rules/view.js';
import { evaluate, managerOn, storageOf } from './world.js';

const FIRST = `groups:
  - name: a
    interval: 2m
    limit: 7
    rules:
      - record: up:sum
        expr: sum  (up)
        labels: { team: one }
      - alert: Down
        expr: up   == 0
        for: 5m
        keep_firing_for: 90s
        labels: { severity: high, team: two }
        annotations: { summary: '{{ $labels.job }} is down' }
  - name: b
    rules:
      - alert: Never
        expr: up > 5
      - record: broken
        expr: up + on () up
`;
const SECOND = `groups:
  - name: a
    rules: [{ alert: Always, expr: vector(0.001) }]
`;

let before: RuleGroupView[];
let groups: RuleGroupView[];

beforeAll(() => {
  const storage = storageOf({ 'up{job="x"}': '0', 'up{job="y"}': '1' });
  const manager = managerOn(storage);
  manager.update([readRuleFile('1.yml', FIRST), readRuleFile('2.yml', SECOND)]);
  before = manager.groups();
  evaluate(manager, storage, 0);
  groups = manager.groups();
});

const queryFunc = (query: string): ReturnType<typeof apiRules> =>
  apiRules(groups, new URLSearchParams(query));
const EPOCH = '1970-01-01T00:00:00Z';
const evaluated = { health: 'ok', evaluationTime: 0, lastEvaluation: EPOCH };
const down = {
  labels: { alertname: 'Down', job: 'x', severity: 'high', team: 'two' },
  annotations: { summary: 'x is down' },
  state: 'pending',
  activeAt: EPOCH,
  value: '0e+00',
};

describe('rules', () => {
  test('all of a group', () => {
    expect(queryFunc('').groups[0]).toEqual({
      name: 'a',
      file: '1.yml',
      interval: 120,
      limit: 7,
      evaluationTime: 0,
      lastEvaluation: EPOCH,
      rules: [
        { type: 'recording', name: 'up:sum', query: 'sum(up)', labels: { team: 'one' }, ...evaluated },
        {
          type: 'alerting',
          name: 'Down',
          query: 'up == 0',
          duration: 300,
          keepFiringFor: 90,
          labels: { severity: 'high', team: 'two' },
          annotations: { summary: '{{ $labels.job }} is down' },
          state: 'pending',
          alerts: [down],
          ...evaluated,
        },
      ],
    });
  });

  test('one that fails has its error, others have none', () => {
    const [, b] = queryFunc('').groups;
    expect(b?.rules).toMatchObject([
      { name: 'Never', state: 'inactive', health: 'ok' },
      { name: 'broken', health: 'err', lastError: expect.stringContaining('found duplicate series') },
    ]);
    expect(b?.rules[0]).not.toHaveProperty('lastError');
  });

  test('before the first evaluation nothing is known', () => {
    const { groups: unknown } = apiRules(before, new URLSearchParams('type=alert'));
    expect(unknown[0]).toMatchObject({
      lastEvaluation: '0001-01-01T00:00:00Z',
      rules: [{ state: 'unknown', health: 'unknown', alerts: [], lastEvaluation: '0001-01-01T00:00:00Z' }],
    });
  });

  const ALL = ['up:sum', 'Down', 'Never', 'broken', 'Always'];
  test.each<[query: string, want: string[]]>([
    ['', ALL],
    ['type=alert', ['Down', 'Never', 'Always']],
    ['type=RECORD', ['up:sum', 'broken']],
    ['rule_name[]=Down&rule_name[]=broken&rule_name[]=x', ['Down', 'broken']],
    ['rule_group[]=b', ['Never', 'broken']],
    ['file[]=2.yml', ['Always']],
    ['file[]=1.yml&rule_group[]=a&type=alert', ['Down']],
    ['match[]={team="one"}', ['up:sum']],
    ['match[]={team="one"}&match[]={severity=~"h.*",team!="one"}', ['up:sum', 'Down']],
    ['match[]={team=""}', ['Never', 'broken', 'Always']],
    ['match[]={job="x"}', []],
    ['exclude_alerts=false', ALL],
    ['unknown=1', ALL],
  ])('%s', (query, want) => {
    expect(queryFunc(query).groups.flatMap(({ rules }) => rules.map(({ name }) => name))).toEqual(want);
  });

  test.each(['true', '1', 'T'])('exclude_alerts=%s leaves the alerts out', value => {
    const rules = queryFunc(`exclude_alerts=${value}&type=alert`).groups.flatMap(group => group.rules);
    expect(rules.map(rule => ('alerts' in rule ? rule.alerts : 'none'))).toEqual([null, null, null]);
  });

  test('page by page', () => {
    const pages: string[][] = [];
    for (let query = 'group_limit=1', i = 0; query !== '' && i < 9; i++) {
      const { groups: page, groupNextToken } = queryFunc(query);
      pages.push(page.map(({ file, name }) => file + name));
      query = groupNextToken === undefined ? '' : `group_limit=1&group_next_token=${groupNextToken}`;
    }
    expect(pages).toEqual([['1.ymla'], ['1.ymlb'], ['2.ymla']]);
    // Groups that are filtered away make no page.
    expect(queryFunc('group_limit=2&type=record')).not.toHaveProperty('groupNextToken');
    expect(queryFunc('group_limit=1').groupNextToken).toMatch(/^[0-9a-f]{40}$/);
  });

  test.each([
    ['type=x', 'invalid parameter "type": not supported value "x"'],
    [
      'exclude_alerts=maybe',
      'invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    ['match[]={', 'invalid parameter "match[]": 1:2: parse error: unexpected end of input inside braces'],
    ['group_limit=x', 'invalid parameter "group_limit": group_limit needs to be a valid number: "x"'],
    ['group_limit=0', 'invalid parameter "group_limit": group_limit needs to be greater than 0'],
    [
      'group_next_token=x',
      'invalid parameter "group_limit": group_limit needs to be present in order to paginate over the groups',
    ],
    [
      'group_limit=1&group_next_token=x',
      `invalid parameter "group_next_token": invalid group_next_token 'x'. were rule groups changed?`,
    ],
  ])('%s is refused', (query, message) => {
    expect(() => queryFunc(query)).toThrow(ParameterError);
    expect(() => queryFunc(query)).toThrow(message);
  });
});

test('alerts are those that are pending or firing', () => {
  expect(apiAlerts(groups)).toEqual({
    alerts: [
      down,
      { labels: { alertname: 'Always' }, annotations: {}, state: 'firing', activeAt: EPOCH, value: '1e-03' },
    ],
  });
});

test.each([
  [1, '1e+00'],
  [-123456.5, '-1.234565e+05'],
  [1e100, '1e+100'],
  [-0, '-0e+00'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NaN, 'NaN'],
])('the value %d is shown as %s', (value, want) => {
  const [group] = groups.filter(({ file }) => file === '2.yml') as [RuleGroupView];
  const [rule] = group.rules;
  if (rule?.kind !== 'alerting') throw new Error('an alerting rule was expected');
  const [alert] = rule.alerts;
  if (!alert) throw new Error('an alert was expected');
  const changed = { ...alert, value, activeAt: 1.5, keepFiringSince: 86_400_010 };
  expect(apiAlerts([{ ...group, rules: [{ ...rule, alerts: [changed] }] }]).alerts).toMatchObject([
    { value: want, activeAt: '1970-01-01T00:00:00.001Z', keepFiringSince: '1970-01-02T00:00:00.01Z' },
  ]);
});
