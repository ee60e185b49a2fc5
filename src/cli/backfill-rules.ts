// `langgraph-monitor backfill-rules --start=.. --end=.. FILE...`: recording and alerting rules over stored history, as
// `promtool tsdb create-blocks-from rules` evaluates recording rules for Prometheus.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '../app/configuration.js';
import { claimFolder, StorageRefused } from '../app/storage-folder.js';
import { parseDuration } from '../model/duration.js';
import { type Millis, parseIso } from '../model/time.js';
import { type BackfillSummary, backfillRules } from '../query/backfill/backfill.js';
import type { RuleTotal } from '../query/backfill/tally.js';
import type { RuleFile } from '../rules/definition.js';
import { loadEach } from '../rules/load.js';
import { fromTransfer } from '../rules/transfer.js';
import { loadNative } from '../store/native.js';
import { type Flags, parseFlags, UsageError } from './flags.js';
import { inputFiles } from './input-files.js';
import { counted, type Output } from './output.js';
import { takeOwnFlags } from './own-flags.js';

/** Of promtool. */
const INTERVAL: Millis = 60_000;
/** Between two lines of progress. */
const PROGRESS: Millis = 5000;

/**
 * Runs the command; resolves with 1 when something could not be evaluated or written.
 * @throws UsageError | ConfigError
 */
export async function backfillRulesCommand(args: readonly string[], output: Output): Promise<number> {
  const { own, rest } = takeOwnFlags(args, ['start', 'end', 'eval-interval']);
  const flags = parseFlags(rest);
  const { start, end } = span(own);
  const { files, interval } = rulesOf(flags, own['eval-interval']);
  loadNative();
  const dbFile = join(flags.storage.path, 'samples.db');
  if (!existsSync(dbFile)) {
    output.err(`${dbFile}: no such file; name the folder of a monitor's samples with --storage.path`);
    return 1;
  }
  try {
    const lock = claimFolder(flags.storage.path);
    try {
      if (lock.problem !== undefined) throw new StorageRefused(lock.problem);
      const summary = await backfillRules({
        ...{ dbFile, files, start, end, interval },
        ...flags.query.limits,
        externalUrl: flags.externalUrl ?? '',
        onMoment: progress(start, end, output),
        log: (level, message, fields) => {
          if (level !== 'info') output.err(`${message}: ${JSON.stringify(fields)}`);
        },
      });
      return report(summary, output);
    } finally {
      lock.release();
    }
  } catch (error) {
    output.err(`langgraph-monitor: ${(error as Error).message}`);
    return 1;
  }
}

function rulesOf(
  flags: Flags,
  evalInterval: string | undefined,
): { readonly files: readonly RuleFile[]; readonly interval: Millis } {
  const given = evalInterval === undefined ? undefined : parseDuration(evalInterval);
  if (evalInterval !== undefined && !given)
    throw new UsageError(`--eval-interval: "${evalInterval}" is no duration; write 1m or 30s`);
  if (flags.words.length > 0)
    return { files: loadEach(inputFiles(flags.words)), interval: given ?? INTERVAL };
  const { rules, scrapeInterval, rulePlace } = loadConfiguration(flags.configFile);
  if (rulePlace === 'remote')
    throw new UsageError(
      `${flags.configFile} has query.url: the samples are there; use promtool tsdb create-blocks-from rules`,
    );
  return { files: rules.map(fromTransfer), interval: given ?? scrapeInterval };
}

function span(own: Readonly<Record<string, string | undefined>>): {
  readonly start: Millis;
  readonly end: Millis;
} {
  if (own.start === undefined)
    throw new UsageError('backfill-rules wants --start=TIME, RFC 3339 or Unix seconds');
  const start = moment('start', own.start);
  const end = own.end === undefined ? Date.now() : moment('end', own.end);
  if (end > Date.now()) throw new UsageError(`--end: ${own.end} is in the future; there is no history yet`);
  if (start > end) throw new UsageError('--start is after --end');
  return { start, end };
}

function moment(flag: string, text: string): Millis {
  const isSeconds = /^\d+(\.\d+)?$/.test(text);
  const hasZone = /[Tt].*([Zz]|[+-]\d\d:\d\d)$/.test(text);
  const at = isSeconds ? Number(text) * 1000 : hasZone ? parseIso(text.toUpperCase()) : undefined;
  if (at === undefined)
    throw new UsageError(
      `--${flag}: "${text}" is no moment; write 2026-10-01T00:00:00Z or Unix seconds such as 1790812800`,
    );
  return Math.round(at);
}

function progress(start: Millis, end: Millis, output: Output): (at: Millis) => void {
  let due = performance.now() + PROGRESS;
  return at => {
    if (performance.now() < due) return;
    due = performance.now() + PROGRESS;
    const share = Math.floor((100 * (at - start)) / Math.max(end - start, 1));
    output.err(`evaluated up to ${new Date(at).toISOString()}, ${share} %`);
  };
}

/** @returns the exit code */
function report({ moments, rules, written, skipped }: BackfillSummary, output: Output): number {
  for (const rule of rules) output.out(lineOf(rule));
  output.out(
    `${counted(written, 'sample')} written of ${counted(rules.length, 'rule')} at ${counted(moments, 'moment')}, ${skipped} there already`,
  );
  const failed = rules.filter(({ failures }) => failures > 0);
  for (const { file, group, rule, failures, firstFailure } of failed) {
    const { at, error } = firstFailure as NonNullable<RuleTotal['firstFailure']>;
    const first = new Date(at).toISOString();
    output.err(
      `${file}: group ${group}, rule ${rule}: ${counted(failures, 'evaluation')} failed, first at ${first}: ${error}`,
    );
  }
  return failed.length > 0 ? 1 : 0;
}

function lineOf({ file, group, rule, made, skipped }: RuleTotal): string {
  const there = skipped > 0 ? `, ${skipped} there already` : '';
  return `${file}: group ${group}, rule ${rule}: ${counted(made, 'sample')}${there}`;
}
