import { describe, expect, test } from 'vitest';
import type { Status } from '../../src/model/result.js';
import { Confirmation } from '../../src/probes/confirmation.js';

const LETTERS: Record<string, Status> = { h: 'healthy', s: 'degraded', d: 'error', t: 'timeout' };

/** The level after each result, one letter each: `.` unknown, `u` up, `s` slow, `d` down; `?` behind a suspected change. */
function follow(results: string, failures = 2, successes = 2): string {
  const confirmation = new Confirmation();
  return [...results]
    .map(letter => {
      const level = confirmation.add(LETTERS[letter] as Status, { failures, successes, every: 1 });
      return (level === 'unknown' ? '.' : level[0]) + (confirmation.pending ? '?' : '');
    })
    .join('');
}

const TABLE: [name: string, results: string, want: string, confirm?: [number, number]][] = [
  ['one good result after the start is believed', 'h', 'u'],
  ['one bad result after the start is not', 'd', '.?'],
  ['two bad results after the start are', 'dd', '.?d'],
  ['a good result after a bad start ends the doubt', 'dh', '.?u'],
  ['a blip turns nothing down', 'hdh', 'uu?u'],
  ['a confirmed failure does', 'hdd', 'uu?d'],
  ['a timeout confirms an error', 'hdt', 'uu?d'],
  ['one good answer does not end an outage', 'hddhd', 'uu?dd?d'],
  ['two good answers do', 'hddhh', 'uu?dd?u'],
  ['a single slow answer is a blip too', 'hsh', 'uu?u'],
  ['two slow answers are slow', 'hss', 'uu?s'],
  ['of a slow and a failed answer the milder claim is confirmed', 'hsd', 'uu?s'],
  ['slow, then failing', 'hssdd', 'uu?ss?d'],
  ['from down to slow takes successes', 'hddss', 'uu?dd?s'],
  ['recovery through a slow answer is slow at first', 'hddsh', 'uu?dd?s'],
  ['a change of direction restarts the count', 'hsshdd', 'uu?ss?s?d'],
  ['alternating answers stay where they were', 'hdhdhd', 'uu?uu?uu?'],
  ['one failure is enough where it says so', 'hd', 'ud', [1, 1]],
  ['three are needed where it says so', 'hddd', 'uu?u?d', [3, 2]],
  ['another result in between restarts the count of three', 'hddhddd', 'uu?u?uu?u?d', [3, 2]],
];

describe('confirmation', () => {
  test.each(TABLE)('%s', (_, results, want, confirm) => {
    expect(follow(results, ...(confirm ?? []))).toBe(want);
  });
});
