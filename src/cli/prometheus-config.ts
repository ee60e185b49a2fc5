// What `langgraph-monitor check-config` says of a prometheus.yml, as `promtool check config` does of the same sections.

import { dirname } from 'node:path';
import { ConfigError } from '../config/config-error.js';
import { FileSecret } from '../config/file-secret.js';
import { glob } from '../config/glob.js';
import { loadRuleFiles } from '../rules/load.js';
import type { ScrapeJob, TargetGroup } from '../scrape/config/definition.js';
import { loadPrometheusYml } from '../scrape/config/prometheus-yml.js';
import { PoolBuilder } from '../scrape/discovery/pool.js';
import { readTargetFile } from '../scrape/discovery/target-file.js';
import { type CheckedConfig, counted } from './output.js';

/** What is in it. @throws ConfigError */
export function checkedPrometheusConfig(file: string): CheckedConfig {
  const { scrape, ruleFiles, notRead } = loadPrometheusYml(file);
  const checked = scrape.jobs.map(job => checkJob(file, job));
  const mistakes = checked.flatMap(each => each.mistakes);
  let rules = 0;
  try {
    rules = loadRuleFiles(ruleFiles, dirname(file)).length;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    mistakes.push(...error.mistakes.map(each => (each.startsWith('rule_files') ? `${file}: ${each}` : each)));
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const targets = checked.reduce((sum, each) => sum + each.targets, 0);
  return {
    summary: [
      counted(scrape.jobs.length, 'job'),
      counted(targets, 'target'),
      counted(rules, 'rule file'),
    ].join(', '),
    warnings: [
      ...scrape.warnings,
      ...checked.flatMap(each => each.warnings),
      ...(notRead.length > 0
        ? [`${file}: not read, since only a Prometheus has a use for it: ${notRead.join(', ')}`]
        : []),
    ],
  };
}

interface CheckedJob {
  /** Of static groups and files. */
  readonly targets: number;
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

/** The problems of a job that its configuration does not show: in its files and its targets. */
export function checkJob(file: string, job: ScrapeJob): CheckedJob {
  const where = `${file}: job ${JSON.stringify(job.name)}`;
  const { groups, mistakes, missing } = groupsOf(job);
  const { pool, problems } = new PoolBuilder(job).build(groups);
  const { authorization, basic_auth: basic } = job.options.http;
  // promtool wants the one to be there, and not the other.
  const credentials = fileProblems([authorization?.credentials]);
  const password = fileProblems([basic?.username, basic?.password]);
  return {
    targets: pool.targets.length,
    mistakes: [...mistakes, ...problems, ...credentials].map(each => `${where}: ${each}`),
    warnings: [
      ...password.map(each => `${where}: ${each}`),
      ...missing.map(path => `${where}: file ${JSON.stringify(path)} for file_sd does not exist`),
      ...(pool.problem ? [`${where}: ${pool.problem}`] : []),
    ],
  };
}

function groupsOf({ discovery }: ScrapeJob) {
  const groups: TargetGroup[] = [...discovery.static];
  const [mistakes, missing]: [string[], string[]] = [[], []];
  for (const pattern of discovery.file.flatMap(({ files }) => files)) {
    try {
      const files = glob(pattern);
      if (files.length === 0) missing.push(pattern);
      for (const each of files) groups.push(...readTargetFile(each));
    } catch (error) {
      mistakes.push((error as Error).message);
    }
  }
  return { groups, mistakes, missing };
}

/** Why a secret's file cannot be read, which may still come. */
function fileProblems(secrets: readonly unknown[]): string[] {
  return secrets.flatMap(secret => {
    if (!(secret instanceof FileSecret)) return [];
    try {
      secret.reveal();
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}
