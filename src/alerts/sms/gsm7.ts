// Texts as telephones count them: 7 bits a character while all of them are in GSM's alphabet, 16 bits when one is not.
// Source: 3GPP TS 23.038, GSM 7 bit default alphabet.

const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿' +
    'abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Written as two. */
const EXTENDED = new Set('\f^{}\\[~]|€');

/** Characters that look like others that cost half. */
const PLAIN: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '•': '-',
  '→': '->',
  '\u00a0': ' ',
  '`': "'",
  '\t': ' ',
};

/** Three messages' worth; more than that is charged and not read. */
export const MAX_GSM7 = 320;
const MAX_UCS2 = 201;

export function toPlain(text: string): string {
  return [...text].map(char => PLAIN[char] ?? char).join('');
}

/** How many septets, or undefined when it needs 16 bits a character. */
export function septetsOf(text: string): number | undefined {
  let count = 0;
  for (const char of text) {
    if (EXTENDED.has(char)) count += 2;
    else if (BASIC.has(char)) count += 1;
    else return undefined;
  }
  return count;
}

/** Whether a text is short enough to be sent. */
export function fits(text: string): boolean {
  const septets = septetsOf(text);
  return septets === undefined ? text.length <= MAX_UCS2 : septets <= MAX_GSM7;
}

/** The text, or as much of its beginning as fits with `...` after it. */
export function fitted(text: string): string {
  if (fits(text)) return text;
  const runes = [...text];
  let [least, most] = [0, runes.length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(`${runes.slice(0, middle).join('')}...`)) least = middle;
    else most = middle - 1;
  }
  return `${runes.slice(0, least).join('').trimEnd()}...`;
}
