// Where a command writes to.

export interface Output {
  out(line: string): void;
  err(line: string): void;
}
