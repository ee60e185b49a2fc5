// The tree of routes: what is inherited filled in, and what it names has to be there. Source: Alertmanager,
// dispatch/route.go and config/config.go.

import { quote } from '../../promql/print/quote.js';
import { formatMatchers } from '../matchers/matcher.js';
import type { Route } from './definition.js';
import type { WrittenRoute } from './route.js';

/** What the root has that says nothing. */
const DEFAULTS = {
  receiver: '',
  groupBy: [],
  groupWait: 30_000,
  groupInterval: 5 * 60_000,
  repeatInterval: 4 * 3_600_000,
} satisfies Partial<Route>;

/** Fills in what routes take from the one above them. */
export function resolveRoutes(root: WrittenRoute): Route {
  return resolve(root, DEFAULTS, '');
}

function resolve(written: WrittenRoute, above: Pick<Route, keyof typeof DEFAULTS>, keyAbove: string): Route {
  const own = {
    receiver: written.receiver || above.receiver,
    groupBy: written.groupBy ?? above.groupBy,
    groupWait: written.groupWait ?? above.groupWait,
    groupInterval: written.groupInterval ?? above.groupInterval,
    repeatInterval: written.repeatInterval ?? above.repeatInterval,
  };
  const { matchers, continues, muteTimeIntervals, activeTimeIntervals } = written;
  const key = `${keyAbove}${formatMatchers(matchers)}`;
  const routes = written.routes.map(each => resolve(each, own, `${key}/`));
  return { ...own, key, matchers, continues, muteTimeIntervals, activeTimeIntervals, routes };
}

/** What there is for routes to name. */
interface KnownNames {
  readonly receivers: ReadonlySet<string>;
  readonly timeIntervals: ReadonlySet<string>;
}

/** What is wrong with a tree of routes, each with its place: `route.routes[2]: undefined receiver ...`. */
export function routeProblems(root: WrittenRoute, known: KnownNames): string[] {
  return [...rootProblems(root).map(problem => `route: ${problem}`), ...undefinedNames(root, 'route', known)];
}

function rootProblems(root: WrittenRoute): string[] {
  const problems: [boolean, string][] = [
    [root.receiver === '', 'root route must specify a default receiver'],
    [root.matchers.length > 0, 'root route must not have any matchers'],
    [root.muteTimeIntervals.length > 0, 'root route must not have any mute time intervals'],
    [root.activeTimeIntervals.length > 0, 'root route must not have any active time intervals'],
    [root.continues, 'cannot have continue in root route'],
  ];
  return problems.flatMap(([isSo, problem]) => (isSo ? [problem] : []));
}

function undefinedNames(route: WrittenRoute, place: string, known: KnownNames): string[] {
  const { receiver, activeTimeIntervals, muteTimeIntervals } = route;
  const intervals = [...activeTimeIntervals, ...muteTimeIntervals].filter(
    name => !known.timeIntervals.has(name),
  );
  return [
    ...(receiver === '' || known.receivers.has(receiver)
      ? []
      : [`${place}: undefined receiver ${quote(receiver)} used in route`]),
    ...intervals.map(name => `${place}: undefined time interval ${quote(name)} used in route`),
    ...route.routes.flatMap((each, i) => undefinedNames(each, `${place}.routes[${i}]`, known)),
  ];
}
