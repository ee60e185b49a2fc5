// Which services are shown, in which groups and in which order.

import type { View } from './address.js';
import type { ServiceEntry } from './state.js';
import { statusRank } from './status.js';
import { compareNames } from './words.js';

type Entry = readonly [id: string, entry: ServiceEntry];

export interface Group {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** With many services: healthy ones that stand behind one line. */
  readonly folded: readonly Entry[];
}

/** Up to so many services of a group are shown one by one, whatever their state. */
const FOLD_ABOVE = 24;

/** The services a view shows. @param held ids in the order that must stay as it is; empty for none */
export function groupServices(
  services: Readonly<Record<string, ServiceEntry>>,
  view: View,
  held: readonly string[] = [],
): readonly Group[] {
  const shown = Object.entries(services).filter(entry => fits(entry, view));
  const places = new Map(held.map((id, place) => [id, place]));
  const place = (id: string) => places.get(id) ?? Number.MAX_SAFE_INTEGER;
  const byPlace = (a: Entry, b: Entry) => (held.length === 0 ? 0 : place(a[0]) - place(b[0]));
  const sorted = shown.sort((a, b) => byPlace(a, b) || compare(a, b, view));
  const filled = [...partsOf(sorted, Object.values(services))];
  const isPlain = filled.length === 1 && filled.every(([, entries]) => entries.every(isUngrouped));
  return filled.map(([name, entries]) => fold(isPlain ? 'Services' : name, entries, view));
}

/**
 * The groups that are configured, in the order their first service has in the configuration, then the rest by whether it
 * is critical. @param sorted what is shown @param all every service, in the configuration's order
 */
function partsOf(sorted: readonly Entry[], all: readonly ServiceEntry[]): Map<string, Entry[]> {
  const names = [...new Set(all.map(({ group }) => group).filter(group => group !== undefined))];
  const parts = new Map<string, Entry[]>([...names, 'Critical', 'Other'].map(name => [name, []]));
  for (const entry of sorted) parts.get(groupOf(entry[1]))?.push(entry);
  for (const [name, entries] of parts) if (entries.length === 0) parts.delete(name);
  return parts;
}

/** The name of the group a service stands in. */
export function groupOf({ group, critical }: ServiceEntry): string {
  return group ?? (critical ? 'Critical' : 'Other');
}

function isUngrouped([, { group }]: Entry): boolean {
  return group === undefined;
}

function fold(name: string, entries: readonly Entry[], { text, states }: View): Group {
  if (entries.length <= FOLD_ABOVE || text !== '' || states.length > 0) return { name, entries, folded: [] };
  const unfolded: Entry[] = [];
  const folded: Entry[] = [];
  for (const entry of entries) (entry[1].health.status === 'healthy' ? folded : unfolded).push(entry);
  return { name, entries: unfolded, folded };
}

function fits([id, { name, health }]: Entry, { text, states }: View): boolean {
  if (states.length > 0 && !states.includes(health.status)) return false;
  if (text === '') return true;
  const wanted = text.toLowerCase();
  return [id, name, health.error ?? '', ...models(health.data)].some(each =>
    each.toLowerCase().includes(wanted),
  );
}

/** The models a service's body names; bodies are whatever a service says. */
export function models(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return [];
  const { models: many, model: one } = data as { models?: unknown; model?: unknown };
  const named = Array.isArray(many) ? many : [one];
  return named.filter(each => typeof each === 'string');
}

function compare([, a]: Entry, [, b]: Entry, { order }: View): number {
  let first = 0;
  if (order === 'slowest') first = (b.health.response_time ?? -1) - (a.health.response_time ?? -1);
  if (order === 'worst') first = statusRank(a.health.status) - statusRank(b.health.status);
  return first || compareNames(a.name, b.name);
}
