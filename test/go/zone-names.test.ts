// Abbreviations of zones beside what the machine's own zone files say, where it has zdump.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { abbreviationOf, isKnownZone, isMisspelt, knownZones } from '../../src/go/zone-names.js';

const zones = knownZones();
const hasZdump = spawnSync('zdump', ['Europe/Berlin'], { encoding: 'utf8' }).stdout?.includes('CE') ?? false;

test('names are there once and as they are written', () => {
  expect(zones.length).toBeGreaterThan(500);
  expect([isKnownZone('Asia/Tokyo'), isKnownZone('asia/tokyo'), isMisspelt('asia/tokyo')]).toEqual([
    true,
    false,
    true,
  ]);
});

test.runIf(hasZdump)('changes of every zone since 2015', () => {
  const { stdout } = spawnSync('zdump', ['-V', '-c', '2015,2037', ...zones], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const changes = [...stdout.matchAll(/^(\S+) .* (\S+) isdst=\d gmtoff=(-?\d+)$/gm)];
  expect(changes.length).toBeGreaterThan(5000);
  const wrong = changes.filter(([, zone = '', name = '', offset]) => {
    const ours = abbreviationOf(zone, Number(offset));
    return /^[A-Z]/i.test(name) && ours !== name;
  });
  // What was called otherwise at the same offset later on.
  const LATER =
    /^(?:Europe\/(?:Istanbul|Volgograd|Minsk|Saratov)|Turkey|Asia\/(?:Istanbul|Amman|Damascus|Famagusta)|Pacific\/Bougainville|America\/\S+|Canada\/\S+)$/;
  expect(wrong.map(([line]) => line).filter(line => !LATER.test(line.split(/\s/)[0] as string))).toEqual([]);
});

test.runIf(hasZdump)('every zone as it is now', () => {
  const { stdout } = spawnSync('zdump', zones, { encoding: 'utf8' });
  const lines = stdout.trim().split('\n');
  expect(lines.length).toBe(zones.length);
  const at = Date.now();
  const wrong = lines.flatMap(line => {
    const [zone = '', ...rest] = line.split(/\s+/);
    const theirs = rest.at(-1) as string;
    const offset = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
      .formatToParts(at)
      .find(part => part.type === 'timeZoneName')?.value;
    const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)$/.exec(offset ?? '') ?? [];
    const seconds = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
    const ours = abbreviationOf(zone, seconds);
    return (/^[A-Z]/i.test(theirs) ? theirs : undefined) === ours ? [] : [`${line}: ${ours}`];
  });
  expect(wrong).toEqual([]);
});
