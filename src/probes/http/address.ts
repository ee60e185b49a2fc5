// The address a service answered from, as a number: a change of it shows without the address being a label.

const hashes = new Map<string, number>();

/** FNV-1a over the address's bytes, as blackbox_exporter prints it. */
export function addressHash(address: string): number {
  let hash = hashes.get(address);
  if (hash === undefined) {
    hash = 0x811c9dc5;
    for (const byte of addressBytes(address)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    if (hashes.size > 10_000) hashes.clear();
    hashes.set(address, hash);
  }
  return hash;
}

function addressBytes(address: string): number[] {
  if (!address.includes(':')) return address.split('.').map(Number);
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const words = (part: string | undefined) =>
    part ? part.split(':').map(word => Number.parseInt(word, 16)) : [];
  const front = words(head);
  const back = words(tail);
  const gap = tail === undefined ? [] : new Array<number>(8 - front.length - back.length).fill(0);
  return [...front, ...gap, ...back].flatMap(word => [word >> 8, word & 0xff]);
}
