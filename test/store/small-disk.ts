// A disk that is full after a megabyte, until grow() is called.

import { spawnSync } from 'node:child_process';

export interface SmallDisk {
  /** How the disk is limited: a real file system, or a limit of the size of this process' files. */
  readonly by: 'tmpfs' | 'file size limit';
  /** Makes room again. */
  grow(): void;
  /** Removes the limit; the folder is empty afterwards. */
  close(): void;
}

/** Makes `folder` a small disk. Only root may mount one; for other users the size of the process' files is limited. */
export function makeSmall(folder: string): SmallDisk {
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0) {
    return {
      by: 'tmpfs',
      grow: () => must('mount', '-o', 'remount,size=32m', folder),
      close: () => must('umount', folder),
    };
  }
  const limit = (bytes: string) => must('prlimit', '--pid', String(process.pid), `--fsize=${bytes}:`);
  // Without a handler the limit's signal would end the process; with one the write fails.
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
