// What the prober makes of a probe of ours: the status' reason and line.

import { schemaKit } from '../../../src/config/schema-kit.js';
import { runCheck } from '../../../src/probes/attempt.js';
import type { Probe } from '../../../src/probes/probe.js';
import type { ProbeKind } from '../../../src/probes/probe-kind.js';
import { ReadingsRecorder } from '../../../src/probes/readings.js';

/** `reason: line` of one check, or `ok`. @param timeout in milliseconds */
export async function checkedBy(probe: Probe, timeout: number): Promise<string> {
  const bounds = { timeout, slowAfter: 10_000, isService: true };
  const { reason, error } = await runCheck(probe, bounds, new ReadingsRecorder());
  return reason ? `${reason}: ${error}` : 'ok';
}

/** What check-config says of options of a kind; undefined when nothing is wrong. */
export function problemOf<Options>(kind: ProbeKind<Options>, options: object): string | undefined {
  const { data, error } = kind.options(schemaKit).safeParse(options);
  return error?.issues[0]?.message ?? kind.check?.(data as Options);
}
