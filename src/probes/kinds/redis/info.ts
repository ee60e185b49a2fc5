// INFO's text, read once into fields. Pure; called by the redis probe.

/** Fields that Valkey 8 calls otherwise, unless its `extended-redis-compatibility` is on (src/server.c). */
const VALKEY: readonly [name: string, valkey: string][] = [['redis_mode', 'server_mode']];

/** Fields by name, in the server's order, Valkey's by Redis' names too; section headings and blank lines are left out. */
export function parseInfo(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0 || line.charCodeAt(0) === 0x23) continue;
    fields.set(line.slice(0, colon), line.slice(colon + 1).trimEnd());
  }
  for (const [name, valkey] of VALKEY) {
    const value = fields.get(valkey);
    if (value !== undefined && !fields.has(name)) fields.set(name, value);
  }
  return fields;
}

const WORDS: Readonly<Record<string, number>> = { ok: 1, true: 1, err: 0, fail: 0, false: 0 };
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** A field's number, infinite ones as C prints them included; words of a status are 1 and 0; NaN when there is none. */
export function numberOf(text: string | undefined): number {
  if (text === undefined || text.trim() === '') return Number.NaN;
  const word = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  if (word !== undefined) return word;
  const sign = INFINITE.exec(text)?.[1];
  if (sign !== undefined) return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** The parts of a composite field: `keys=1,expires=0` becomes {keys: '1', expires: '0'}. */
export function partsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map(part => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    }),
  );
}
