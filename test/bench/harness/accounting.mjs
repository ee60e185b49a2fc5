// In: the pid of a process. Out: what the kernel has charged it: CPU of all its threads, memory.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK']));

/**
 * CPU a process has used since it started, user and system, all threads, ended ones included, in
 * milliseconds.
 */
export function cpuMillis(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is the program's name in parentheses, which may hold blanks: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000;
}

/**
 * CPU that processes use while `work` runs, in milliseconds, with what `work` returned and the wall time it
 * took.
 */
export async function cpuDuring(pids, work) {
  const total = () => pids.reduce((sum, pid) => sum + cpuMillis(pid), 0);
  const [cpu, wall] = [total(), performance.now()];
  const result = await work();
  return { cpu: total() - cpu, wall: performance.now() - wall, result };
}

/**
 * Resident memory of a process, now (`rss`) and at its largest (`peak`), and of it what is not of files (`anonymous`): how
 * much of its program file is resident is the system's choice. In MiB.
 */
export function memoryMiB(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const field = name => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) / 1024;
  return { rss: field('VmRSS'), peak: field('VmHWM'), anonymous: field('RssAnon') };
}
