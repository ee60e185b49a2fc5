// alertmanager.yml. Comes in: its text; goes out: what it says, or every mistake in it with its place, in
// Alertmanager's words (config/config.go).

import { dirname } from 'node:path';
import type { Field } from '../../config/decode.js';
import { ConfigError } from '../../config/load.js';
import { maskedConfig } from '../../config/masked-yaml.js';
import { parseYamlTree, YamlProblem } from '../../config/yaml-tree.js';
import { parseModelDuration } from '../../promql/duration.js';
import { quote } from '../../promql/print/quote.js';
import { receiverKinds } from '../receivers/index.js';
import type { ReceiverKind } from '../receivers/receiver.js';
import type { AlertmanagerConfig, ReceiverDefinition } from './definition.js';
import { readGlobal } from './global.js';
import { readInhibitRules } from './inhibit-rules.js';
import { newerKeys } from './newer-keys.js';
import { readReceivers } from './receivers.js';
import { readRoute, type WrittenRoute } from './route.js';
import { resolveRoutes, routeProblems } from './route-tree.js';
import { TemplateDecoder } from './template-decoder.js';
import { readTemplateFiles } from './templates.js';
import { type NamedIntervals, readTimeIntervals } from './time-intervals.js';

const KEYS = [
  'global',
  'route',
  'inhibit_rules',
  'receivers',
  'templates',
  'mute_time_intervals',
  'time_intervals',
] as const;

interface Written extends Pick<AlertmanagerConfig, 'global' | 'receivers' | 'inhibitRules' | 'templates'> {
  readonly route: WrittenRoute | undefined;
  readonly muteTimeIntervals: readonly NamedIntervals[];
  readonly timeIntervals: readonly NamedIntervals[];
}

/**
 * Reads the text of an alertmanager.yml; the files it names are found beside it. `file` is its path and how it is called
 * in messages.
 * @throws ConfigError with every mistake
 */
export function readAlertmanagerConfig(
  file: string,
  text: string,
  kinds: readonly ReceiverKind[] = receiverKinds,
): AlertmanagerConfig {
  const root = parse(file, text);
  const decoder = new TemplateDecoder(parseModelDuration, dirname(file));
  const written = readAll(decoder, root, kinds);
  refuse(decoder.problems.map(({ line, reason }) => `${file}: yaml: line ${line}: ${reason}`));
  if (!root) refuse([`${file}: no route provided in config`]);
  refuse(problemsOf(written).map(problem => `${file}: ${problem}`));
  const { global, receivers, inhibitRules, templates } = written;
  const route = resolveRoutes(written.route as WrittenRoute);
  const all = [...written.muteTimeIntervals, ...written.timeIntervals];
  const timeIntervals = new Map(all.map(({ name, intervals }) => [name, intervals]));
  const masked = maskedConfig(root, decoder.secrets);
  const problems = root ? [...decoder.warnings(root), ...decoder.templateProblems(root, templates)] : [];
  const warnings = problems.map(each => `${file}: ${each}`);
  return { file, masked, global, route, receivers, inhibitRules, timeIntervals, templates, warnings };
}

function refuse(mistakes: readonly string[]): void {
  if (mistakes.length > 0) throw new ConfigError(mistakes);
}

function parse(file: string, text: string): Field {
  try {
    return parseYamlTree(text);
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    throw new ConfigError([`${file}: yaml: line ${error.line}: ${error.message}`]);
  }
}

function readAll(decoder: TemplateDecoder, root: Field, kinds: readonly ReceiverKind[]): Written {
  const fields = decoder.fields(root, 'config.plain', KEYS, newerKeys(''));
  const global = readGlobal(decoder, fields.global);
  return {
    global,
    route: readRoute(decoder, fields.route),
    inhibitRules: readInhibitRules(decoder, fields.inhibit_rules),
    receivers: readReceivers(decoder, fields.receivers, global, kinds),
    templates: readTemplateFiles(decoder, fields.templates),
    muteTimeIntervals: readTimeIntervals(decoder, fields.mute_time_intervals, 'mute_time_intervals'),
    timeIntervals: readTimeIntervals(decoder, fields.time_intervals, 'time_intervals'),
  };
}

function problemsOf({ route, receivers, muteTimeIntervals, timeIntervals }: Written): string[] {
  const intervals = [...muteTimeIntervals, ...timeIntervals].map(({ name }) => name);
  const known = {
    receivers: new Set(receivers.map(({ name }) => name)),
    timeIntervals: new Set(intervals),
  };
  return [
    ...repeatedReceivers(receivers),
    ...(route ? routeProblems(route, known) : ['no routes provided']),
    ...repeatedIntervals(intervals, muteTimeIntervals.length),
  ];
}

function repeatedReceivers(receivers: readonly ReceiverDefinition[]): string[] {
  const names = receivers.map(({ name }) => name);
  return names.flatMap((name, i) =>
    names.indexOf(name) < i ? [`receivers[${i}]: notification config name ${quote(name)} is not unique`] : [],
  );
}

/** Both lists share their names; the first `muted` ones are of the old list. */
function repeatedIntervals(names: readonly string[], muted: number): string[] {
  return names.flatMap((name, i) => {
    if (names.indexOf(name) === i) return [];
    return i < muted
      ? [`mute_time_intervals[${i}]: mute time interval ${quote(name)} is not unique`]
      : [`time_intervals[${i - muted}]: time interval ${quote(name)} is not unique`];
  });
}
