// Whether the last reload of the configuration was refused, and why.

import { getJson, instant } from './api.js';

/** A reload that found mistakes. */
export interface RefusedReload {
  /** The monitor's local time; undefined where the audit trail has it no more. */
  readonly at: string | undefined;
  /** A mistake a line. */
  readonly error: string;
}

interface Trail {
  readonly audit_trail: readonly {
    readonly timestamp: string;
    readonly event: string;
    readonly details: Readonly<Record<string, string>>;
  }[];
}

/** Undefined while the configuration is the one of the file. @throws as getJson */
export async function refusedReload(): Promise<RefusedReload | undefined> {
  const series = await instant('langgraph_monitor_config_last_reload_successful == 0');
  if (series.length === 0) return undefined;
  const { audit_trail: trail } = await getJson<Trail>('audit_trail?limit=1000');
  const last = trail.find(({ event }) => event.startsWith('configuration reload'));
  if (last?.event === 'configuration reloaded') return undefined;
  return { at: last?.timestamp, error: last?.details.error ?? 'The log says why.' };
}
