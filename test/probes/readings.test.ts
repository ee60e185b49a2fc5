import { describe, expect, test } from 'vitest';
import { family } from '../../src/model/family.js';
import type { Readings } from '../../src/model/result.js';
import { ReadingsRecorder } from '../../src/probes/readings.js';

const FAMILY = family('phase_seconds', 'How long a phase took', 'gauge', ['phase']);

/** Checks of one service, each the phases that it records in order. */
function recorded(checks: readonly (readonly string[])[]): Readings[] {
  const recorder = new ReadingsRecorder();
  return checks.map((phases, check) => {
    recorder.start();
    for (const phase of phases) recorder.record(FAMILY, [phase], check);
    return recorder.end();
  });
}

/** What a receiver of the readings shows after each: the phases that have a value. */
function shown(checks: readonly (readonly string[])[]): string[][] {
  let names: readonly string[] = [];
  return recorded(checks).map(({ layout, values }, check) => {
    if (layout) names = layout.labels.map(([phase]) => phase as string);
    expect(values).toHaveLength(names.length);
    const present = names.filter((_, i) => !Number.isNaN(values[i]));
    for (const [i, value] of values.entries())
      if (present.includes(names[i] as string)) expect([check, Number.NaN]).toContain(value);
    return present;
  });
}

const MANY = Array.from({ length: 20 }, (_, i) => `p${i}`);

describe('every check shows what it recorded, and nothing else', () => {
  test.each([
    [
      'the same every time',
      [
        ['a', 'b'],
        ['a', 'b'],
        ['a', 'b'],
      ],
    ],
    [
      'one is missing now and then',
      [
        ['a', 'b', 'c'],
        ['a', 'c'],
        ['a', 'b', 'c'],
        ['a', 'c'],
      ],
    ],
    ['the last is missing', [['a', 'b', 'c'], ['a', 'b'], ['a'], ['a', 'b', 'c']]],
    ['all are missing', [['a', 'b'], [], ['a', 'b']]],
    [
      'one comes in the middle',
      [
        ['a', 'c'],
        ['a', 'b', 'c'],
        ['a', 'c'],
        ['a', 'b', 'c'],
      ],
    ],
    [
      'another order',
      [
        ['a', 'b', 'c', 'd'],
        ['a', 'c', 'b', 'd'],
        ['d', 'c', 'b', 'a'],
        ['a', 'c', 'b', 'd'],
      ],
    ],
    [
      'one is missing, and another comes',
      [
        ['a', 'b', 'c'],
        ['a', 'c', 'd'],
        ['a', 'b', 'c'],
      ],
    ],
    ['many are missing', [MANY, MANY.slice(0, 4), MANY, MANY.slice(15)]],
    ['every other one of many is missing', [MANY, MANY.filter((_, i) => i % 2 === 0), MANY]],
  ])('%s', (_, checks) => {
    expect(shown(checks).map(phases => phases.toSorted())).toEqual(checks.map(phases => phases.toSorted()));
  });
});

test('a series that is missing now and then does not make a new layout', () => {
  const phases = [
    ['a', 'b', 'c'],
    ['a', 'c'],
    ['a', 'c'],
    ['a', 'b', 'c'],
    ['a', 'c'],
    ['a', 'b'],
  ];
  expect(recorded(phases).map(({ layout }) => layout !== undefined)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('a new layout leaves out what is missing', () => {
  const [, , third] = recorded([
    ['a', 'b', 'c'],
    ['a', 'c'],
    ['a', 'c', 'd'],
  ]);
  expect(third?.layout?.labels).toEqual([['a'], ['c'], ['d']]);
});
