// Files of text, whatever is in them.

import { readBounded } from './bounded-file.js';
import { fileProblem } from './file-problem.js';
import { ConfigError } from './load.js';
import { decodeUtf8 } from './utf8.js';

/** The text of a file. `format` begins the mistake that it is not UTF-8. @throws ConfigError when it cannot be read or is not UTF-8 */
export function readText(file: string, format = 'yaml: '): string {
  let bytes: Uint8Array;
  try {
    bytes = readBounded(file);
  } catch (error) {
    throw new ConfigError([`${file}: ${fileProblem(error)}`]);
  }
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('UTF-16')) throw new ConfigError([`${file}: ${format}${message}`]);
    throw new ConfigError([`${file}: ${format}invalid UTF-8; save the file as UTF-8`]);
  }
}
