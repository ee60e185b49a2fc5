// Which way an alert goes. Comes in: the tree of routes and an alert's labels; goes out: the routes that take it and
// its group on each. Source: Alertmanager, dispatch.

import type { Labels } from '../../model/labels.js';
import { quote } from '../../promql/print/quote.js';
import type { Route } from '../config/definition.js';
import { matchesAll } from '../matchers/matcher.js';

/** The routes an alert reaches, in the order of the tree; the root takes what no other route matches. */
export function matchingRoutes(root: Route, labels: Labels): Route[] {
  return matchesAll(root.matchers, labels) ? within(root, labels) : [];
}

/** Children that do not match do not hold up the ones after them; the last one taken is the first that does not continue. */
function within(route: Route, labels: Labels): Route[] {
  const matching: Route[] = [];
  for (const child of route.routes) {
    if (!matchesAll(child.matchers, labels)) continue;
    matching.push(...within(child, labels));
    if (!child.continues) break;
  }
  return matching.length > 0 ? matching : [route];
}

/** What alerts of one group on this route have in common. */
export function groupLabelsOf({ groupBy }: Route, labels: Labels): Labels {
  return groupBy === 'all' ? labels : labels.keep(groupBy);
}

/** A group's name: `{}/{severity="critical"}:{alertname="ServiceDown"}`. */
export function groupKeyOf({ key }: Route, groupLabels: Labels): string {
  const pairs = [...groupLabels.pairs()].map(([name, value]) => `${name}=${quote(value)}`);
  return `${key}:{${pairs.join(', ')}}`;
}

/** Every route, each before its children. */
export function* allRoutes(root: Route): Generator<Route> {
  yield root;
  for (const child of root.routes) yield* allRoutes(child);
}
