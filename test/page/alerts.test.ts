// What the view of alerts makes of the answers of several endpoints.

import { describe, expect, test } from 'vitest';
import { fits, groupAlerts, parseAlertFilter, printAlertFilter } from '../../src/page/alerts/grouping.js';
import {
  type ApiGroup,
  type ApiRule,
  firesAt,
  joinAlerts,
  type ShownAlert,
} from '../../src/page/alerts/join.js';
import type { ApiAlert } from '../../src/page/silences/api-alert.js';
import type { AlertDetail } from '../../src/page/state.js';

const START = '2024-01-15T10:30:45.000Z';

function apiAlert(fingerprint: string, labels: Record<string, string>, over: object = {}): ApiAlert {
  return {
    fingerprint,
    labels,
    annotations: { description: `about ${fingerprint}` },
    startsAt: START,
    receivers: [],
    status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
    ...over,
  };
}

function detail(fingerprint: string | undefined, over: Partial<AlertDetail> = {}): AlertDetail {
  return {
    fingerprint,
    alertname: 'Down',
    severity: 'critical',
    service: 'tools',
    message: `about ${fingerprint}`,
    timestamp: '2024-01-15T11:30:45.000000',
    ...over,
  };
}

function rule(name: string, alerts: ApiRule['alerts'] = []): ApiRule {
  return { name, query: 'up == 0', duration: 30, annotations: {}, health: 'ok', alerts };
}

const down = { alertname: 'Down', severity: 'critical', target: 'tools' };
const slow = { alertname: 'Slow', severity: 'warning', target: 'llm' };
const group = (receiver: string, labels: ApiGroup['labels'], alerts: ApiAlert[]): ApiGroup => ({
  receiver: { name: receiver },
  labels,
  alerts,
});
const NONE = { alerts: { details: [], muted: [] }, groups: [], rules: [] };
const states = (alerts: readonly ShownAlert[]) =>
  alerts.map(({ state, message, mutedBy }) => [state, message, mutedBy.join()]);

describe('alerts are joined', () => {
  test('what each endpoint says of one stands together', () => {
    const evaluated = rule('Down', [
      {
        labels: { target: 'tools', severity: 'critical', alertname: 'Down' },
        annotations: {},
        state: 'firing',
        activeAt: START,
        value: '1e+00',
      },
    ]);
    const [alert, ...others] = joinAlerts({
      alerts: { details: [detail('a', { message: 'Tools is down' })], muted: [] },
      groups: [group('mail', {}, [apiAlert('a', down)]), group('chat', {}, [apiAlert('a', down)])],
      rules: [rule('Other'), evaluated],
    });
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      state: 'firing',
      message: 'Tools is down',
      value: '1e+00',
      labels: down,
      rule: { query: 'up == 0' },
      since: START,
    });
  });

  test('where alerts are sent elsewhere, rules have the labels and how far an alert will rise', () => {
    const at = (labels: Record<string, string>, state: string, text: string) => ({
      ...{ labels, state, annotations: { description: text }, activeAt: START, value: '1' },
    });
    const copy = (level: string, of: Record<string, string>) =>
      at(
        { ...of, alertname: 'Escalated', escalates: 'Down', escalation: level, alertstate: 'firing' },
        'pending',
        '',
      );
    const other = { ...down, target: 'llm' };
    const [alert, ...others] = joinAlerts({
      alerts: { details: [detail(undefined, { message: 'Tools is down' })], muted: [] },
      groups: [],
      rules: [
        rule('Down', [at(other, 'firing', 'Tools is down'), at(down, 'firing', 'Tools is down')]),
        { ...rule('Escalated', [copy('level3', down), copy('level3', other)]), duration: 900 },
        { ...rule('Escalated', [copy('level2', down)]), duration: 300 },
      ],
    });
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ labels: down, value: '1', activeAt: START });
    expect(alert?.escalations).toEqual([
      { level: 'level2', at: Date.parse(START) + 300_000 },
      { level: 'level3', at: Date.parse(START) + 900_000 },
    ]);
  });

  test.each<[name: string, sources: Parameters<typeof joinAlerts>[0], want: unknown[]]>([
    ['nothing is known', NONE, []],
    [
      'the alerts are in another Alertmanager',
      { ...NONE, alerts: { details: [detail(undefined)], muted: [] } },
      [['firing', 'about undefined', '']],
    ],
    [
      'a silence mutes one',
      {
        ...NONE,
        alerts: {
          details: [detail('a', { muted_by: ['silenced by ann'] })],
          muted: [
            { service: 'tools', severity: 'critical', message: 'about a', muted_by: ['silenced by ann'] },
            {
              service: 'search',
              severity: 'warning',
              message: 'Search is down',
              muted_by: ['tools is down'],
            },
          ],
        },
        groups: [group('mail', {}, [apiAlert('a', down)])],
      },
      [
        ['muted', 'about a', 'silenced by ann'],
        ['muted', 'Search is down', 'tools is down'],
      ],
    ],
    [
      'time intervals mute all of its receivers',
      {
        ...NONE,
        groups: ['mail', 'chat'].map(each =>
          group(each, {}, [
            apiAlert('a', down, {
              status: { state: 'suppressed', silencedBy: [], inhibitedBy: [], mutedBy: ['night'] },
            }),
          ]),
        ),
      },
      [['muted', 'about a', 'time interval night']],
    ],
    [
      'a time interval mutes one of two receivers',
      {
        ...NONE,
        groups: [
          group('mail', {}, [
            apiAlert('a', down, {
              status: { state: 'suppressed', silencedBy: [], inhibitedBy: [], mutedBy: ['night'] },
            }),
          ]),
          group('chat', {}, [apiAlert('a', down)]),
        ],
      },
      [['firing', 'about a', '']],
    ],
    [
      'one is pending, and another would escalate',
      {
        ...NONE,
        rules: [
          rule('Slow', [
            { labels: slow, annotations: { summary: 'slow' }, state: 'pending', activeAt: START, value: '2' },
          ]),
          rule('Level2', [
            {
              labels: { ...slow, escalation: 'level2' },
              annotations: {},
              state: 'pending',
              activeAt: START,
              value: '2',
            },
          ]),
        ],
      },
      [['pending', 'slow', '']],
    ],
  ])('when %s', (_, sources, want) => {
    expect(states(joinAlerts(sources))).toEqual(want);
  });

  test('a pending one fires when its time has run out', () => {
    const [alert] = joinAlerts({
      ...NONE,
      rules: [
        rule('Slow', [{ labels: slow, annotations: {}, state: 'pending', activeAt: START, value: '2' }]),
      ],
    });
    expect(firesAt(alert as ShownAlert)).toBe(Date.parse(START) + 30_000);
  });
});

describe('alerts are grouped', () => {
  const groups = [
    group('mail', { alertname: 'Slow' }, [apiAlert('b', slow)]),
    group('mail', {}, [apiAlert('a', down), apiAlert('b', slow)]),
    group('chat', {}, [apiAlert('b', slow), apiAlert('a', down)]),
  ];
  const alerts = joinAlerts({
    ...NONE,
    alerts: { details: [detail('c', { message: 'left', service: '', severity: 'info' })], muted: [] },
    groups,
  });
  test.each<[query: string, want: unknown[]]>([
    [
      '',
      [
        ['To mail, chat', 'about a, about b'],
        ['To mail', 'about b'],
        ['In no group', 'left'],
      ],
    ],
    [
      'group=service',
      [
        ['Tools', 'about a'],
        ['llm', 'about b'],
        ['No service', 'left'],
      ],
    ],
    [
      'group=rule',
      [
        ['Down', 'about a, left'],
        ['Slow', 'about b'],
      ],
    ],
    ['group=none', [['', 'about a, about b, left']]],
    ['group=none&severity=warning', [['', 'about b']]],
    ['group=none&q=TARGET%3D%22too', [['', 'about a']]],
    ['group=none&q=nothing', []],
  ])('with %s', (query, want) => {
    const filter = parseAlertFilter(query);
    const shown = alerts.filter(each => fits(each, filter, ''));
    const found = groupAlerts(shown, groups, filter.by, id => (id === 'tools' ? 'Tools' : id));
    expect(
      found.map(({ name, alerts: those }) => [name, those.map(each => each.message).join(', ')]),
    ).toEqual(want);
  });

  test('a group is the same one whichever alerts it holds, so that what is open in it stays', () => {
    const keys = (members: ApiAlert[]) => {
      const sent = [group('mail', {}, members), group('mail', {}, [apiAlert('c', slow)])];
      return groupAlerts(joinAlerts({ ...NONE, groups: sent }), sent, 'sent', id => id).map(({ key }) => key);
    };
    const one = keys([apiAlert('a', down)]);
    expect(one).toHaveLength(new Set(one).size);
    expect(keys([apiAlert('a', down), apiAlert('b', slow)])).toEqual(one);
  });

  test.each<[query: string, printed: string]>([
    ['', ''],
    ['?q=a%26b&severity=critical&group=rule', '?q=a%26b&severity=critical&group=rule'],
    ['?group=toString&other=1', ''],
    ['?group=sent', ''],
  ])('the address %s is read and printed', (query, printed) => {
    expect(printAlertFilter(parseAlertFilter(query))).toBe(printed);
  });
});
