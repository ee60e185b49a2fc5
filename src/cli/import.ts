// `langgraph-monitor import FILE...`: samples in the OpenMetrics format become ours, also while the monitor runs.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { computeForSeconds } from '../concurrency/optimizing.js';
import { fileProblem } from '../config/file-problem.js';
import { samplesChanged } from '../store/changed-samples.js';
import { loadNative } from '../store/native.js';
import { importOpenMetrics } from '../tsdb/import/import.js';
import { parseFlags, UsageError } from './flags.js';
import type { Output } from './output.js';

/** Takes over files one by one; the first that fails ends it with 1. What the earlier ones brought stays. */
export async function importFiles(args: readonly string[], output: Output): Promise<number> {
  const flags = parseFlags(args);
  const files = flags.words;
  if (files.length === 0) throw new UsageError('import wants the name of a file');
  loadNative();
  computeForSeconds();
  try {
    mkdirSync(flags.storage.path, { recursive: true });
  } catch (error) {
    output.err(`--storage.path: ${flags.storage.path}: ${folderProblem(error)}; name a folder`);
    return 1;
  }
  for (const file of files) {
    try {
      const { series, samples, dropped, first, last } = await importOpenMetrics(
        file,
        join(flags.storage.path, 'samples.db'),
      );
      if (first !== undefined && last !== undefined)
        samplesChanged(join(flags.storage.path, 'monitor.db'), first, last);
      const twice = dropped > 0 ? `, ${dropped} of them there already` : '';
      output.out(`${file}: ${samples} samples of ${series} series${twice}`);
    } catch (error) {
      output.err(problemOf(error, file));
      return 1;
    }
  }
  return 0;
}

function folderProblem(error: unknown): string {
  return (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'is a file' : fileProblem(error);
}

/** One line with the file's name: what is wrong in a file says its line already. */
function problemOf(error: unknown, file: string): string {
  const { syscall, message } = error as NodeJS.ErrnoException;
  return syscall === 'open' || syscall === 'read' ? `${file}: ${fileProblem(error)}` : message;
}
