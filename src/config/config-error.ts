// What is wrong with a configuration, as lines to print.

/** Lines of one error: a file that is no configuration at all has a mistake on every line. */
const MAX_LINES = 100;
/** Characters of one line; a key may be a file of megabytes. */
const MAX_LENGTH = 1000;

/** The mistakes of a configuration, each one line: file, path, reason. Of very many the first ones and how many more. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    const lines = mistakes.slice(0, MAX_LINES).map(shortened);
    if (mistakes.length > MAX_LINES) lines.push(`... and ${mistakes.length - MAX_LINES} more mistakes`);
    super(lines.join('\n'));
    this.name = 'ConfigError';
    this.mistakes = lines;
  }
}

/** The beginning, which names the file, and the end, which is the reason. */
function shortened(line: string): string {
  if (line.length <= MAX_LENGTH) return line;
  return `${line.slice(0, MAX_LENGTH / 2)} ... ${line.slice(-MAX_LENGTH / 2)}`;
}
