// A probe of ours and another exporter measure the same server.

import { expect } from 'vitest';
import { attemptFamilies } from '../../../src/probes/attempt.js';
import type { Probe } from '../../../src/probes/probe.js';
import type { ProbeKind } from '../../../src/probes/probe-kind.js';
import { compare, type Exception, type Moving, measure, parseExposition } from './comparison.js';

/** Differences that are meant. */
export interface Meant {
  readonly exceptions: readonly Exception[];
  readonly moving: readonly Moving[];
  /** Names of labels: theirs, ours. */
  readonly rename?: Readonly<Record<string, string>>;
}

/** Every difference between our probe and theirs: ours is run, theirs, and ours again. */
export async function sideBySide(
  kind: Pick<ProbeKind, 'families'>,
  probe: Probe,
  url: string,
  { exceptions, moving, rename = {} }: Meant,
): Promise<string[]> {
  const families = [...attemptFamilies, ...kind.families];
  // The first probe of each changes what the server shows, such as its clients; compare the second ones.
  await measure(probe, families);
  await fetch(url);
  const before = await measure(probe, families);
  const response = await fetch(url);
  const theirs = parseExposition(await response.text(), rename);
  const after = await measure(probe, families);
  expect(theirs.size).toBeGreaterThan(0);
  return compare({ before, theirs, after, exceptions, moving });
}
