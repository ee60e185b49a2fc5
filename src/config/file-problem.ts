// Messages for errors of the file system.

/** The message for a system error: `ENOENT` becomes `no such file`. */
export function fileProblem(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const known: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'a part of the path is not a directory',
    ELOOP: 'a symbolic link leads back to itself',
    ENAMETOOLONG: 'the name is too long',
    ENXIO: 'is a socket or a device that cannot be read',
    EIO: 'the device or file system failed to read it (I/O error)',
    ESTALE: 'the network file system no longer has it (stale file handle); mount it again',
    ENOTCONN: 'the file system it is on has ended (not connected); mount it again',
    EMFILE: 'too many open files (ulimit -n, LimitNOFILE=)',
    ENFILE: 'too many open files in the system',
  };
  return known[code ?? ''] ?? (error as Error).message;
}
