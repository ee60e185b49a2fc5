// Sizes in bytes, as `body_size_limit` has them. Source: github.com/alecthomas/units, Base2Bytes: KB and KiB are both 1024.

const POWERS = ['', 'K', 'M', 'G', 'T', 'P', 'E'];
const UNITS = new Map(
  POWERS.flatMap((prefix, power) =>
    prefix === ''
      ? [['B', 1] as const]
      : [`${prefix}B`, `${prefix}iB`].map(unit => [unit, 1024 ** power] as const),
  ),
);

/** `10MB`, `1.5GiB`, `0`; of what is none the reason in the library's words. */
export function parseBase2Bytes(text: string): number | { readonly reason: string } {
  if (text === '0') return 0;
  const invalid = { reason: `units: invalid ${text}` };
  let rest = text.replace(/^[-+]/, '');
  if (rest === '0') return 0;
  if (rest === '') return invalid;
  let bytes = 0;
  while (rest !== '') {
    const [number = ''] = /^\d*(?:\.\d*)?/.exec(rest) as RegExpExecArray;
    if (!/\d/.test(number)) return invalid;
    rest = rest.slice(number.length);
    const [unit = ''] = /^[^.\d]*/.exec(rest) as RegExpExecArray;
    const size = UNITS.get(unit);
    if (size === undefined) return { reason: `units: unknown unit ${unit} in ${text}` };
    bytes += Number(number) * size;
    rest = rest.slice(unit.length);
  }
  return text.startsWith('-') ? -bytes : Math.trunc(bytes);
}
