// `langgraph-monitor init [DIR]`: a first configuration, to be changed rather than written from nothing.

import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_MONITOR } from './first-monitor.js';
import { parseFlags, UsageError } from './flags.js';
import type { Output } from './output.js';
import { programName } from './program-name.js';

/** Writes monitor.yml and alertmanager.yml; resolves with 1 when one is there already. @throws UsageError */
export async function init(args: readonly string[], output: Output): Promise<number> {
  const { words } = parseFlags(args);
  const [folder = '.', more] = words;
  if (more !== undefined) throw new UsageError(`init: unexpected ${more}; it takes one folder`);
  const files = [
    { path: join(folder, 'monitor.yml'), text: FIRST_MONITOR },
    { path: join(folder, 'alertmanager.yml'), text: shippedAlertmanager() },
  ];
  const existing = files.filter(({ path }) => isThere(path)).map(({ path }) => path);
  if (existing.length > 0) {
    const is = existing.length > 1 ? 'are' : 'is';
    output.err(
      `${existing.join(' and ')} ${is} there already and nothing was written; remove what is there, or name another folder: ${programName()} init DIR`,
    );
    return 1;
  }
  try {
    mkdirSync(folder, { recursive: true });
    // `wx`: a file that another program made since is not overwritten either.
    for (const { path, text } of files) writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const { code, path = folder, message } = error as NodeJS.ErrnoException;
    output.err(
      `${path}: cannot be written: ${WHY[code ?? ''] ?? message}; name another folder: ${programName()} init DIR`,
    );
    return 1;
  }
  for (const line of nextSteps(folder, files[0]?.path as string)) output.out(line);
  return 0;
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a file is where a folder has to be',
  EEXIST: 'something else is there',
};

function shippedAlertmanager(): string {
  return readFileSync(new URL('../../alertmanager.yml', import.meta.url), 'utf8');
}

/** Also true of a link that leads nowhere. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Below a file, or in a folder that may not be searched: writing says so.
    return false;
  }
}

function nextSteps(folder: string, file: string): string[] {
  const program = programName();
  const start = folder === '.' ? program : `cd ${shellWord(folder)} && ${program}`;
  return [
    `Put the addresses of your services into ${file}, then check it: ${program} check-config ${shellWord(file)}`,
    `Start the monitor with: ${start}   and open http://127.0.0.1:8083`,
  ];
}

/** A word as a shell reads it. */
function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
