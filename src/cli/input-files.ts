// Files that a command is to check, as they are named on its command line.

import { cachePipe, STANDARD_INPUT } from '../config/bounded-file.js';

/** Their paths; `-` is standard input. What comes through a pipe can be read again and again. */
export function inputFiles(words: readonly string[]): string[] {
  const files = words.map(word => (word === '-' ? STANDARD_INPUT : word));
  for (const file of files) cachePipe(file);
  return files;
}
