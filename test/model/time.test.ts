import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isoLocal, parseIso, systemClock } from '../../src/model/time.js';

/** Zones with summer time of an hour, of half an hour, with none, and with offsets of no whole hour. */
const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kabul',
  'Australia/Lord_Howe',
  'America/St_Johns',
];

describe.each(ZONES)('in %s', zone => {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env.TZ;
    process.env.TZ = zone;
    expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
  });
  afterEach(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });

  test('isoLocal prints the local wall clock, without a zone, with microseconds', () => {
    const at = Date.UTC(2024, 0, 15, 10, 30, 45) + 123.456;
    const wall = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    expect(isoLocal(at)).toBe(`${wall.format(at).replace(' ', 'T')}.123456`);
  });

  test('parseIso reads every half hour of a year that isoLocal wrote', () => {
    for (let at = Date.UTC(2024, 0, 1) + 0.001; at < Date.UTC(2025, 0, 1); at += 1_800_000) {
      const text = isoLocal(at);
      const read = parseIso(text) as number;
      expect(isoLocal(read)).toBe(text);
      // In autumn an hour comes twice and its text means either.
      expect(Math.abs(read - at)).toBeLessThanOrEqual(3_600_000.001);
    }
  });

  test('a zone in the text wins over the local one', () => {
    const at = Date.UTC(2024, 6, 1, 12, 0, 0);
    for (const text of [
      '2024-07-01T12:00:00Z',
      '2024-07-01T14:00:00+02:00',
      '2024-07-01T14:00:00+0200',
      '2024-07-01T06:30:00.000-05:30',
    ])
      expect(parseIso(text)).toBe(at);
  });
});

test('an hour that does not exist is read with the offset before the gap', () => {
  const before = process.env.TZ;
  process.env.TZ = 'America/New_York';
  try {
    expect(parseIso('2024-03-10T02:30:00')).toBe(Date.UTC(2024, 2, 10, 7, 30));
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});

describe('isoLocal', () => {
  test.each([
    ['no fraction', 0, '.000000'],
    ['a microsecond', 0.001, '.000001'],
    ['milliseconds', 7, '.007000'],
    ['almost a second', 999.9996, '.999999'],
  ])('%s', (_, fraction, want) => {
    expect(isoLocal(Date.UTC(2024, 0, 15, 10, 30, 45) + fraction)).toMatch(
      new RegExp(`^2024-01-1[456]T\\d\\d:\\d\\d:45\\${want}$`),
    );
  });

  test('keeps the order of moments a microsecond apart', () => {
    const at = Date.UTC(2024, 0, 15);
    const texts = Array.from({ length: 2000 }, (_, i) => isoLocal(at + i / 1000));
    expect(new Set(texts).size).toBe(2000);
    expect([...texts].sort()).toEqual(texts);
  });
});

describe('parseIso', () => {
  test.each([
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
    ['0099-12-31T23:59:59+01:00', -59_011_462_801_000],
    ['0004-02-29T00:00:00Z', -62_035_891_200_000],
    ['0001-02-29T00:00:00Z', undefined],
  ])('a year of the first century: %s', (text, at) => expect(parseIso(text)).toBe(at));

  const local = (...parts: [number, number, number, number?, number?, number?]) =>
    new Date(...parts).getTime();
  test.each([
    ['2024-01-15T10:30:45.123456', local(2024, 0, 15, 10, 30, 45) + 123.456],
    ['2024-01-15 10:30:45', local(2024, 0, 15, 10, 30, 45)],
    ['2024-01-15T10:30', local(2024, 0, 15, 10, 30)],
    ['2024-01-15', local(2024, 0, 15)],
    ['2024-02-29', local(2024, 1, 29)],
    ['2024-01-15T10:30:45.123456789', local(2024, 0, 15, 10, 30, 45) + 123.456789],
  ])('%s', (text, want) => expect(parseIso(text)).toBeCloseTo(want, 3));

  test.each([
    '',
    'now',
    '1705312245',
    '2024-1-5',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024-01-32',
    '2024-02-30',
    '2023-02-29',
    '2024-04-31T00:00:00Z',
    '2024-01-15T24:00:00',
    '2024-01-15T10:60:00',
    '2024-01-15T10:30:60',
    '2024-01-15T10',
    '2024-01-15T10:30:45.',
    '2024-01-15T10:30:45.1234567890',
    '2024-01-15T10:30:45+24:00',
    '2024-01-15T10:30:45+02:60',
    '2024-01-15T10:30:45 CET',
    '2024-01-15T10:30:45Z; DROP TABLE scans',
  ])('%j is no timestamp', text => expect(parseIso(text)).toBeUndefined());
});

test("the system's wall clock is Date.now() with a fraction, and neither clock goes back", () => {
  let [last, lastElapsed] = [0, 0];
  const back: unknown[] = [];
  const fractions = new Set<number>();
  for (const end = performance.now() + 200; performance.now() < end; ) {
    const from = Date.now();
    const [now, elapsed] = [systemClock.now(), systemClock.elapsed()];
    const to = Date.now();
    if (now < from || now >= to + 1 || now < last || elapsed < lastElapsed)
      back.push({ from, now, to, last });
    fractions.add(Math.round((now % 1) * 10));
    [last, lastElapsed] = [now, elapsed];
  }
  expect(back).toEqual([]);
  expect(fractions.size).toBeGreaterThan(8);
});

test('the wall clock follows one that is set, forward and back', () => {
  const now = vi.spyOn(Date, 'now');
  try {
    for (const at of [1_800_000_000_000, 1_700_000_000_000, 1_900_000_000_000, 1_900_000_000_001]) {
      now.mockReturnValue(at);
      expect(Math.floor(systemClock.now())).toBe(at);
    }
  } finally {
    now.mockRestore();
  }
});
test('a moment is the same before and after it was printed, so that pages of /history have no overlap', () => {
  for (let i = 0; i < 2000; i++) {
    const now = systemClock.now();
    expect(parseIso(isoLocal(now))).toBe(now);
  }
});
