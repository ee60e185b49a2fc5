// Which of several parts a text belongs to, as the action `hashmod` has it. Source: Prometheus, model/relabel/relabel.go.

import { createHash } from 'node:crypto';

/** The last eight bytes of the MD5 sum, as a number, modulo: from 0 to one less than the modulus. */
export function hashModulo(text: string, modulus: number): number {
  const sum = createHash('md5').update(text).digest();
  return Number(sum.readBigUInt64BE(8) % BigInt(modulus));
}
