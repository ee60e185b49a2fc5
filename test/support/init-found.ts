// The monitor.yml that `init` writes of what a source says, for a test: written into a folder and read as a monitor does.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/app/configuration.js';
import type { Found } from '../../src/cli/init/found.js';
import { monitorYml } from '../../src/cli/init/write.js';

export interface WrittenMonitor {
  readonly text: string;
  readonly configuration: ReturnType<typeof loadConfiguration>;
  /** `ID KIND VALUE` of each service, with its first setting. */
  readonly services: readonly string[];
}

/** @throws ConfigError when what was written is not valid */
export function writeFound(found: Found, folder: string): WrittenMonitor {
  const file = join(folder, 'monitor.yml');
  const text = monitorYml(found, 'a source');
  writeFileSync(file, text);
  const configuration = loadConfiguration(file);
  const settings = text.matchAll(
    /^ {2}(\S+):\n(?: {4}#.*\n)* {4}name: .*\n {4}kind: (\S+)\n {4}\w+: (.*)$/gm,
  );
  return {
    text,
    configuration,
    services: [...settings].map(([, id, kind, value]) => `${id} ${kind} ${value?.replaceAll('"', '')}`),
  };
}
