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

/** The mistakes of several parts of a configuration, each of which is read although another has some. */
export class Mistakes {
  readonly #lines: string[] = [];

  /** What `read` returns; undefined when it has mistakes, which are kept. @throws what is no {@link ConfigError} */
  collect<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#lines.push(...error.mistakes.filter(line => !this.#lines.includes(line)));
      return undefined;
    }
  }

  /** All that were collected, as one error. */
  toError(): ConfigError {
    return new ConfigError(this.#lines);
  }
}
