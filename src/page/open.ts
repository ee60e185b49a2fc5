// Details that are open, in the address of every view (`open=KEY`, as often as needed), so that a reload, back and a link
// show them, too. Pure.

/** Details of an address at most; older ones are closed by a reload. */
const MOST = 20;
const NAME = 'open';

/** What of a view's details is open. @param query empty, or with `?` */
export function openOf(query: string): readonly string[] {
  return new URLSearchParams(query).getAll(NAME);
}

/** The same query string with other details open. */
export function withOpen(query: string, open: readonly string[]): string {
  const asked = new URLSearchParams(query);
  asked.delete(NAME);
  for (const key of open.slice(-MOST)) asked.append(NAME, key);
  const printed = asked.toString().replaceAll('%2C', ',');
  return printed === '' ? '' : `?${printed}`;
}

/** What an address calls details: a short key as it is; a long one, or one it would not show well, as a number (FNV-1a). */
export function openName(key: string): string {
  if (/^[\w.:-]{1,40}$/.test(key)) return key;
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
