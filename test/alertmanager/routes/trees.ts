// Pseudo-random trees of routes and alerts, the same in every run.

import type { Random } from '../../support/random.js';

/** Labels of a random alert. */
export type MadeUpLabels = Readonly<Record<string, string>>;

interface MadeUpRoute {
  receiver?: string;
  matchers?: string[];
  match?: Record<string, string>;
  match_re?: Record<string, string>;
  continue?: boolean;
  group_by?: string[];
  group_wait?: string;
  routes?: MadeUpRoute[];
}

const NAMES = ['a', 'b', 'c', 'd'];
const VALUES = ['x', 'y', 'z', 'xy', 'x y', 'q"u\\o', 'line\nfeed', 'größe', '1'];
const EXPRESSIONS = [
  'x|y',
  'x.*',
  '.+',
  '',
  '[xy]+',
  '(?i)X',
  'line.*',
  'line\\nfeed',
  '\\d',
  '.*',
  'gr.ße',
  '^x$',
];
const RECEIVERS = ['r0', 'r1', 'r2', 'r3', 'r4'];

/** A configuration, which as JSON is YAML too. Receivers have the settings that `integrations` returns. */
export function madeUpConfig(random: Random, integrations: object = {}): object {
  return {
    route: { ...madeUpRoute(random, 0), receiver: 'r0' },
    receivers: RECEIVERS.map(name => ({ name, ...integrations })),
  };
}

function madeUpRoute(random: Random, depth: number): MadeUpRoute {
  const route: MadeUpRoute = { group_wait: '0s' };
  if (random.chance(0.7)) route.receiver = random.pick(RECEIVERS);
  if (random.chance(0.4)) route.group_by = groupBy(random);
  if (depth > 0) Object.assign(route, conditions(random));
  if (depth > 0 && random.chance(0.4)) route.continue = true;
  if (depth < 3)
    route.routes = Array.from({ length: random.below(5 - depth) }, () => madeUpRoute(random, depth + 1));
  return route;
}

function groupBy(random: Random): string[] {
  if (random.chance(0.2)) return ['...'];
  const names = NAMES.filter(() => random.chance(0.4));
  return names.length > 0 ? names : ['a'];
}

function conditions(random: Random): MadeUpRoute {
  const made: MadeUpRoute = {};
  if (random.chance(0.8)) made.matchers = Array.from({ length: 1 + random.below(2) }, () => matcher(random));
  if (random.chance(0.15)) made.match = { [random.pick(NAMES)]: random.pick(VALUES) };
  if (random.chance(0.15)) made.match_re = { [random.pick(NAMES)]: random.pick(EXPRESSIONS) };
  return made;
}

function matcher(random: Random): string {
  const type = random.pick(['=', '!=', '=~', '!~']);
  const value = type.endsWith('~') ? random.pick(EXPRESSIONS) : random.pick([...VALUES, '']);
  const isBare = /^\w+$/.test(value) && random.chance(0.5);
  return `${random.pick(NAMES)}${type}${isBare ? value : written(value)}`;
}

/** A value quoted for a matcher. */
export function written(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** An alert's labels. */
export function madeUpLabels(random: Random): MadeUpLabels {
  const names = NAMES.filter(() => random.chance(0.6));
  return Object.fromEntries(names.map(name => [name, random.pick(VALUES)]));
}
