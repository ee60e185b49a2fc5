// Files of text, whatever is in them.

import { readFileSync } from 'node:fs';
import { ConfigError, fileProblem } from './load.js';

/** The text of a file. @throws ConfigError when it cannot be read or is not UTF-8 */
export function readText(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new ConfigError([`${file}: ${fileProblem(error)}`]);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError([`${file}: yaml: invalid UTF-8; save the file as UTF-8`]);
  }
}
