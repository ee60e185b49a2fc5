// A route of alertmanager.yml as it is written, nothing inherited yet. Source: Alertmanager, config/config.go.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { isLabelName } from '../../model/label-name.js';
import type { Millis } from '../../model/time.js';
import { quote } from '../../promql/print/quote.js';
import type { Matcher } from '../matchers/matcher.js';
import type { Route } from './definition.js';
import { readMatchers } from './matchers.js';
import { newerKeys } from './newer-keys.js';

const KEYS = [
  'receiver',
  'group_by',
  'match',
  'match_re',
  'matchers',
  'mute_time_intervals',
  'active_time_intervals',
  'continue',
  'routes',
  'group_wait',
  'group_interval',
  'repeat_interval',
] as const;

/** Every label. */
const ALL = '...';

/** What is undefined is inherited. */
export interface WrittenRoute {
  /** Empty when it is inherited. */
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  readonly continues: boolean;
  readonly groupBy: Route['groupBy'] | undefined;
  readonly groupWait: Millis | undefined;
  readonly groupInterval: Millis | undefined;
  readonly repeatInterval: Millis | undefined;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly routes: readonly WrittenRoute[];
}

/** Reads a route and those below it; undefined when it is not there. */
export function readRoute(decoder: Decoder, node: Field): WrittenRoute | undefined {
  return isAbsent(node) ? undefined : readNode(decoder, node);
}

function readNode(decoder: Decoder, node: YamlNode): WrittenRoute {
  const fields = decoder.fields(node, 'config.plain', KEYS, newerKeys('route'));
  return {
    receiver: decoder.text(fields.receiver),
    matchers: readMatchers(decoder, {
      matchers: fields.matchers,
      match: fields.match,
      matchRe: fields.match_re,
    }),
    continues: decoder.boolean(fields.continue),
    groupBy: readGroupBy(decoder, fields.group_by),
    groupWait: decoder.duration(fields.group_wait),
    groupInterval: readInterval(decoder, fields.group_interval, 'group_interval'),
    repeatInterval: readInterval(decoder, fields.repeat_interval, 'repeat_interval'),
    muteTimeIntervals: decoder.list(fields.mute_time_intervals, 'string').map(each => decoder.text(each)),
    activeTimeIntervals: decoder.list(fields.active_time_intervals, 'string').map(each => decoder.text(each)),
    routes: decoder.list(fields.routes, '*config.Route').flatMap(each => readChild(decoder, each)),
  };
}

function readChild(decoder: Decoder, node: YamlNode): WrittenRoute[] {
  if (!isAbsent(node)) return [readNode(decoder, node)];
  decoder.addMistake(node, 'a route without anything in it; write {} for one that takes every alert');
  return [];
}

function readInterval(decoder: Decoder, node: Field, key: string): Millis | undefined {
  const span = decoder.duration(node);
  if (span === 0 && node) decoder.addMistake(node, `${key} cannot be zero`);
  return span;
}

function readGroupBy(decoder: Decoder, node: Field): Route['groupBy'] | undefined {
  if (isAbsent(node)) return undefined;
  const names: string[] = [];
  let isAll = false;
  for (const each of decoder.list(node, 'string')) {
    const name = decoder.text(each);
    if (each.kind !== 'scalar') continue;
    if (name === ALL) isAll = true;
    else if (!isLabelName(name))
      decoder.addMistake(each, `invalid label name ${quote(name)} in group_by list`);
    else if (names.includes(name)) decoder.addMistake(each, `duplicated label ${quote(name)} in group_by`);
    else names.push(name);
  }
  if (isAll && names.length > 0)
    decoder.addMistake(node, 'cannot have wildcard group_by (`...`) and other labels at the same time');
  if (isAll) return 'all';
  // An empty list says nothing, as in Alertmanager: it is inherited.
  return names.length > 0 ? names.sort() : undefined;
}
