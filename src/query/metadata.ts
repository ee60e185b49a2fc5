// What `/api/v1/metadata` says of the families the registry has now.

import type { ApiAnswer, ApiQuery, FamilyMetadata } from './engine.js';
import { printMetadata } from './thread/print.js';

/** Families by name, as many as were asked for. In Prometheus a limit of 0 gives none, one per metric gives all. */
export function describeFamilies(
  families: readonly FamilyMetadata[],
  { metric, limit, limitPerMetric }: Extract<ApiQuery, { type: 'metadata' }>,
): ApiAnswer {
  const byName = new Map<string, FamilyMetadata[]>();
  for (const family of families) {
    if (metric !== undefined && metric !== '' && family.name !== metric) continue;
    const known = byName.get(family.name) ?? [];
    if (isBelow(known.length, limitPerMetric || undefined)) known.push(family);
    if (byName.has(family.name) || isBelow(byName.size, limit)) byName.set(family.name, known);
  }
  return { data: printMetadata(byName), warnings: [], infos: [] };
}

function isBelow(count: number, limit: number | undefined): boolean {
  return limit === undefined || limit < 0 || count < limit;
}
