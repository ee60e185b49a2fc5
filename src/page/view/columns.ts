// How many cards stand in a row on a wide screen: so that few of them leave no empty space beside them. Narrower screens
// have as many as fit (style.css).

import { computed, type ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Model, useModel } from '../model.js';
import { groupOf } from '../services.js';
import { columnsOf } from './fewest-columns.js';
import { resourceCount } from './resources.js';

/** Columns of a desktop and of a wall. */
const DESKTOP = 4;
const WALL = 6;
/** With more cards than this rows are full anyway. */
const FEW = 24;

/** The class that gives the cards below an element their columns; empty where they are as many as fit. */
export function useColumns(): ReadonlySignal<string> {
  const model = useModel();
  return useMemo(() => computed(() => classOf(model)), [model]);
}

function classOf(model: Model): string {
  // Of all services, filtered or not: a card does not change its width while one types.
  const services = Object.values(model.health.value.services);
  if (services.length > FEW) return '';
  const groups = new Map<string, number>();
  for (const each of services) groups.set(groupOf(each), (groups.get(groupOf(each)) ?? 0) + 1);
  const cards = [...groups.values(), ...(model.isReadOnly ? [] : [resourceCount(model)])];
  return classOfGroups(cards);
}

/** The same for cards that are known. @param groups cards of each */
export function classOfGroups(groups: readonly number[]): string {
  return `desktop-${columnsOf(groups, DESKTOP)} wall-${columnsOf(groups, WALL)}`;
}
