// A secret that is in a file and read each time it is wanted, so that a new one needs no reload.

import type { SecretSource } from '../model/secret.js';
import { readBounded } from './bounded-file.js';
import { fileProblem } from './file-problem.js';
import { decodeUtf8 } from './utf8.js';

/** What a file holds, without white space around it. */
export class FileSecret implements SecretSource {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** @throws Error, a line that names the file, when it cannot be read or is not UTF-8 */
  reveal(): string {
    try {
      return decodeUtf8(readBounded(this.file)).trim();
    } catch (error) {
      throw new Error(`cannot read ${this.file}: ${fileProblem(error)}`);
    }
  }
}
