// Where a report goes: one integration of one of its receivers.

import type { Integration } from '../alertmanager/pipeline/integration.js';
import type { ReportDefinition } from './settings.js';

/** A report to an integration, as its metrics name it. */
export interface ReportChannel {
  readonly report: string;
  readonly receiver: string;
  /** Its kind; a further one of the same kind in a receiver has its number: `email[1]`. */
  readonly integration: string;
  /** The integration's. */
  readonly id: string;
}

/** The way of a report to an integration. */
export function wayOf({ name }: ReportDefinition, { id, kind, receiverName }: Integration): ReportChannel {
  const index = id.split('/').at(-1);
  return {
    report: name,
    receiver: receiverName,
    integration: index === '0' ? kind : `${kind}[${index}]`,
    id,
  };
}
