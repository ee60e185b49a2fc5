// The three parts of systeminformation a node is measured with. Its index loads what it knows of printers, batteries
// and wireless networks as well, a megabyte; a version that keeps these elsewhere is loaded whole. Required rather than
// imported: for an import Node reads all of a CommonJS package for its names first, which takes memory for good.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export type System = Pick<typeof import('systeminformation'), 'mem' | 'fsSize' | 'networkStats'>;

/** Loads them. */
export function loadSystem(): System {
  try {
    const part = (name: string) => require(`systeminformation/lib/${name}.js`);
    const { mem } = part('memory');
    const { fsSize } = part('filesystem');
    const { networkStats } = part('network');
    if (mem && fsSize && networkStats) return { mem, fsSize, networkStats };
  } catch {
    // Not where they were.
  }
  return require('systeminformation');
}
