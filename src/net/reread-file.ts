// A file that is read again when it has changed: a container's runtime, DHCP and people write to /etc/hosts and
// /etc/resolv.conf while the program runs.

import { readFileSync, statSync } from 'node:fs';

/** What was made of a file's text, until the file changes. One that cannot be read is an empty text. */
export class RereadFile<T> {
  readonly path: string;
  readonly #parse: (text: string) => T;
  #signature: string | undefined;
  #value: T | undefined;

  constructor(path: string, parse: (text: string) => T) {
    this.path = path;
    this.#parse = parse;
  }

  get value(): T {
    const signature = this.#sign();
    if (signature !== this.#signature || this.#value === undefined) {
      this.#signature = signature;
      this.#value = this.#parse(this.read());
    }
    return this.#value;
  }

  /** The text as it is now. */
  read(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch {
      return '';
    }
  }

  #sign(): string {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = statSync(this.path, { bigint: true });
      return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    } catch {
      return '';
    }
  }
}
