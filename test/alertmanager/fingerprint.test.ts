// Fingerprints, as prometheus/common computes them.

import { expect, test } from 'vitest';
import { fingerprintOf } from '../../src/alertmanager/fingerprint.js';
import { Labels } from '../../src/model/labels.js';

// The same by arithmetic of whole 64 bits.
function plainly(labels: Labels): string {
  let hash = 0xcbf29ce484222325n;
  const add = (byte: number) => {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  };
  for (const [name, value] of labels.pairs())
    for (const byte of [...Buffer.from(name), 255, ...Buffer.from(value), 255]) add(byte);
  return hash.toString(16).padStart(16, '0');
}

test.each([
  ['nothing', {}],
  ['one label', { alertname: 'ServiceDown' }],
  ['several', { alertname: 'ServiceDown', target: 'tools', severity: 'critical' }],
  ['beyond ASCII', { näme: 'größer als 🚀', z: '\n"\\' }],
  ['a long value', { alertname: 'x'.repeat(5000) }],
])('%s', (_, labels) => {
  const set = Labels.of(labels as Record<string, string>);
  expect(fingerprintOf(set)).toBe(plainly(set));
});

test('no labels have the offset basis', () => {
  expect(fingerprintOf(Labels.NONE)).toBe('cbf29ce484222325');
});
