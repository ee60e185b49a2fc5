// `langgraph-monitor import FILE...`: samples in the OpenMetrics format become ours, also while the monitor runs.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { importOpenMetrics } from '../store/import.js';
import { loadNative } from '../store/native.js';
import { parseFlags, UsageError } from './flags.js';
import type { Output } from './output.js';

/** Takes over files one by one; the first that fails ends it with 1. What the earlier ones brought stays. */
export async function importFiles(args: readonly string[], output: Output): Promise<number> {
  const flags = parseFlags(args);
  const files = flags.words;
  if (files.length === 0) throw new UsageError('import wants the name of a file');
  loadNative();
  mkdirSync(flags.storagePath, { recursive: true });
  for (const file of files) {
    try {
      const { series, samples, dropped } = await importOpenMetrics(
        file,
        join(flags.storagePath, 'samples.db'),
      );
      const twice = dropped > 0 ? `, ${dropped} of them there already` : '';
      output.out(`${file}: ${samples} samples of ${series} series${twice}`);
    } catch (error) {
      output.err((error as Error).message);
      return 1;
    }
  }
  return 0;
}
