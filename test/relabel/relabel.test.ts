// What each action makes of a label set.

import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { DEFAULT_RELABEL_CONFIG, type RelabelConfig } from '../../src/relabel/config.js';
import { compileRelabel } from '../../src/relabel/relabel.js';

const step = (config: Partial<RelabelConfig>): RelabelConfig => ({
  ...DEFAULT_RELABEL_CONFIG,
  nameValidation: 'utf8',
  ...config,
});

const relabelled = (labels: Record<string, string>, configs: readonly Partial<RelabelConfig>[]) =>
  compileRelabel(configs.map(step))(Labels.of(labels))?.toJSON();

const from = (name: string) => ({ sourceLabels: [name] });

test.each<[string, Record<string, string>, Partial<RelabelConfig>[], Record<string, string> | undefined]>([
  ['no step', { a: 'x' }, [], { a: 'x' }],
  ['replace copies the whole value', { a: 'x' }, [{ ...from('a'), targetLabel: 'b' }], { a: 'x', b: 'x' }],
  ['replace writes a fixed value', { a: 'x' }, [{ targetLabel: 'b', replacement: 'y' }], { a: 'x', b: 'y' }],
  ['replace of nothing removes', { a: 'x' }, [{ targetLabel: 'a', replacement: '' }], {}],
  [
    'replace without a match changes nothing',
    { a: 'x' },
    [{ ...from('a'), regex: 'y', targetLabel: 'a', replacement: 'z' }],
    { a: 'x' },
  ],
  [
    'replace matches whole values',
    { a: 'xy' },
    [{ ...from('a'), regex: 'x', targetLabel: 'a', replacement: 'z' }],
    { a: 'xy' },
  ],
  [
    'replace joins values by ;',
    { a: 'x', b: 'y' },
    [{ sourceLabels: ['a', 'b', 'c'], targetLabel: 'd' }],
    { a: 'x', b: 'y', d: 'x;y;' },
  ],
  [
    'replace with a separator of its own',
    { a: 'x', b: 'y' },
    [{ sourceLabels: ['a', 'b'], separator: '', targetLabel: 'd' }],
    { a: 'x', b: 'y', d: 'xy' },
  ],
  [
    'groups by number and name',
    { a: 'host-12' },
    [
      {
        ...from('a'),
        regex: '(\\w+)-(?P<n>\\d+)',
        targetLabel: 'b',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's template
        replacement: '${n}.$1.${1}x$1x.$$',
      },
    ],
    { a: 'host-12', b: '12.host.hostx.$' },
  ],
  [
    'a target that is a template',
    { a: 'k=v' },
    [{ ...from('a'), regex: '(.*)=(.*)', targetLabel: '$1', replacement: '$2' }],
    { a: 'k=v', k: 'v' },
  ],
  [
    'a target that comes out empty is not written',
    { a: '=v' },
    [{ ...from('a'), regex: '(.*)=(.*)', targetLabel: '$1', replacement: '$2' }],
    { a: '=v' },
  ],
  [
    'a target that is no legacy name is not written',
    { a: 'k.l=v' },
    [{ ...from('a'), regex: '(.*)=(.*)', targetLabel: '$1', replacement: '$2', nameValidation: 'legacy' }],
    { a: 'k.l=v' },
  ],
  [
    'a target of any text',
    { a: 'k.l=v' },
    [{ ...from('a'), regex: '(.*)=(.*)', targetLabel: '$1', replacement: '$2' }],
    { a: 'k.l=v', 'k.l': 'v' },
  ],
  ['keep keeps', { a: 'x1' }, [{ ...from('a'), action: 'keep', regex: 'x.' }], { a: 'x1' }],
  ['keep drops', { a: 'x12' }, [{ ...from('a'), action: 'keep', regex: 'x.' }], undefined],
  ['drop drops', { a: 'x1' }, [{ ...from('a'), action: 'drop', regex: 'x.' }], undefined],
  ['drop keeps', { a: 'x12' }, [{ ...from('a'), action: 'drop', regex: 'x.' }], { a: 'x12' }],
  ['drop of an absent label', { a: 'x' }, [{ ...from('b'), action: 'drop', regex: '' }], undefined],
  [
    'keepequal keeps',
    { a: 'x', b: 'x' },
    [{ ...from('a'), action: 'keepequal', targetLabel: 'b' }],
    { a: 'x', b: 'x' },
  ],
  [
    'keepequal drops',
    { a: 'x', b: 'y' },
    [{ ...from('a'), action: 'keepequal', targetLabel: 'b' }],
    undefined,
  ],
  [
    'dropequal drops',
    { a: 'x', b: 'x' },
    [{ ...from('a'), action: 'dropequal', targetLabel: 'b' }],
    undefined,
  ],
  [
    'dropequal keeps',
    { a: 'x', b: 'y' },
    [{ ...from('a'), action: 'dropequal', targetLabel: 'b' }],
    { a: 'x', b: 'y' },
  ],
  // echo -n x | md5sum: ...b5f2c7ca9acf27f5 of 9dd4e461268c8034f5c8564e155c67a6
  [
    'hashmod of the last eight bytes of the sum',
    { a: 'x' },
    [{ ...from('a'), action: 'hashmod', modulus: 1000, targetLabel: 'm' }],
    { a: 'x', m: String(0xf5c8564e155c67a6n % 1000n) },
  ],
  [
    'lowercase',
    { a: 'ÄBc' },
    [{ ...from('a'), action: 'lowercase', targetLabel: 'b' }],
    { a: 'ÄBc', b: 'äbc' },
  ],
  ['uppercase', { a: 'äßc' }, [{ ...from('a'), action: 'uppercase', targetLabel: 'a' }], { a: 'ÄßC' }],
  [
    'labelmap copies by name',
    { __meta_x: '1', __meta_y: '2', a: '3' },
    [{ action: 'labelmap', regex: '__meta_(.+)' }],
    { __meta_x: '1', __meta_y: '2', a: '3', x: '1', y: '2' },
  ],
  [
    'labelmap of two names to one: the last name counts',
    { p_a: '1', q_a: '2' },
    [{ action: 'labelmap', regex: '._(.+)' }],
    { p_a: '1', q_a: '2', a: '2' },
  ],
  [
    'labelmap does not see what it writes',
    { a: '1' },
    [{ action: 'labelmap', regex: '(a+)', replacement: 'a$1' }],
    { a: '1', aa: '1' },
  ],
  ['labeldrop', { ab: '1', a: '2', b: '3' }, [{ action: 'labeldrop', regex: 'a.*' }], { b: '3' }],
  ['labelkeep', { ab: '1', a: '2', b: '3' }, [{ action: 'labelkeep', regex: 'a.*' }], { ab: '1', a: '2' }],
  [
    'a step sees what the one before it wrote',
    { a: 'x' },
    [
      { ...from('a'), targetLabel: 'b', replacement: '$1$1' },
      { ...from('b'), action: 'keep', regex: 'xx' },
    ],
    { a: 'x', b: 'xx' },
  ],
])('%s', (_, labels, configs, want) => {
  expect(relabelled(labels, configs)).toEqual(want);
});
