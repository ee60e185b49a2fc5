// What the monitor says of its own metric families.

import type { CancelSignal } from '../../concurrency/cancel-signal.js';
import { wholeOf } from '../../query/chunked-answer.js';
import type { QueryEngine } from '../../query/engine.js';

/** Of one metric family. */
export interface FamilyDescription {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** By name. @param metric only this one; all when it is empty @throws QueryError */
export async function ownMetadata(
  query: QueryEngine,
  metric: string,
  signal: CancelSignal,
): Promise<Record<string, FamilyDescription[]>> {
  const { data } = await query.answer({ type: 'metadata', ...(metric !== '' && { metric }) }, { signal });
  return JSON.parse((await wholeOf(data)).toString('utf8'));
}
