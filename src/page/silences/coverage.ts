// What matchers cover at this moment: alerts that fire, and services of which alerts would be silenced.

import { getJson } from '../api.js';
import { type MatcherText, printMatcher } from './matchers.js';

/** An alert in `/api/v2/silences/preview`. */
export interface CoveredAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** `/api/v2/silences/preview` */
interface SilencePreview {
  readonly alerts: readonly CoveredAlert[];
  /** Ids of the services of which alerts would be silenced. */
  readonly about: readonly string[];
  /** What else an alert of these services has to fit; empty when all of their alerts do. */
  readonly only: readonly string[];
  /** Alerts of these services that fire and would be sent as before. */
  readonly left_out: readonly CoveredAlert[];
}

export interface Coverage extends SilencePreview {
  /** What the monitor says is wrong with each matcher; empty texts where nothing is. */
  readonly faults: readonly string[];
}

/** @throws Error where the monitor does not answer, or alerts are not there */
export async function coverage(matchers: readonly MatcherText[]): Promise<Coverage> {
  try {
    return { ...(await preview(matchers)), faults: matchers.map(() => '') };
  } catch (error) {
    const faults = await faultsOf(matchers);
    if (faults.every(fault => fault === '')) throw error;
    return { alerts: [], about: [], only: [], left_out: [], faults };
  }
}

function preview(matchers: readonly MatcherText[]): Promise<SilencePreview> {
  const query = new URLSearchParams(matchers.map(each => ['filter', printMatcher(each)]));
  return getJson<SilencePreview>(`api/v2/silences/preview?${query}`);
}

/** Asks about each matcher alone: of several the monitor does not say which one is wrong. */
async function faultsOf(matchers: readonly MatcherText[]): Promise<string[]> {
  return Promise.all(
    matchers.map(each =>
      preview([each]).then(
        () => '',
        (error: Error) => error.message,
      ),
    ),
  );
}
