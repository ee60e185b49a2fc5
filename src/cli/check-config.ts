// `langgraph-monitor check-config FILE...`: whether configuration files are valid, and what in them will not work.

import { loadConfiguration } from '../app/configuration.js';
import { readBounded } from '../config/bounded-file.js';
import { ConfigError } from '../config/load.js';
import { parseYamlTree } from '../config/yaml-tree.js';
import { concurrencyProblems } from '../probes/concurrency.js';
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
      const { summary, warnings } = isAlertmanagers(file) ? await alertmanagers(file) : monitors(file);
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

function monitors(file: string): CheckedConfig {
  const { services, delivery, prober } = loadConfiguration(file);
  return {
    summary: counted(services.length, 'service'),
    warnings: [
      ...concurrencyProblems(prober.concurrency, prober.connections).map(each => `${file}: ${each}`),
      ...(delivery.by === 'embedded' ? delivery.config.warnings : []),
    ],
  };
}

/** Whether a file is an alertmanager.yml; one that cannot be read is none: reading it as monitor.yml reports the error. */
export function isAlertmanagers(file: string): boolean {
  try {
    const root = parseYamlTree(readBounded(file).toString());
    const keys =
      root?.kind === 'mapping' ? root.entries.map(({ key }) => key.kind === 'scalar' && key.text) : [];
    return (keys.includes('route') || keys.includes('receivers')) && !keys.includes('services');
  } catch {
    return false;
  }
}

async function alertmanagers(file: string): Promise<CheckedConfig> {
  const { checkedAlertmanagerConfig } = await import('./alertmanager.js');
  return checkedAlertmanagerConfig(file);
}
