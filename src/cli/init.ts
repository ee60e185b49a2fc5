// `langgraph-monitor init [HOST...]`: a first configuration, to be changed rather than written from nothing. With --from it is
// made from a file that is there already, with HOSTs from what answers there.

import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_MONITOR } from './first-monitor.js';
import { parseFlags } from './flags.js';
import { type AskedHost, askedHosts } from './init/asked-hosts.js';
import { type Found, joined, NOTHING } from './init/found.js';
import { fromHosts, unknownHosts } from './init/hosts.js';
import { readSourceFile } from './init/source-file.js';
import { monitorYml } from './init/write.js';
import { counted, type Output } from './output.js';
import { takeOwnFlags } from './own-flags.js';
import { programName } from './program-name.js';

/**
 * Writes monitor.yml and alertmanager.yml; resolves with 1 when one is there already or a host has no address.
 * @throws UsageError, and ConfigError for a file of --from that cannot be read
 */
export async function init(args: readonly string[], output: Output): Promise<number> {
  const { own, rest } = takeOwnFlags(args, ['from', 'dir']);
  const hosts = askedHosts(parseFlags(rest).words);
  const folder = own.dir ?? '.';
  const paths = { monitor: join(folder, 'monitor.yml'), alertmanager: join(folder, 'alertmanager.yml') };
  if (existsAlready(Object.values(paths), output)) return 1;
  const unknown = await unknownHosts(hosts);
  if (unknown.length > 0) {
    output.err(
      `${unknown.join(', ')}: no such host, and nothing was written; name hosts that have an address, and a folder with --dir=DIR`,
    );
    return 1;
  }
  const text = await textOf(hosts, own.from, folder, output);
  const files = [
    { path: paths.monitor, text },
    { path: paths.alertmanager, text: shippedAlertmanager() },
  ];
  if (!written(folder, files, output)) return 1;
  for (const line of nextSteps(folder, paths.monitor)) output.out(line);
  return 0;
}

/** The text of monitor.yml: what the file and the hosts say, or the first one of all where they say nothing. */
async function textOf(
  hosts: readonly AskedHost[],
  file: string | undefined,
  folder: string,
  output: Output,
): Promise<string> {
  if (hosts.length === 0 && file === undefined) return FIRST_MONITOR;
  const read = file === undefined ? NOTHING : readSourceFile(file, folder);
  const found = joined(read, await fromHosts(hosts, line => output.err(line)));
  if (isNothing(found)) {
    output.err('Nothing was found; monitor.yml is the example that init writes without a file and hosts');
    return FIRST_MONITOR;
  }
  if (read.left.length > 0)
    output.err(
      `${file}: ${counted(read.left.length, 'part')} not taken over; monitor.yml says which and why`,
    );
  const sources = [...(file === undefined ? [] : [file]), ...hosts.map(({ host }) => host)];
  return monitorYml(found, [...new Set(sources)].join(', '));
}

function isNothing({ services, jobs, sections, left }: Found): boolean {
  return services.length + jobs.length + left.length === 0 && !sections;
}

function existsAlready(paths: readonly string[], output: Output): boolean {
  const existing = paths.filter(isThere);
  if (existing.length === 0) return false;
  const is = existing.length > 1 ? 'are' : 'is';
  output.err(
    `${existing.join(' and ')} ${is} there already and nothing was written; remove what is there, or name another folder: ${programName()} init --dir=DIR`,
  );
  return true;
}

/** Whether all were written; else says why not. */
function written(
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
  output: Output,
): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    // `wx`: a file that another program made since is not overwritten either.
    for (const { path, text } of files) writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const { code, path = folder, message } = error as NodeJS.ErrnoException;
    output.err(
      `${path}: cannot be written: ${WHY[code ?? ''] ?? message}; name another folder: ${programName()} init --dir=DIR`,
    );
    return false;
  }
  return true;
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
