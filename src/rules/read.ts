// One rule file. Comes in: its text; goes out: its groups, or every mistake in it with its place, in Prometheus' words
// (model/rulefmt/rulefmt.go).

import { doAtOnce } from '../concurrency/time-slicer.js';
import { Decoder, type Field } from '../config/decode.js';
import { ConfigError } from '../config/load.js';
import { parseYamlTree, type YamlNode, YamlProblem } from '../config/yaml-tree.js';
import { isLabelName } from '../model/label-name.js';
import { METRIC_NAME } from '../model/labels.js';
import type { Expr } from '../promql/ast.js';
import { parseModelDuration } from '../promql/duration.js';
import { ParseError } from '../promql/error.js';
import { parse } from '../promql/parse.js';
import { quote } from '../promql/print/quote.js';
import type { GroupDefinition, RuleDefinition, RuleFile, Texts } from './definition.js';
import { templateProblem } from './expansion.js';

const GROUP_KEYS = ['name', 'interval', 'query_offset', 'limit', 'rules', 'labels'] as const;
const RULE_KEYS = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'] as const;

/** A rule as it is written. */
interface WrittenRule {
  readonly nodes: Readonly<Record<'record' | 'alert' | 'expr', Field>>;
  readonly record: string;
  readonly alert: string;
  readonly expr: string;
  readonly holdDuration: number;
  readonly keepFiringFor: number;
  readonly labels: Texts;
  readonly annotations: Texts;
}

interface WrittenGroup extends Omit<GroupDefinition, 'rules'> {
  readonly node: YamlNode;
  readonly labels: Texts;
  readonly rules: readonly WrittenRule[];
}

/** Reads the text of a rule file. `file` is how it is called in messages. @throws ConfigError with every mistake */
export function readRuleFile(file: string, text: string): RuleFile {
  return doAtOnce(readingRuleFile(file, text));
}

/** The same, with a stop before each rule: one with long templates takes some milliseconds where code has not run before. */
export function* readingRuleFile(file: string, text: string): Generator<void, RuleFile> {
  const mistakes: string[] = [];
  const groups = decode(text, reason => mistakes.push(`${file}: ${reason}`));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const checked = yield* new Checker(reason => mistakes.push(`${file}: ${reason}`)).groups(groups);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return { file, groups: checked };
}

/** Where no line of a file is to blame. */
type Blame = (reason: string) => void;

function decode(text: string, blame: Blame): WrittenGroup[] {
  try {
    const decoder = new Decoder(parseModelDuration);
    const groups = writtenGroups(decoder, parseYamlTree(text));
    for (const { line, reason } of decoder.problems) blame(`yaml: line ${line}: ${reason}`);
    return groups;
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    blame(`yaml: line ${error.line}: ${error.message}`);
    return [];
  }
}

function writtenGroups(decoder: Decoder, root: Field): WrittenGroup[] {
  const { groups } = decoder.fields(root, 'rulefmt.RuleGroups', ['groups']);
  return decoder.list(groups, 'rulefmt.RuleGroup').map(node => {
    const fields = decoder.fields(node, 'rulefmt.RuleGroup', GROUP_KEYS);
    return {
      node,
      name: decoder.text(fields.name),
      // Zero is the default interval too.
      interval: decoder.duration(fields.interval) || undefined,
      queryOffset: decoder.duration(fields.query_offset) ?? 0,
      limit: decoder.integer(fields.limit),
      labels: decoder.texts(fields.labels),
      rules: decoder.list(fields.rules, 'rulefmt.Rule').map(rule => writtenRule(decoder, rule)),
    };
  });
}

function writtenRule(decoder: Decoder, node: YamlNode): WrittenRule {
  const fields = decoder.fields(node, 'rulefmt.Rule', RULE_KEYS);
  const { record, alert, expr } = fields;
  return {
    nodes: { record, alert, expr },
    record: decoder.text(record),
    alert: decoder.text(alert),
    expr: decoder.text(expr),
    holdDuration: decoder.duration(fields.for) ?? 0,
    keepFiringFor: decoder.duration(fields.keep_firing_for) ?? 0,
    labels: decoder.texts(fields.labels),
    annotations: decoder.texts(fields.annotations),
  };
}

/** What is wrong with one rule, and the nodes whose positions are reported. */
type RuleBlame = (reason: string, ...nodes: readonly Field[]) => void;

class Checker {
  readonly #blame: Blame;

  constructor(blame: Blame) {
    this.#blame = blame;
  }

  /** Stops before each rule. */
  *groups(groups: readonly WrittenGroup[]): Generator<void, GroupDefinition[]> {
    const names = new Set<string>();
    const checked: GroupDefinition[] = [];
    for (const group of groups) {
      this.#groupItself(group, names);
      names.add(group.name);
      const { name, interval, queryOffset, limit } = group;
      const rules: RuleDefinition[] = [];
      for (const [i, rule] of group.rules.entries()) {
        yield;
        rules.push(...this.#rule(rule, i, group));
      }
      checked.push({ name, interval, queryOffset, limit, rules });
    }
    return checked;
  }

  #groupItself({ node, name, labels }: WrittenGroup, names: ReadonlySet<string>): void {
    if (name === '') this.#blame(`${place(node)}Groupname must not be empty`);
    if (names.has(name)) this.#blame(`${place(node)}groupname: "${name}" is repeated in the same file`);
    for (const label of Object.keys(labels))
      if (!isOwnLabel(label)) this.#blame(`${place(node)}invalid label name: ${label}`);
  }

  #rule(rule: WrittenRule, index: number, group: WrittenGroup): RuleDefinition[] {
    const name = rule.alert === '' ? rule.record : rule.alert;
    const blame: RuleBlame = (reason, ...nodes) =>
      this.#blame(
        `${nodes.map(place).join('')}group ${quote(group.name)}, rule ${index + 1}, ${quote(name)}: ${reason}`,
      );
    checkKind(rule, blame);
    const expr = checkExpr(rule, blame);
    if (rule.record !== '') checkRecording(rule, blame);
    checkTexts(rule, blame);
    return expr ? [definition(rule, name, expr, group.labels)] : [];
  }
}

function place(node: Field): string {
  return node ? `${node.line}:${node.column}: ` : '0:0: ';
}

function checkKind({ record, alert, nodes }: WrittenRule, blame: RuleBlame): void {
  if (record !== '' && alert !== '')
    blame("only one of 'record' and 'alert' must be set", nodes.record, nodes.alert);
  if (record === '' && alert === '')
    blame("one of 'record' or 'alert' must be set", nodes.record, nodes.alert);
}

function checkExpr({ expr, nodes }: WrittenRule, blame: RuleBlame): Expr | undefined {
  if (expr === '') {
    blame("field 'expr' must be set in rule", nodes.expr);
    return undefined;
  }
  try {
    return parse(expr);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    blame(`could not parse expression: ${error.message}`, nodes.expr);
    return undefined;
  }
}

function checkRecording(rule: WrittenRule, blame: RuleBlame): void {
  const { record, nodes } = rule;
  if (Object.keys(rule.annotations).length > 0)
    blame("invalid field 'annotations' in recording rule", nodes.record);
  if (rule.holdDuration !== 0) blame("invalid field 'for' in recording rule", nodes.record);
  if (rule.keepFiringFor !== 0) blame("invalid field 'keep_firing_for' in recording rule", nodes.record);
  if (!isLabelName(record)) blame(`invalid recording rule name: ${record}`, nodes.record);
  if (/[{}]/.test(record))
    blame(`braces present in the recording rule name; should it be in expr?: ${record}`, nodes.record);
}

function checkTexts({ alert, labels, annotations }: WrittenRule, blame: RuleBlame): void {
  for (const name of Object.keys(labels)) if (!isOwnLabel(name)) blame(`invalid label name: ${name}`);
  for (const name of Object.keys(annotations))
    if (!isLabelName(name)) blame(`invalid annotation name: ${name}`);
  if (alert === '') return;
  for (const [kind, texts] of [
    ['label', labels],
    ['annotation', annotations],
  ] as const) {
    for (const [name, text] of Object.entries(texts)) {
      const problem = templateProblem(alert, text);
      if (problem !== undefined) blame(`${kind} ${quote(name)}: ${problem}`);
    }
  }
}

/** A label rules may put on what they make: the metric's name is not one. */
function isOwnLabel(name: string): boolean {
  return isLabelName(name) && name !== METRIC_NAME;
}

function definition(rule: WrittenRule, name: string, expr: Expr, groupLabels: Texts): RuleDefinition {
  const { expr: text, holdDuration, keepFiringFor, annotations } = rule;
  const merged = Object.entries({ ...groupLabels, ...rule.labels });
  const labels = Object.fromEntries(merged.sort(([a], [b]) => (a < b ? -1 : 1)));
  if (rule.alert === '') return { kind: 'recording', name, expr, text, labels };
  return { kind: 'alerting', name, expr, text, labels, annotations, holdDuration, keepFiringFor };
}
