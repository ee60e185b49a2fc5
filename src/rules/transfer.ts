// A rule file on its way to the thread that evaluates it. An expression's tree has functions in it, which do not travel,
// so its text does and is parsed again there; what it takes to read YAML is not needed there at all.

import { parse } from '../promql/parse.js';
import type { AlertingDefinition, GroupDefinition, RecordingDefinition, RuleFile } from './definition.js';

type TransferredRule = Omit<RecordingDefinition, 'expr'> | Omit<AlertingDefinition, 'expr'>;

/** A rule file as plain data. Survives the way between threads. */
export interface TransferredRuleFile {
  readonly file: string;
  readonly groups: readonly (Omit<GroupDefinition, 'rules'> & {
    readonly rules: readonly TransferredRule[];
  })[];
}

/** A rule file without the trees of its expressions. */
export function toTransfer({ file, groups }: RuleFile): TransferredRuleFile {
  const withoutTree = ({ expr, ...rest }: RuleFile['groups'][number]['rules'][number]): TransferredRule =>
    rest;
  return { file, groups: groups.map(group => ({ ...group, rules: group.rules.map(withoutTree) })) };
}

/** The rule file that was sent. */
export function fromTransfer({ file, groups }: TransferredRuleFile): RuleFile {
  return {
    file,
    groups: groups.map(group => ({
      ...group,
      rules: group.rules.map(rule => ({ ...rule, expr: parse(rule.text) })),
    })),
  };
}
