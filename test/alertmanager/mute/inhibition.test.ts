// Which alerts mute which: generated rules and alerts, compared with the real Alertmanager.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredAlert } from '../../../src/alertmanager/alert-store.js';
import { fingerprintOf } from '../../../src/alertmanager/fingerprint.js';
import { parseMatchers } from '../../../src/alertmanager/matchers/parse.js';
import { Inhibitor } from '../../../src/alertmanager/mute/inhibition.js';
import { Labels } from '../../../src/model/labels.js';
import { type AlertmanagerServer, startAlertmanager } from '../../support/alertmanager.js';
import { Random } from '../../support/random.js';

interface WrittenRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

const NAMES = ['severity', 'target', 'node', 'extra'];
const VALUES = ['a', 'b', 'c'];
const MATCHERS = ['severity="a"', 'severity=~"a|b"', 'target!="a"', 'node!~"b.*"', 'extra=""', 'extra!=""'];

function rulesOf(random: Random): WrittenRule[] {
  const some = (from: readonly string[], least: number) => {
    const picked = from.filter(() => random.below(3) === 0);
    return picked.length >= least ? picked : [random.pick(from)];
  };
  return Array.from({ length: 1 + random.below(3) }, () => ({
    source_matchers: some(MATCHERS, 1),
    target_matchers: some(MATCHERS, 1),
    equal: some(NAMES, 0),
  }));
}

function labelsOf(random: Random, number: number): Record<string, string> {
  const pairs = NAMES.filter(() => random.below(4) > 0).map(name => [name, random.pick(VALUES)] as const);
  return { alertname: `A${number}`, ...Object.fromEntries(pairs) };
}

interface ApiAlert {
  readonly labels: Record<string, string>;
  readonly status: { readonly inhibitedBy: readonly string[] };
}

describe.each([1, 2, 3, 4])('seed %i', seed => {
  const random = new Random(seed);
  const rules = rulesOf(random);
  const all = Array.from({ length: 40 }, (_, i) => labelsOf(random, i));
  let server: AlertmanagerServer;

  beforeAll(async () => {
    const route = { receiver: 'none', group_wait: '1ms', group_by: ['...'] };
    server = await startAlertmanager(
      JSON.stringify({ route, receivers: [{ name: 'none' }], inhibit_rules: rules }),
    );
    await server.post(
      'alerts',
      all.map(labels => ({ labels })),
    );
  });
  afterAll(() => server.close());

  test('mutes the same alerts as the real one', async () => {
    const theirs = async () => {
      const alerts = await server.get<ApiAlert[]>('alerts');
      const muted = alerts.filter(({ status }) => status.inhibitedBy.length > 0);
      return muted.map(({ labels }) => labels.alertname).sort();
    };
    const known = all.map(knownAlert);
    const inhibitor = new Inhibitor(
      rules.map(({ source_matchers, target_matchers, equal }) => ({
        sourceMatchers: source_matchers.flatMap(parseMatchers),
        targetMatchers: target_matchers.flatMap(parseMatchers),
        equal,
      })),
      known,
    );
    const ours = known.filter(({ labels }) => inhibitor.muting(labels, 1) !== undefined);
    const want = ours.map(({ labels }) => labels.get('alertname')).sort();
    expect(want.length).toBeGreaterThan(0);
    await expect.poll(theirs, { interval: 100 }).toEqual(want);
  });
});

function knownAlert(pairs: Record<string, string>): StoredAlert {
  const labels = Labels.of(pairs);
  return {
    fingerprint: fingerprintOf(labels),
    labels,
    annotations: {},
    startsAt: 0,
    endsAt: 1000,
    updatedAt: 0,
    generatorUrl: '',
    isEndGuessed: false,
    isUnconfirmed: false,
  };
}

test('a resolved alert mutes nothing, and is dropped', () => {
  const rule = {
    sourceMatchers: parseMatchers('alertname="Network"'),
    targetMatchers: parseMatchers('alertname="Down"'),
    equal: ['node'],
  };
  const source = knownAlert({ alertname: 'Network', node: 'n' });
  const inhibitor = new Inhibitor([rule], [source]);
  const target = Labels.of({ alertname: 'Down', node: 'n' });
  expect(inhibitor.muting(target, 999)).toBe(source.fingerprint);
  expect(inhibitor.muting(target, 1000)).toBeUndefined();
  inhibitor.sweep(1000);
  expect(inhibitor.muting(target, 999)).toBeUndefined();
});
