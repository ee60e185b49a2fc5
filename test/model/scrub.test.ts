import { describe, expect, test } from 'vitest';
import { oneLine } from '../../src/model/scrub.js';

describe('one line of a text', () => {
  const cases: readonly [name: string, text: string, limit: number, want: string][] = [
    ['what fits stays', 'as it is', 8, 'as it is'],
    ['it ends between two words', 'the disk is full', 11, 'the disk is…'],
    ['a word that is cut is left out', 'the disk is full', 13, 'the disk is…'],
    ['a single long word is cut', 'a'.repeat(30), 10, `${'a'.repeat(10)}…`],
    ['lines and controls', ' a\r\n\tb\u0000\u001b[31mc\u2028d ', 40, 'a b [31mc d'],
    ['marks of direction', 'safe\u202egnp.exe', 40, 'safe gnp.exe'],
    ['characters of two units are not cut in two', '😀'.repeat(5), 3, '😀😀😀…'],
    ['half a character', 'a\ud800b', 10, 'a\ufffdb'],
  ];
  test.each(cases)('%s', (_, text, limit, want) => expect(oneLine(text, limit)).toBe(want));
});
