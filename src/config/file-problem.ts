// Messages for errors of the file system.

/** The message for a system error: `ENOENT` becomes `no such file`. */
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
