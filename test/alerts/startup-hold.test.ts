// Which alerts of the first evaluations may be sent, by what has been checked.

import { expect, test } from 'vitest';
import { StartupHold } from '../../src/alerts/startup-hold.js';
import { FirstChecks } from '../../src/cluster/first-checks.js';
import type { Alert } from '../../src/model/alert.js';

const MINUTE = 60_000;

function alert(name: string, target?: string, rest: Partial<Alert> = {}): Alert {
  return {
    labels: { alertname: name, ...(target ? { target } : {}) },
    annotations: {},
    state: 'firing',
    value: 1,
    activeAt: 0,
    firedAt: 0,
    resolvedAt: undefined,
    lastSentAt: 0,
    validUntil: 0,
    keepFiringSince: undefined,
    expression: 'up',
    ...rest,
  };
}

const over = (name: string, target?: string) => alert(name, target, { state: 'inactive', resolvedAt: 1 });

interface Step {
  readonly at: number;
  /** Services that became known just before. */
  readonly known?: readonly string[];
  readonly unsent?: readonly Alert[];
  readonly active?: readonly Alert[];
  readonly want: readonly string[];
}

const down = alert('Down', 'a');
const cluster = alert('Cluster');

test.each<[string, readonly Step[]]>([
  [
    'an alert of a service waits for its check, and is sent when it is still there',
    [
      { at: 10, unsent: [down], active: [down], want: [] },
      { at: 20, known: ['b'], active: [down], want: [] },
      { at: 30, known: ['a'], active: [down], want: ['Down a'] },
      { at: 40, active: [down], want: [] },
    ],
  ],
  [
    'one that is over by then is not sent, its end is',
    [
      { at: 10, unsent: [down], active: [down], want: [] },
      { at: 20, known: ['a'], unsent: [over('Down', 'a')], want: ['end of Down a'] },
      { at: 30, known: ['b'], want: [] },
    ],
  ],
  [
    'one that is gone without a word is not sent',
    [
      { at: 10, unsent: [down], active: [down], want: [] },
      { at: 20, known: ['a', 'b'], want: [] },
    ],
  ],
  [
    'an alert about no service waits for all of them and for three evaluations',
    [
      { at: 10, unsent: [cluster], active: [cluster], want: [] },
      { at: 20, known: ['a', 'b'], active: [cluster], want: [] },
      { at: 30, active: [cluster], want: [] },
      { at: 40, active: [cluster], want: ['Cluster'] },
    ],
  ],
  [
    'an alert waits for what its service depends on',
    [
      { at: 10, known: ['a', 'c'], unsent: [alert('Down', 'c')], active: [alert('Down', 'c')], want: [] },
      { at: 20, known: ['b'], active: [alert('Down', 'c')], want: ['Down c'] },
    ],
  ],
  [
    'what has come after two minutes is sent, checked or not',
    [
      { at: 10, unsent: [down], active: [down], want: [] },
      { at: 3 * MINUTE, unsent: [cluster], active: [cluster, down], want: ['Down a', 'Cluster'] },
      { at: 4 * MINUTE, unsent: [alert('Down', 'b')], active: [], want: ['Down b'] },
    ],
  ],
])('%s', (_, steps) => {
  const checks = new FirstChecks();
  const services = [
    { id: 'a', dependsOn: [] },
    { id: 'b', dependsOn: [] },
    ...(steps[0]?.known?.includes('c') ? [{ id: 'c', dependsOn: ['b'] }] : []),
  ];
  checks.setServices(services);
  const clock = { now: 0, elapsed: () => clock.now };
  const hold = new StartupHold(checks, clock);
  for (const { at, known = [], unsent = [], active = [], want } of steps) {
    clock.now = at;
    for (const id of known) checks.checked(id, at - 1);
    const passed = hold.filter({ at, unsent, active });
    const lines = passed.map(({ labels, state }) =>
      `${state === 'inactive' ? 'end of ' : ''}${labels.alertname} ${labels.target ?? ''}`.trim(),
    );
    expect(lines, `at ${at}`).toEqual(want);
  }
});

test('what was known only after the samples were taken does not count', () => {
  const checks = new FirstChecks();
  checks.setServices([{ id: 'a', dependsOn: [] }]);
  checks.checked('a', 100);
  expect([checks.isKnown('a', 100), checks.isKnown('a', 101), checks.isKnown('x', 101)]).toEqual([
    false,
    true,
    undefined,
  ]);
  checks.setServices([]);
  expect(checks.areAllKnown(0)).toBe(true);
});
