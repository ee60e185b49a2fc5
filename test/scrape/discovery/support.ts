// A discovery of one job for a test, and what it found.

import { expect } from 'vitest';
import { parseYamlTree } from '../../../src/config/yaml-tree.js';
import { readScrapeSections } from '../../../src/scrape/config/read.js';
import { Discovery } from '../../../src/scrape/discovery/discovery.js';

export interface Discovered {
  readonly discovery: Discovery;
  readonly log: string[];
  /** Addresses of the targets, sorted; what its providers have found until now is among them. */
  addresses(): string[];
  /** The labels of its targets as discovered, but for those of the job. */
  labels(): Record<string, string>[];
  /** Waits until the targets have these addresses. */
  until(addresses: readonly string[]): Promise<void>;
  /** Waits until something was logged. */
  untilLogged(text: string): Promise<void>;
}

export const jobs = (keys: object, folder: string) => {
  const configs = parseYamlTree(JSON.stringify([{ job_name: 'job', ...keys }]));
  if (!configs) throw new Error('no configuration');
  return readScrapeSections({ scrape_configs: configs }, `${folder}/prometheus.yml`).jobs;
};

/** Starts one; files are relative to a folder. The caller must close it. */
export function discover(keys: object, folder = '/', resolvConf?: string): Discovered {
  const log: string[] = [];
  const discovery = new Discovery({
    onPools: () => {},
    log: (_, message, { err = '' }) => log.push(`${message}: ${err}`),
    ...(resolvConf !== undefined && { resolvConf }),
  });
  const configured = jobs(keys, folder);
  discovery.configure(configured);
  const found = () => discovery.pools[0]?.pool.targets ?? [];
  const addresses = () => {
    // The same configuration once more: providers go on, and changes are not waited for.
    discovery.configure(configured);
    return found()
      .map(({ discoveredLabels }) => discoveredLabels.__address__ ?? '')
      .sort();
  };
  return {
    discovery,
    log,
    addresses,
    labels: () =>
      found().map(({ discoveredLabels }) => {
        const own = Object.entries(discoveredLabels).filter(
          ([name]) => !/^(job|__scheme__|__metrics_path__|__scrape_.*)$/.test(name),
        );
        return Object.fromEntries(own);
      }),
    until: wanted => expect.poll(addresses, { interval: 20 }).toEqual([...wanted].sort()),
    untilLogged: text => expect.poll(() => log.join('\n'), { interval: 20 }).toContain(text),
  };
}
