// Texts no longer than a service takes them.

/** At most so many characters, the last one `…` when some had to go; a character outside of the BMP is one. */
export function cutRunes(text: string, limit: number): string {
  // There are never more characters than code units.
  if (text.length <= limit) return text;
  const runes = [...text];
  return runes.length <= limit ? text : `${runes.slice(0, limit - 1).join('')}…`;
}

/** The same counted in UTF-16 code units, none of them cut off its other half. */
export function cutUnits(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
