// A secret that is in a file and read each time it is used, so that a new one needs no reload, as in Prometheus.

import { statSync } from 'node:fs';
import type { SecretSource } from '../model/secret.js';
import { readBounded } from './bounded-file.js';
import { fileProblem } from './file-problem.js';
import { decodeUtf8 } from './utf8.js';

/** A request that was sent with a value before the last one has long been answered. */
const FORMER = 2;

export interface FileSecretOptions {
  /** Only the line end of the last line is left out, not all white space around it. */
  readonly keepsBlanks?: boolean;
}

/** What a file contains, without white space around it. */
export class FileSecret implements SecretSource {
  readonly file: string;
  readonly options: FileSecretOptions;
  #former: readonly string[] = [];

  constructor(file: string, options: FileSecretOptions = {}) {
    this.file = file;
    this.options = options;
  }

  get former(): readonly string[] {
    return this.#former;
  }

  /** @throws Error, a line that names the file, when it cannot be read or is not UTF-8 */
  reveal(): string {
    const value = this.#read();
    if (this.#former[0] !== value) this.#former = [value, ...this.#former].slice(0, FORMER);
    return value;
  }

  #read(): string {
    try {
      return trimmed(decodeUtf8(readBounded(this.file, 0)), this.options);
    } catch (error) {
      throw new Error(`cannot read ${this.file}: ${fileProblem(error)}`);
    }
  }
}

/** A file's text as a secret. */
export function trimmed(text: string, { keepsBlanks = false }: FileSecretOptions): string {
  return keepsBlanks ? text.replace(/\r?\n$/, '') : text.trim();
}

/** Whether a file can be read again: a pipe, as a shell's `<(command)`, is empty the second time. */
export function isReadableAgain(file: string): boolean {
  return statSync(file).isFile();
}
