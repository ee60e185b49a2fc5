// What a mistyped word was probably meant to be, for the end of an error's line.

import { distance } from 'fastest-levenshtein';

/** The known word nearest to a mistyped one, as `, did you mean "x"?`, or nothing when none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < least) [best, least] = [candidate, d];
  }
  return best ? `, did you mean "${best}"?` : '';
}
