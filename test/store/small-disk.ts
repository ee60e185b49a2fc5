// A disk that is full after a megabyte, and grows when told to.

import { spawnSync } from 'node:child_process';

export interface SmallDisk {
  /** How the disk is kept small: a real file system, or a bound on the size of this process' files. */
  readonly by: 'tmpfs' | 'file size limit';
  /** There is room again. */
  grow(): void;
  /** Ends the bound; the folder is empty afterwards. */
  close(): void;
}

/** Makes `folder` a small disk. Only root may mount one; anybody else's process is bounded instead. */
export function makeSmall(folder: string): SmallDisk {
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0) {
    return {
      by: 'tmpfs',
      grow: () => must('mount', '-o', 'remount,size=32m', folder),
      close: () => must('umount', folder),
    };
  }
  const limit = (bytes: string) => must('prlimit', '--pid', String(process.pid), `--fsize=${bytes}:`);
  // Unheard, the signal of the bound would end the process; heard, the write fails.
  const heard = () => {};
  process.on('SIGXFSZ', heard);
  limit('600000');
  return {
    by: 'file size limit',
    grow: () => limit('unlimited'),
    close() {
      limit('unlimited');
      process.off('SIGXFSZ', heard);
    },
  };
}

function must(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
