// What the file system has against a file, in words.

/** A system error in words: `ENOENT` becomes `no such file`. */
export function fileProblem(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const known: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'a part of the path is not a directory',
  };
  return known[code ?? ''] ?? (error as Error).message;
}
