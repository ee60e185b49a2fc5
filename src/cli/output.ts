// Where a command writes to, and how.

export interface Output {
  out(line: string): void;
  err(line: string): void;
}

/** A file that is valid. */
export interface CheckedConfig {
  /** What is in it. */
  readonly summary: string;
  /** What may stand there and will not work, one line each. */
  readonly warnings: readonly string[];
}

/** A number and what it counts: `1 service`, `2 services`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
