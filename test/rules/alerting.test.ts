import { describe, expect, test } from 'vitest';
import { alertsOf, evaluate, MINUTE, managerOn, minutes, ruleFile, shown, storageOf } from './world.js';

/** One letter a minute: none, pending, firing, inactive but kept. */
const LETTER = { pending: 'p', firing: 'f', inactive: 'i' } as const;

describe('the states of an alert, minute by minute', () => {
  test.each<[name: string, rule: string, values: string, want: string]>([
    ['without `for` it fires at once', '', '1 0 0 1 1', '.ffii'],
    ['with `for` it is pending first', 'for: 2m', '1 0 0 0 0 1 1', '.ppffii'],
    ['one that does not last is forgotten', 'for: 2m', '0 0 1 0 0 0 1', 'pp.ppfi'],
    ['`for` shorter than a step ends at the next one', 'for: 30s', '0 0 0', 'pff'],
    ['a value that flaps is pending again each time', 'for: 1m', '0 1 0 1 0 0 1 0 0', 'p.p.pfipf'],
    ['it is kept for 15 minutes after its end', '', '0 1x20', `f${'i'.repeat(16)}.....`],
    ['`keep_firing_for` outlasts short gaps', 'keep_firing_for: 2m', '0 1 1 0 1 1 1 1', 'ffffffii'],
    ['`keep_firing_for` counts from the first gap', 'keep_firing_for: 3m', '0 1 1 1 1 1', 'ffffii'],
    ['`keep_firing_for` keeps no pending alert', 'for: 2m\n  keep_firing_for: 5m', '0 0 1 1', 'pp..'],
    ['a series that ends is as good as a value', '', '0 stale _ 0', 'fiif'],
    ['a series that is not seen counts for the lookback', '', '0 _x6', 'fffffii'],
    ['an alert that ends and comes back is pending again', 'for: 1m', '0 0 1 0 0', 'pfipf'],
  ])('%s', (_, keys, values, want) => {
    const storage = storageOf({ up: values });
    const manager = managerOn(storage);
    manager.update([ruleFile(`- alert: Down\n  expr: up == 0\n  ${keys}`)]);
    const got = Array.from({ length: want.length }, (_, minute) => {
      evaluate(manager, storage, minute);
      const alerts = alertsOf(manager);
      return alerts.length === 0 ? '.' : alerts.map(({ state }) => LETTER[state]).join('');
    });
    expect(got.join('')).toBe(want);
  });
});

test('times, value and texts of an alert over its life', () => {
  const storage = storageOf({ 'up{job="a"}': '1 0 0 0 1' });
  const manager = managerOn(storage);
  manager.update([
    ruleFile(
      '- alert: Down\n  expr: up * 0.5 < 0.5\n  for: 1m\n  keep_firing_for: 1m\n  annotations: { at: "{{ now }}" }',
    ),
  ]);
  const life = Array.from({ length: 6 }, (_, minute) => {
    evaluate(manager, storage, minute);
    return alertsOf(manager).map(alert => [
      alert.state,
      alert.annotations.at,
      ...[alert.activeAt, alert.firedAt, alert.keepFiringSince, alert.resolvedAt].map(minutes),
    ])[0];
  });
  expect(life).toEqual([
    undefined,
    ['pending', '60', 1, undefined, undefined, undefined],
    ['firing', '120', 1, 2, undefined, undefined],
    ['firing', '180', 1, 2, undefined, undefined],
    ['firing', '180', 1, 2, 4, undefined],
    ['inactive', '180', 1, 2, 4, 5],
  ]);
  const [alert] = alertsOf(manager);
  expect(alert).toMatchObject({
    labels: { alertname: 'Down', job: 'a' },
    value: 0,
    expression: 'up * 0.5 < 0.5',
  });
  expect(structuredClone(alert)).toEqual(alert);
});

describe('labels and annotations', () => {
  test.each<
    [name: string, rule: string, labels: Record<string, string>, annotations: Record<string, string>]
  >([
    ['the name of the metric goes', '', { job: 'a' }, {}],
    ['the rule is over the series', 'labels: { job: b, new: "1" }', { job: 'b', new: '1' }, {}],
    ['an empty label takes one away', 'labels: { job: "" }', {}, {}],
    ['the name of the alert is over all', 'labels: { alertname: b }', { job: 'a' }, {}],
    [
      'templates see the series, not the rule',
      'labels: { job: b, was: "{{ $labels.job }} {{ .Labels.__name__ }} {{ $labels.missing }}" }',
      { job: 'b', was: 'a up ' },
      {},
    ],
    [
      'templates see the value and the monitor',
      'annotations: { a: "{{ $value }} {{ .Value | printf \\"%.2f\\" }} {{ $externalLabels.site }} {{ $externalURL }}" }',
      { job: 'a' },
      { a: '0 0.00 here http://monitor.test' },
    ],
    [
      'templates may ask',
      `annotations: { a: '{{ range query "up + 5" }}{{ .Labels.job }}={{ .Value }}{{ end }}' }`,
      { job: 'a' },
      { a: 'a=5' },
    ],
    [
      'a template that fails shows it',
      `annotations: { a: '{{ query "up{" }}', b: fine }`,
      { job: 'a' },
      {
        a: expect.stringMatching(
          /^<error expanding template: error executing template __alert_Down: template: __alert_Down:1:\d+: executing "__alert_Down" at <query "up{">: error calling query: 1:4: parse error: .*>$/,
        ) as unknown as string,
        b: 'fine',
      },
    ],
    [
      'a label that fails shows it too',
      `labels: { a: '{{ $value.x }}' }`,
      {
        job: 'a',
        a: expect.stringMatching(
          /^<error expanding template: error executing template __alert_Down: .*x.*>$/,
        ) as unknown as string,
      },
      {},
    ],
  ])('%s', (_, keys, labels, annotations) => {
    const storage = storageOf({ 'up{job="a"}': '0' });
    const manager = managerOn(storage);
    manager.update([ruleFile(`- alert: Down\n  expr: up == 0\n  ${keys}`)]);
    evaluate(manager, storage, 0);
    expect(alertsOf(manager)).toMatchObject([{ state: 'firing' }]);
    expect(alertsOf(manager)[0]?.labels).toEqual({ alertname: 'Down', ...labels });
    expect(alertsOf(manager)[0]?.annotations).toEqual(annotations);
  });
});

describe('recorded series', () => {
  test('the series of an alert follow its state, and end with it', () => {
    const storage = storageOf({ 'up{job="a"}': '1 0 0 1' });
    const manager = managerOn(storage);
    manager.update([ruleFile('- alert: Down\n  expr: up == 0\n  for: 1m\n  labels: { severity: high }')]);
    evaluate(manager, storage, 0, 3);
    const common = 'alertname="Down"';
    expect([0, 1, 2, 3].map(minute => shown(storage, '{alertname="Down"}', minute))).toEqual([
      [],
      [
        `ALERTS_FOR_STATE{${common}, job="a", severity="high"} 60`,
        `ALERTS{${common}, alertstate="pending", job="a", severity="high"} 1`,
      ],
      [
        `ALERTS_FOR_STATE{${common}, job="a", severity="high"} 60`,
        `ALERTS{${common}, alertstate="firing", job="a", severity="high"} 1`,
      ],
      [],
    ]);
  });

  test('a later rule of the group sees the series of an earlier one at once', () => {
    const storage = storageOf({ up: '0' });
    const manager = managerOn(storage);
    manager.update([
      ruleFile(
        '- record: a\n  expr: up + 1\n- record: b\n  expr: a + 1\n- alert: B\n  expr: b == 2\n- record: c\n  expr: ALERTS + 1',
      ),
    ]);
    evaluate(manager, storage, 0);
    expect(shown(storage, '{__name__=~"a|b|c"}', 0)).toEqual([
      'a 1',
      'b 2',
      'c{alertname="B", alertstate="firing"} 2',
    ]);
  });

  test('with an offset rules look back, and so do their samples; alerts do not', () => {
    const storage = storageOf({ up: '0 1 0 1 0 1 0 1' });
    const manager = managerOn(storage);
    const rules = '- record: a\n  expr: up\n- alert: Down\n  expr: up == 0';
    manager.update([ruleFile(rules, '    query_offset: 3m\n')]);
    evaluate(manager, storage, 5);
    expect(
      storage.select([], 0, 10 * MINUTE).flatMap(({ labels, times }) => [[`${labels}`, ...times]]),
    ).toEqual([
      ['ALERTS{alertname="Down", alertstate="firing"}', 2 * MINUTE],
      ['ALERTS_FOR_STATE{alertname="Down"}', 2 * MINUTE],
      ['a', 2 * MINUTE],
      ['up', ...[0, 1, 2, 3, 4, 5].map(minute => minute * MINUTE)],
    ]);
    expect(minutes(alertsOf(manager)[0]?.activeAt)).toBe(5);
  });
});
