import { describe, expect, test } from 'vitest';
import { host } from '../../../src/probes/kinds/host.js';
import { kinds } from '../../../src/probes/kinds/index.js';

const all = [...kinds, host];

describe('the catalogue', () => {
  test('has each kind once', () => {
    const names = kinds.map(({ kind }) => kind);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(all.map(kind => [kind.kind, kind] as const))(
    '%s declares well-formed families, each once',
    (_, kind) => {
      const names = kind.families.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name, help, labels } of kind.families) {
        expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
        expect(help).not.toBe('');
        expect(new Set(['target', 'job', 'instance', 'service', ...labels]).size).toBe(4 + labels.length);
      }
    },
  );

  test('means one thing by one name', () => {
    const known = new Map(
      all.flatMap(({ families }) => families.map(family => [family.name, family] as const)),
    );
    for (const { families } of all)
      for (const family of families) expect(family).toBe(known.get(family.name));
  });
});
