// `langgraph-monitor report`: everything of a week or a month, of the samples in the storage folder, which a monitor may be
// using, or of the Prometheus at `query.url`.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditTrail } from '../alerts/audit-trail.js';
import { Analyst, NothingYet, TooMuch } from '../analysis/analyst.js';
import { lastDays, monthOf, type Scope } from '../analysis/asking.js';
import { HourlyFigures } from '../analysis/hours/hourly-figures.js';
import { periodReport } from '../analysis/reports/period-report.js';
import { type Configuration, loadConfiguration } from '../app/configuration.js';
import { engineOptions } from '../app/settings.js';
import { systemClock } from '../model/time.js';
import { EmbeddedEngine } from '../query/embedded.js';
import { QueryError } from '../query/engine.js';
import { RemoteEngine } from '../query/remote/engine.js';
import { withAudit } from '../report/audited.js';
import { FORMATS, type Format, forms } from '../report/formats.js';
import { MAX_DAYS, nameOf, type ReportPeriod } from '../report/period.js';
import { loadNative } from '../store/native.js';
import { Store } from '../store/store.js';
import { type Flags, parseFlags, UsageError } from './flags.js';
import type { Output } from './output.js';
import { takeOwnFlags } from './own-flags.js';
import { version } from './version.js';

/** Why the files are not opened to be written: another process may have them. */
const READ_ONLY = 'they are only read here';

interface Wanted {
  readonly scope: Scope;
  readonly period: ReportPeriod;
  readonly format: Format;
  /** Undefined: standard output. */
  readonly file: string | undefined;
}

/** Runs the command; resolves with its exit code. @throws UsageError | ConfigError */
export async function reportCommand(args: readonly string[], output: Output): Promise<number> {
  const { own, rest } = takeOwnFlags(args, ['days', 'month', 'format', 'output']);
  const flags = parseFlags(rest);
  const wanted = requestOf(own, flags);
  const configuration = loadConfiguration(flags.configFile);
  loadNative();
  const samples = join(flags.storage.path, 'samples.db');
  if (!configuration.remote && !existsSync(samples)) {
    output.err(`${samples}: no such file; name the folder of a monitor's samples with --storage.path`);
    return 1;
  }
  try {
    const text = await make(wanted, configuration, flags);
    if (wanted.file === undefined) output.out(text.trimEnd());
    else writeFileSync(wanted.file, text);
    return 0;
  } catch (error) {
    output.err(`langgraph-monitor: ${problemOf(error, wanted, flags)}`);
    return 1;
  }
}

async function make(
  { scope, period, format }: Wanted,
  configuration: Configuration,
  flags: Flags,
): Promise<string> {
  const engine = openEngine(configuration, flags);
  const store = new Store({
    file: join(flags.storage.path, 'monitor.db'),
    retention: flags.storage.retention,
    log: () => {},
    obstacle: () => READ_ONLY,
  });
  try {
    const { services } = configuration;
    const analyst = new Analyst({
      engine,
      services: () => services,
      hourly: new HourlyFigures({ engine, clock: systemClock, store: store.hours }),
      rollups: store.days,
      clock: systemClock,
    });
    const { report } = await analyst.report(periodReport, scope);
    const audited = withAudit(report, new AuditTrail(store.states));
    return forms[format].write(audited, { name: nameOf(period), url: flags.externalUrl, version: version() });
  } finally {
    store.close();
    await engine.close();
  }
}

function openEngine({ remote, scrapeInterval }: Configuration, flags: Flags): EmbeddedEngine | RemoteEngine {
  if (remote) return new RemoteEngine(remote);
  return new EmbeddedEngine({
    ...engineOptions(flags, scrapeInterval),
    obstacle: READ_ONLY,
    metadata: () => [],
    log: () => {},
  });
}

function requestOf(own: Readonly<Partial<Record<string, string>>>, flags: Flags): Wanted {
  const [word] = flags.words;
  if (word !== undefined) throw new UsageError(`report: unexpected ${word}`);
  const { days = '7', month, format, output: file } = own;
  if (month !== undefined && own.days !== undefined)
    throw new UsageError('report takes --days or --month, not both');
  const count = Number(days);
  if (!/^\d+$/.test(days) || count < 1 || count > MAX_DAYS)
    throw new UsageError(`--days: "${days}" is no number of days from 1 to ${MAX_DAYS}`);
  const calendar = month === undefined ? undefined : /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (calendar === null) throw new UsageError(`--month: "${month}" is no month; write 2026-10`);
  return {
    scope: calendar ? monthOf(Number(calendar[1]), Number(calendar[2])) : lastDays(count),
    period: calendar ? 'month' : { days: count },
    format: formatOf(format, file),
    file,
  };
}

/** As it is given, or as the name of the file ends. */
function formatOf(given: string | undefined, file: string | undefined): Format {
  const word = given ?? file?.split('.').at(-1)?.toLowerCase();
  const format = FORMATS.find(each => each === word);
  if (format) return format;
  if (given !== undefined) throw new UsageError(`--format: "${given}" is none of ${FORMATS.join(', ')}`);
  return file === undefined ? 'md' : 'html';
}

function problemOf(error: unknown, { file }: Wanted, { storage }: Flags): string {
  const { message, code } = error as NodeJS.ErrnoException;
  if (error instanceof NothingYet || error instanceof TooMuch) return message;
  if (error instanceof QueryError) return `${storage.path}: the samples cannot be asked: ${message}`;
  if (file !== undefined && code !== undefined) return `${file}: cannot be written: ${message}`;
  throw error;
}
