// An alert's identity as Alertmanager and its users' tools know it. Source: prometheus/common, model/signature.go.

import type { Labels } from '../model/labels.js';

const SEPARATOR = 0xff;
// FNV-1a, 64 bits, in four limbs of 16 bits: products of limbs stay below 2^53.
const PRIME = 0x01b3;
const encoder = new TextEncoder();
/** The last character that is its own byte. */
const ASCII = 0x7f;

/** 16 hexadecimal digits for a label set. */
export function fingerprintOf(labels: Labels): string {
  const hash = new Fnv();
  const { names, values } = labels;
  for (let i = 0; i < names.length; i++) {
    hash.text(names[i] as string);
    hash.byte(SEPARATOR);
    hash.text(values[i] as string);
    hash.byte(SEPARATOR);
  }
  return hash.hex;
}

class Fnv {
  // The offset basis 0xcbf29ce484222325, the lowest limb first.
  #a = 0x2325;
  #b = 0x8422;
  #c = 0x9ce4;
  #d = 0xcbf2;

  get hex(): string {
    return [this.#d, this.#c, this.#b, this.#a].map(limb => limb.toString(16).padStart(4, '0')).join('');
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > ASCII) {
        this.#bytes(encoder.encode(text.slice(i)));
        return;
      }
      this.byte(code);
    }
  }

  #bytes(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.byte(bytes[i] as number);
  }

  /** Multiplies by 2^40 + 0x1b3 after the exclusive or. */
  byte(byte: number): void {
    const a = this.#a ^ byte;
    const low = a * PRIME;
    const second = this.#b * PRIME + (low >>> 16);
    const third = this.#c * PRIME + Math.floor(second / 0x10000) + ((a << 8) & 0xffff);
    const fourth = this.#d * PRIME + Math.floor(third / 0x10000) + ((this.#b << 8) & 0xffff) + (a >>> 8);
    this.#a = low & 0xffff;
    this.#b = second & 0xffff;
    this.#c = third & 0xffff;
    this.#d = fourth & 0xffff;
  }
}
