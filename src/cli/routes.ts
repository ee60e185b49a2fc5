// `langgraph-monitor check-routes [test] LABEL=VALUE...`: which receivers an alert reaches, as `amtool config routes test`
// says it; `check-routes show`: the whole tree, as `amtool config routes show` prints it. With their exit codes.

import { parseArgs } from 'node:util';
import type { Route } from '../alertmanager/config/definition.js';
import { loadAlertmanagerConfig } from '../alertmanager/config/load.js';
import { matchingRoutes } from '../alertmanager/dispatch/routes.js';
import { MatcherError } from '../alertmanager/matchers/error.js';
import { formatMatchers, matchesAll } from '../alertmanager/matchers/matcher.js';
import { parseMatcher } from '../alertmanager/matchers/parse.js';
import { Labels } from '../model/labels.js';
import { UsageError } from './flags.js';
import type { Output } from './output.js';

const OPTIONS = {
  'config.file': { type: 'string', default: 'alertmanager.yml' },
  'verify.receivers': { type: 'string' },
  tree: { type: 'boolean', default: false },
} as const;

/** Runs the command with what follows its name; the exit code. @throws UsageError | ConfigError */
export function checkRoutes(args: readonly string[], output: Output): number {
  const { values, positionals } = parse(args);
  const { route } = loadAlertmanagerConfig(values['config.file']);
  const wanted = values['verify.receivers'];
  const [command] = positionals;
  if (command === 'show') {
    if (positionals[1] !== undefined)
      throw new UsageError(
        `check-routes show: unexpected ${positionals[1]}; labels are for check-routes test`,
      );
    output.out(['Routing tree:', ...tree([branchOf(route, wholeBranch)]), ''].join('\n'));
    return 0;
  }
  const labels = labelsOf(command === 'test' ? positionals.slice(1) : positionals);
  if (typeof labels === 'string') {
    output.err(`langgraph-monitor: Failed to parse labels: ${labels}`);
    return 1;
  }
  if (values.tree) {
    const matching = branchOf(route, each => matchingBranch(each, labels));
    output.out(['Matching routes:', ...tree([matching]), '', ''].join('\n'));
  }
  const reached = matchingRoutes(route, labels)
    .map(({ receiver }) => receiver)
    .join(',');
  output.out(reached);
  if (!wanted || wanted === reached) return 0;
  output.out('WARNING: Expected receivers did not match resolved receivers.');
  return 1;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    const [line = ''] = (error as Error).message.split(/\. |\n/);
    const known = Object.keys(OPTIONS).map(name => `--${name}`);
    throw new UsageError(`check-routes: ${line}; there are ${known.join(', ')}`);
  }
}

/** The labels, or what is wrong with them. */
function labelsOf(texts: readonly string[]): Labels | string {
  try {
    const matchers = texts.map(parseMatcher);
    if (matchers.some(({ type }) => type !== '=')) return 'labels must be specified as key=value pairs';
    return Labels.of(matchers.map(({ name, value }) => [name, value]));
  } catch (error) {
    if (error instanceof MatcherError) return error.message;
    throw error;
  }
}

interface Branch {
  readonly text: string;
  readonly below: readonly Branch[];
}

/** Which routes below one are shown, and what is said of it. */
type Choice = (route: Route) => { readonly text: string; readonly below: readonly Route[] };

function branchOf(route: Route, choose: Choice): Branch {
  const { text, below } = choose(route);
  return { text, below: below.map(each => branchOf(each, choose)) };
}

function wholeBranch(route: Route): ReturnType<Choice> {
  const parts = [
    nameOf(route),
    ...(route.continues ? ['continue: true'] : []),
    `receiver: ${route.receiver}`,
  ];
  return { text: parts.join('  '), below: route.routes };
}

function matchingBranch(route: Route, labels: Labels): ReturnType<Choice> {
  const matching = route.routes.filter(each => matchesAll(each.matchers, labels));
  const last = matching.findIndex(each => !each.continues);
  const below = last < 0 ? matching : matching.slice(0, last + 1);
  return { text: below.length > 0 ? nameOf(route) : `${nameOf(route)}  receiver: ${route.receiver}`, below };
}

function nameOf({ matchers }: Route): string {
  return matchers.length === 0 ? 'default-route' : formatMatchers(matchers);
}

/** Lines of a drawn tree; the spaces beside a trunk are of the kind that does not break. */
function tree(branches: readonly Branch[]): string[] {
  return ['.', ...branches.flatMap((branch, i) => drawn(branch, i === branches.length - 1))];
}

function drawn({ text, below }: Branch, isLast: boolean): string[] {
  const indent = isLast ? '    ' : '│\u00a0\u00a0 ';
  const lines = below.flatMap((branch, i) => drawn(branch, i === below.length - 1));
  return [`${isLast ? '└──' : '├──'} ${text}`, ...lines.map(line => indent + line)];
}
