import { describe, expect, test } from 'vitest';
import { oneLine, scrub, secretsOfUrl } from '../../src/model/scrub.js';

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

describe('a secret in a text of another server', () => {
  const long = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const cases: readonly [name: string, secret: string, text: string, want: string][] = [
    ['as it is', 's3cret', 'no s3cret here', 'no <secret> here'],
    ['not there', 's3cret', 'nothing', 'nothing'],
    ['none', '', 'nothing', 'nothing'],
    ['in a URL', 'a b/c&d', '?p=a%20b%2fc%26d&q', '?p=<secret>&q'],
    ['in a form', 'a b', 'p=a+b', 'p=<secret>'],
    ['written as in a URL', 'a%2Fb', 'at a/b', 'at <secret>'],
    ['in JSON', 'a"b\\c', '{"p":"a\\"b\\\\c"}', '{"p":"<secret>"}'],
    ["in Go's JSON", 'a&b<c', '{"p":"a\\u0026b\\u003cc"}', '{"p":"<secret>"}'],
    ["in PHP's JSON", 'a/b', '{"p":"a\\/b"}', '{"p":"<secret>"}'],
    ['in HTML', `a&b'c"d<e`, 'a&amp;b&#39;c&quot;d&#x3C;e!', '<secret>!'],
    ['beyond ASCII in a URL', 'pässword', 'p%C3%A4ssword', '<secret>'],
    ['beyond ASCII in JSON', 'p😀', 'p\\ud83d\\uDE00', '<secret>'],
    ['with characters that patterns are made of', '^a.*(b|c)[d]{2}$', 'x^a.*(b|c)[d]{2}$y', 'x<secret>y'],
    ['a long one that was cut', long, `with args: '${long.slice(0, 30)}'`, "with args: '<secret>'"],
    ['a long one, whole', long, `(${long})`, '(<secret>)'],
    ['a long one that only begins alike', long, long.slice(0, 10), long.slice(0, 10)],
    ['a token of 20 MB', 'x'.repeat(20_000_000), `sent ${'x'.repeat(100)}, refused`, 'sent <secret>'],
    ['a text of 20 MB', 'ä b'.repeat(7_000_000), `sent ${'ä b'.repeat(50)}, refused`, 'sent <secret>'],
    ['a long sentence that was cut', `${long} and more`, `${long.slice(0, 24)}...`, '<secret>...'],
  ];
  test.each(cases)('%s', (_, secret, text, want) => expect(scrub(text, [secret])).toBe(want));

  test('of several the longest is found first', () =>
    expect(scrub('user:pass pass', ['pass', 'user:pass'])).toBe('<secret> <secret>'));

  test('the host of a secret URL may be shown', () =>
    expect(
      scrub('https://hooks.example.org: refused', secretsOfUrl('https://hooks.example.org/a/s3cret')),
    ).toBe('https://hooks.example.org: refused'));
});
