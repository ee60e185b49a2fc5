// Labels of exposed series as they are stored. What is right: Prometheus, scrape/scrape_test.go and docs.

import { expect, test } from 'vitest';
import { DEFAULT_RELABEL_CONFIG } from '../../src/relabel/config.js';
import { SampleLabels } from '../../src/scrape/sample-labels.js';
import type { ScrapeOptions } from '../../src/scrape/target.js';
import { options } from './options.js';

type Pairs = [string, string][];

const TARGET = { instance: 'host:1', job: 'j' };
const named = (...pairs: Pairs): Pairs => [['__name__', 'm'], ...pairs];
const limits = (limited: Partial<ScrapeOptions['limits']>) => ({
  limits: { ...options().limits, ...limited },
});
const relabel = (config: object): Partial<ScrapeOptions> => ({
  metricRelabelConfigs: [{ ...DEFAULT_RELABEL_CONFIG, nameValidation: 'utf8', ...config }],
});

/** The labels as `name=value` in their order, or what the scrape fails with. */
function labelsOf(exposed: Pairs, with_: Partial<ScrapeOptions>, target: Record<string, string>) {
  try {
    const flat = new SampleLabels(target, options(with_)).of(exposed);
    if (!flat) return 'dropped';
    return flat.flatMap((text, i) => (i % 2 === 0 ? [`${text}=${flat[i + 1]}`] : [])).join(' ');
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
}

test.each<[string, Pairs, Partial<ScrapeOptions>, string]>([
  ['the target labels are added', named(['a', 'b']), {}, '__name__=m a=b instance=host:1 job=j'],
  ['an empty label is none', named(['a', '']), {}, '__name__=m instance=host:1 job=j'],
  [
    'an exposed label gives way',
    named(['job', 'own']),
    {},
    '__name__=m exported_job=own instance=host:1 job=j',
  ],
  [
    'and so does one that is called as the other then is',
    named(['job', 'own'], ['exported_job', 'x']),
    {},
    '__name__=m exported_exported_job=own exported_job=x instance=host:1 job=j',
  ],
  ['an empty one has nothing to give way', named(['job', '']), {}, '__name__=m instance=host:1 job=j'],
  [
    'honor_labels keeps it',
    named(['job', 'own']),
    { honorLabels: true },
    '__name__=m instance=host:1 job=own',
  ],
  [
    'and an empty one takes the target label away',
    named(['job', '']),
    { honorLabels: true },
    '__name__=m instance=host:1',
  ],
  [
    'a series is dropped',
    named(),
    relabel({ action: 'drop', sourceLabels: ['__name__'], regex: 'm' }),
    'dropped',
  ],
  [
    'relabelling sees the target labels',
    named(),
    relabel({ action: 'keep', sourceLabels: ['job'], regex: 'j' }),
    '__name__=m instance=host:1 job=j',
  ],
  [
    'a label is renamed',
    named(['a', 'b']),
    relabel({ sourceLabels: ['a'], targetLabel: 'c' }),
    '__name__=m a=b c=b instance=host:1 job=j',
  ],
  [
    'without a name the scrape fails',
    named(),
    relabel({ action: 'labeldrop', regex: '__name__' }),
    'error: missing metric name (__name__ label)',
  ],
  ['an empty name is none', [['__name__', '']], {}, 'error: missing metric name (__name__ label)'],
  [
    'any name',
    [
      ['__name__', 'a.b'],
      ['c d', 'e'],
    ],
    {},
    '__name__=a.b c d=e instance=host:1 job=j',
  ],
  [
    'names of the old set only',
    [['__name__', 'a.b']],
    { nameValidation: 'legacy' },
    'error: invalid metric name or label names: {__name__="a.b", instance="host:1", job="j"}',
  ],
  [
    'labels of the old set only',
    named(['c d', 'e']),
    { nameValidation: 'legacy' },
    'error: invalid metric name or label names: {__name__="m", "c d"="e", instance="host:1", job="j"}',
  ],
  ['a label twice', named(['a', 'b'], ['a', 'c']), {}, 'error: label name "a" is not unique: invalid sample'],
  [
    'as many labels as may be',
    named(['a', 'b']),
    limits({ labels: 4 }),
    '__name__=m a=b instance=host:1 job=j',
  ],
  [
    'too many labels',
    named(['a', 'b']),
    limits({ labels: 3 }),
    'error: label_limit exceeded (metric: m, number of labels: 4, limit: 3)',
  ],
  [
    'a name too long',
    named(['äää', 'b']),
    limits({ labelNameLength: 5 }),
    'error: label_name_length_limit exceeded (metric: m, label name: __name__, length: 8, limit: 5)',
  ],
  [
    'a name as long as may be',
    named(['ääää', 'b']),
    limits({ labelNameLength: 8 }),
    '__name__=m instance=host:1 job=j ääää=b',
  ],
  [
    'a value too long',
    named(['a', 'x'.repeat(60)]),
    limits({ labelValueLength: 59 }),
    `error: label_value_length_limit exceeded (metric: m, label name: a, value: "${'x'.repeat(50)}", length: 60, limit: 59)`,
  ],
  [
    'no limit for what is dropped',
    named(['a', 'b']),
    { ...limits({ labels: 1 }), ...relabel({ action: 'drop', sourceLabels: ['a'], regex: 'b' }) },
    'dropped',
  ],
])('%s', (_, exposed, with_, want) => {
  expect(labelsOf(exposed, with_, TARGET)).toBe(want);
});

test('the shortest conflicting label gives way first', () => {
  const target = { exported_job: 'x', job: 'j' };
  expect(labelsOf(named(['exported_job', '1'], ['job', '2']), {}, target)).toBe(
    '__name__=m exported_exported_exported_job=1 exported_exported_job=2 exported_job=x job=j',
  );
});

test('series of the scrape itself have the labels of the target alone', () => {
  expect(new SampleLabels(TARGET, options()).ofReport('up')).toEqual([
    '__name__',
    'up',
    'instance',
    'host:1',
    'job',
    'j',
  ]);
});
