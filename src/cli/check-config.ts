// `langgraph-monitor check-config FILE...`: whether configuration files are valid, and what in them will not work.

import { loadConfiguration } from '../app/configuration.js';
import { monitorYml } from '../app/configuration-schema.js';
import { haWarnings } from '../app/ha-warnings.js';
import { shardWarnings } from '../app/shard-results.js';
import { readBounded } from '../config/bounded-file.js';
import { ConfigError } from '../config/load.js';
import { parseYamlTree } from '../config/yaml-tree.js';
import { concurrencyProblems } from '../probes/concurrency.js';
import { REMOTE_WRITE } from '../remote-write/config/read.js';
import { SCRAPE_SECTIONS } from '../scrape/config/read.js';
import { parseFlags, UsageError } from './flags.js';
import { inputFiles } from './input-files.js';
import { type CheckedConfig, counted, type Output } from './output.js';

/** The command: all files are checked; resolves with 1 when one is not valid. @throws UsageError */
export async function checkConfigCommand(args: readonly string[], output: Output): Promise<number> {
  const { words } = parseFlags(args);
  if (words.length === 0)
    throw new UsageError('check-config wants the name of a file, or - for standard input');
  return await checkConfig(words, output);
}

/** Checks files one by one; resolves with 1 when one is not valid, its mistakes a line each. */
export async function checkConfig(files: readonly string[], output: Output): Promise<number> {
  let code = 0;
  for (const file of inputFiles(files)) {
    try {
      const { summary, warnings } = await checked(file);
      output.out(`${file}: valid, ${summary}`);
      for (const warning of warnings) output.err(`warning: ${warning}`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const mistake of error.mistakes) output.err(mistake);
      code = 1;
    }
  }
  return code;
}

async function checked(file: string): Promise<CheckedConfig> {
  if (isAlertmanagers(file)) return (await import('./alertmanager.js')).checkedAlertmanagerConfig(file);
  if (isPrometheus(file)) return (await import('./prometheus-config.js')).checkedPrometheusConfig(file);
  return monitors(file);
}

async function monitors(file: string): Promise<CheckedConfig> {
  const configuration = loadConfiguration(file);
  const { services, elsewhere, delivery, prober, scrape, remoteWrite } = configuration;
  const { checkJob } = await import('./prometheus-config.js');
  const jobs = scrape.jobs.map(job => checkJob(file, job));
  const parts = [counted(services.length, 'service')];
  if (elsewhere.size > 0) parts.push(`${services.length - elsewhere.size} of them checked here`);
  if (jobs.length > 0)
    parts.push(
      counted(jobs.length, 'scrape job'),
      counted(
        jobs.reduce((sum, job) => sum + job.targets, 0),
        'target',
      ),
    );
  if (remoteWrite.remotes.length > 0) parts.push(counted(remoteWrite.remotes.length, 'remote write'));
  return {
    summary: parts.join(', '),
    warnings: [
      ...scrape.warnings,
      ...shardWarnings(configuration).map(each => `${file}: shard: ${each}`),
      ...remoteWrite.warnings,
      ...jobs.flatMap(job => [...job.mistakes, ...job.warnings]),
      ...concurrencyProblems(prober.concurrency, prober.connections).map(each => `${file}: ${each}`),
      ...haWarnings(configuration).map(each => `${file}: ${each}`),
      ...(delivery.by === 'embedded' ? delivery.config.warnings : []),
    ],
  };
}

/** Whether a file is an alertmanager.yml; one that cannot be read is none: reading it as monitor.yml reports the error. */
export function isAlertmanagers(file: string): boolean {
  const keys = keysOf(file);
  return keys.some(key => ALERTMANAGER_KEYS.has(key)) && !keys.includes('services');
}

const ALERTMANAGER_KEYS = new Set(['route', 'receivers']);
/** What no monitor.yml has, or has beside services only. */
const PROMETHEUS_KEYS = new Set([
  'global',
  'scrape_configs',
  'scrape_config_files',
  'remote_write',
  'remote_read',
  'storage',
  'tracing',
  'otlp',
  'runtime',
]);
/** What both have. */
const SHARED_KEYS = new Set<string>([...SCRAPE_SECTIONS, REMOTE_WRITE, 'rule_files', 'alerting']);
const MONITOR_KEYS = new Set(Object.keys(monitorYml.shape).filter(key => !SHARED_KEYS.has(key)));

function isPrometheus(file: string): boolean {
  const keys = keysOf(file);
  return keys.some(key => PROMETHEUS_KEYS.has(key)) && !keys.some(key => MONITOR_KEYS.has(key));
}

/** The keys of a file's top level; none of one that is no YAML. */
function keysOf(file: string): string[] {
  try {
    const root = parseYamlTree(readBounded(file).toString());
    return root?.kind === 'mapping'
      ? root.entries.flatMap(({ key }) => (key.kind === 'scalar' ? key.text : []))
      : [];
  } catch {
    return [];
  }
}
