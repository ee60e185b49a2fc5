// How wide a text is in Verdana, the font of badges, so that a badge fits its text wherever it is shown.

/** Advance widths of the characters from U+0020 to U+007E, in 1/2048 of the font's size. */
const WIDTHS: readonly number[] = [
  ...[720, 806, 940, 1676, 1302, 2204, 1488, 550, 930, 930, 1302, 1676, 745, 930, 745, 930],
  ...[1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 930, 930, 1676, 1676, 1676, 1117],
  ...[2048, 1400, 1404, 1430, 1578, 1295, 1177, 1588, 1539, 862, 931, 1419, 1140, 1726, 1532, 1612],
  ...[1235, 1612, 1424, 1400, 1262, 1499, 1400, 2025, 1403, 1260, 1403, 930, 930, 930, 1676, 1302],
  ...[1302, 1230, 1276, 1067, 1276, 1220, 720, 1276, 1296, 562, 705, 1212, 562, 1992, 1296, 1243],
  ...[1276, 1276, 874, 1067, 807, 1296, 1212, 1676, 1212, 1212, 1076, 1300, 930, 1300, 1676],
];
const EM = 2048;
/** Of letters beyond ASCII. */
const LETTER = 1300;
/** First code point of the scripts whose characters are as wide as they are high. */
const WIDE = 0x1100;

/** @param size of the font in pixels @returns pixels */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const char of text) {
    const point = char.codePointAt(0) as number;
    sum += WIDTHS[point - 0x20] ?? (point < WIDE ? LETTER : EM);
  }
  return (sum * size) / EM;
}
