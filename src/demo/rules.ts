// The rules the demo's monitor evaluates: the shipped ones with the spans of flapping shortened. A round of the demo takes
// five minutes, so that every service would flap from the second round on. Called by run.ts.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SHIPPED = new URL('../../rules/', import.meta.url);

/** What stands in services.rules.yml, and in the demo instead of it. */
const SHORTER: readonly (readonly [shipped: string, demo: string])[] = [
  ['[30m]', '[90s]'],
  ['langgraph_monitor_service_up[10m]', 'langgraph_monitor_service_up[45s]'],
  ['within 30 minutes', 'within 90 seconds'],
];

/** Writes them into a new folder `rules` of a folder, beside the configuration, where the monitor looks for them. */
export async function writeRules(folder: string): Promise<void> {
  const rules = join(folder, 'rules');
  await mkdir(rules);
  const names = (await readdir(SHIPPED)).filter(name => name.endsWith('.rules.yml'));
  for (const name of names) {
    const text = await readFile(new URL(name, SHIPPED), 'utf8');
    await writeFile(join(rules, name), name === 'services.rules.yml' ? shortened(text) : text);
  }
}

function shortened(text: string): string {
  return SHORTER.reduce((sum, [shipped, demo]) => {
    if (!sum.includes(shipped)) throw new Error(`services.rules.yml has no ${shipped} any more`);
    return sum.replaceAll(shipped, demo);
  }, text);
}
