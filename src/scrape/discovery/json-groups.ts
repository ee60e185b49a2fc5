// Groups of targets as JSON, strictly: what `http_sd_configs` get and the JSON files of `file_sd_configs` have.
// Source: Prometheus, discovery/targetgroup.

import { isLabelName } from '../../model/label-name.js';
import type { TargetGroup } from '../config/definition.js';
import { ADDRESS } from '../config/target-groups.js';

interface GroupOrigin {
  /** Put on every group. */
  readonly labels: Readonly<Record<string, string>>;
  readonly source: (index: number) => string;
}

/** Reads a list of `{"targets": [...], "labels": {...}}`. @throws Error, one line that says where in the list */
export function parseJsonGroups(text: string, { labels, source }: GroupOrigin): TargetGroup[] {
  const list = parse(text);
  if (list === null) return [];
  if (!Array.isArray(list)) throw new Error('expected a list of target groups');
  return list.map((item: unknown, i) => {
    if (item === null) throw new Error(`nil target group item found (index ${i})`);
    const group = expectObject(item, `[${i}]`);
    const unknown = Object.keys(group).find(key => key !== 'targets' && key !== 'labels');
    if (unknown !== undefined) throw new Error(`[${i}]: unknown field ${JSON.stringify(unknown)}`);
    return {
      source: source(i),
      targets: targetsOf(group.targets, `[${i}].targets`),
      labels: { ...labelsOf(group.labels, `[${i}].labels`), ...labels },
    };
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // What stands around the mistake is no part of the message: it may be of any server.
    throw new Error(`not valid JSON: ${(error as Error).message.replace(/, "?(?:\.\.\.)?".*/s, '')}`);
  }
}

function expectObject(value: unknown, where: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Error(`${where}: expected an object`);
  return value as Record<string, unknown>;
}

function targetsOf(value: unknown, where: string): Record<string, string>[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${where}: expected a list of texts`);
  return value.map((target: unknown, i) => {
    if (typeof target !== 'string') throw new Error(`${where}[${i}]: expected a text`);
    return { [ADDRESS]: target };
  });
}

function labelsOf(value: unknown, where: string): Record<string, string> {
  if (value === undefined || value === null) return {};
  const labels = expectObject(value, where);
  for (const [name, text] of Object.entries(labels)) {
    if (!isLabelName(name)) throw new Error(`${where}: ${JSON.stringify(name)} is not a valid label name`);
    if (typeof text !== 'string') throw new Error(`${where}.${name}: expected a text`);
  }
  return labels as Record<string, string>;
}
