// What blackbox_exporter says of a server, for tests that compare it with a probe of ours.

import type { Exporter } from '../../support/exporters.js';
import { parseExposition } from './comparison.js';
import type { Run } from './recording.js';

/** Samples by series, `probe_dns_answer_rrs` or `probe_dns_duration_seconds{phase="connect"}`. */
export type Samples = ReadonlyMap<string, number>;

/** Lets blackbox_exporter probe a target by one of its modules. */
export async function probeByBlackbox({ url }: Exporter, module: string, target: string): Promise<Samples> {
  const answer = await fetch(`${url}/probe?module=${module}&target=${encodeURIComponent(target)}`);
  if (!answer.ok) throw new Error(await answer.text());
  const shown = parseExposition(await answer.text());
  return new Map(
    [...shown].flatMap(([name, { samples }]) =>
      [...samples].map(([labels, value]) => [labels ? `${name}{${labels}}` : name, value] as const),
    ),
  );
}

/** Of each series its value on both sides, `success` being the verdict; undefined where a side does not show it. */
export function bothSides(
  ours: Run,
  theirs: Samples,
  series: readonly string[],
): { readonly ours: object; readonly theirs: object } {
  return {
    ours: {
      success: ours.failure ? 0 : 1,
      ...Object.fromEntries(series.map(name => [name, ours.attempt.value(name)])),
    },
    theirs: {
      success: theirs.get('probe_success'),
      ...Object.fromEntries(series.map(name => [name, theirs.get(name)])),
    },
  };
}
