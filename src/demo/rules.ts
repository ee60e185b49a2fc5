// The rules the demo's monitor evaluates: the shipped ones with the spans of flapping shortened. A round of the demo
// takes five minutes, so that every service would flap from the second round on.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SHIPPED = new URL('../../rules/', import.meta.url);

type Change = readonly [shipped: string, demo: string];

const WINDOW: Change = ['[30m]', '[90s]'];
const WORDS: Change = ['within 30 minutes', 'within 90 seconds'];
/** What stands in files of rules, and in the demo instead of it. */
const SHORTER: Readonly<Record<string, readonly Change[]>> = {
  'services.rules.yml': [
    WINDOW,
    ['langgraph_monitor_service_up[10m]', 'langgraph_monitor_service_up[45s]'],
    WORDS,
  ],
  'haproxy.rules.yml': [WINDOW, ['{state="DOWN"}[10m]', '{state="DOWN"}[45s]'], WORDS],
};

/** Writes them into a new folder `rules` of a folder, beside the configuration, where the monitor looks for them. */
export async function writeRules(folder: string): Promise<void> {
  const rules = join(folder, 'rules');
  await mkdir(rules);
  const names = (await readdir(SHIPPED)).filter(name => name.endsWith('.rules.yml'));
  for (const name of names) {
    const text = await readFile(new URL(name, SHIPPED), 'utf8');
    await writeFile(join(rules, name), shortened(name, text));
  }
}

function shortened(name: string, text: string): string {
  return (SHORTER[name] ?? []).reduce((sum, [shipped, demo]) => {
    if (!sum.includes(shipped)) throw new Error(`${name} has no ${shipped} any more`);
    return sum.replaceAll(shipped, demo);
  }, text);
}
