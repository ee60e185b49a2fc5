// Debian's amtool, run to its end.

import { execFile } from 'node:child_process';

export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param url of an Alertmanager, or of what answers like one */
export function amtool(url: string, ...args: readonly string[]): Promise<Printed> {
  const all = ['--no-version-check', `--alertmanager.url=${url}`, ...args];
  return new Promise(resolve => {
    execFile('amtool', all, { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
