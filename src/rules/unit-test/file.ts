// A file of unit tests for rules, in promtool's format. Comes in: its text; goes out: its tests, or every mistake in it.

import { Decoder, type Field } from '../../config/decode.js';
import { ConfigError } from '../../config/load.js';
import { parseYamlTree, type YamlNode, YamlProblem } from '../../config/yaml-tree.js';
import { quote } from '../../go/quote.js';
import { type Millis, parseIso } from '../../model/time.js';
import { parseModelDuration } from '../../promql/duration.js';
import type { Texts } from '../definition.js';

/** A series in the notation of Prometheus' tests. */
interface InputSeries {
  readonly series: string;
  readonly values: string;
}

interface ExpectedAlert {
  readonly labels: Texts;
  readonly annotations: Texts;
}

/** Which alerts of a name are firing at a time. */
export interface AlertCase {
  readonly evalTime: Millis;
  readonly alertName: string;
  readonly alerts: readonly ExpectedAlert[];
}

export interface ExpectedSample {
  readonly labels: string;
  readonly value: number;
  /** Native histograms are not supported, so one that is expected cannot be met. */
  readonly histogram: string;
}

/** What an expression is at a time. */
export interface ExpressionCase {
  readonly expr: string;
  readonly evalTime: Millis;
  readonly samples: readonly ExpectedSample[];
}

/** Series and what has to come of them. */
export interface TestGroup {
  /** Empty when it has none. */
  readonly name: string;
  /** Between the values of the series. */
  readonly interval: Millis;
  /** When the series begin; all other times are counted from then. */
  readonly start: Millis;
  readonly inputSeries: readonly InputSeries[];
  readonly alertCases: readonly AlertCase[];
  readonly expressionCases: readonly ExpressionCase[];
  readonly externalLabels: Texts;
  readonly externalUrl: string;
}

/** A file of tests. */
export interface TestFile {
  /** Patterns, relative to the file. */
  readonly ruleFiles: readonly string[];
  readonly evaluationInterval: Millis;
  readonly groupOrder: readonly string[];
  readonly tests: readonly TestGroup[];
  /** Values may be next to each other among the floats. */
  readonly fuzzyCompare: boolean;
}

const MINUTE: Millis = 60_000;

/** @throws ConfigError with every mistake, each one line */
export function readTestFile(file: string, text: string): TestFile {
  const decoder = new Decoder(parseModelDuration);
  try {
    const tests = testFile(decoder, parseYamlTree(text));
    if (decoder.problems.length === 0) return tests;
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    throw new ConfigError([`${file}: yaml: line ${error.line}: ${error.message}`]);
  }
  throw new ConfigError(decoder.problems.map(({ line, reason }) => `${file}: yaml: line ${line}: ${reason}`));
}

const FILE_KEYS = [
  'rule_files',
  'evaluation_interval',
  'group_eval_order',
  'tests',
  'fuzzy_compare',
] as const;

function testFile(decoder: Decoder, root: Field): TestFile {
  const fields = decoder.fields(root, 'main.unitTestFile', FILE_KEYS);
  const evaluationInterval = decoder.duration(fields.evaluation_interval) || MINUTE;
  return {
    ruleFiles: decoder.list(fields.rule_files, 'string').map(node => decoder.text(node)),
    evaluationInterval,
    groupOrder: decoder.list(fields.group_eval_order, 'string').map(node => decoder.text(node)),
    tests: decoder
      .list(fields.tests, 'main.testGroup')
      .map(node => testGroup(decoder, node, evaluationInterval)),
    fuzzyCompare: decoder.boolean(fields.fuzzy_compare),
  };
}

const GROUP_KEYS = [
  'interval',
  'input_series',
  'alert_rule_test',
  'promql_expr_test',
  'external_labels',
  'external_url',
  'name',
  'start_timestamp',
] as const;

function testGroup(decoder: Decoder, node: YamlNode, evaluationInterval: Millis): TestGroup {
  const fields = decoder.fields(node, 'main.testGroup', GROUP_KEYS);
  return {
    name: decoder.text(fields.name),
    interval: decoder.duration(fields.interval) || evaluationInterval,
    start: startTimestamp(decoder, fields.start_timestamp),
    inputSeries: decoder.list(fields.input_series, 'main.series').map(each => inputSeries(decoder, each)),
    alertCases: decoder
      .list(fields.alert_rule_test, 'main.alertTestCase')
      .map(each => alertCase(decoder, each)),
    expressionCases: decoder
      .list(fields.promql_expr_test, 'main.promqlTestCase')
      .map(each => expressionCase(decoder, each)),
    externalLabels: decoder.texts(fields.external_labels),
    externalUrl: decoder.text(fields.external_url),
  };
}

/** Unix seconds or RFC 3339; the epoch when it is left out. */
function startTimestamp(decoder: Decoder, node: Field): Millis {
  const text = decoder.text(node);
  if (text === '') return 0;
  const seconds = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
  const isMoment = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text);
  const at = seconds === undefined ? isMoment && parseIso(text.toUpperCase()) : seconds * 1000;
  if (typeof at === 'number' && Number.isSafeInteger(Math.round(at))) return Math.round(at);
  decoder.addMistake(
    node as YamlNode,
    `invalid start_timestamp ${quote(text)}: expected Unix seconds or RFC 3339`,
  );
  return 0;
}

function inputSeries(decoder: Decoder, node: YamlNode): InputSeries {
  const { series, values } = decoder.fields(node, 'main.series', ['series', 'values']);
  return { series: decoder.text(series), values: decoder.text(values) };
}

function alertCase(decoder: Decoder, node: YamlNode): AlertCase {
  const fields = decoder.fields(node, 'main.alertTestCase', ['eval_time', 'alertname', 'exp_alerts']);
  return {
    evalTime: decoder.duration(fields.eval_time) ?? 0,
    alertName: decoder.text(fields.alertname),
    alerts: decoder.list(fields.exp_alerts, 'main.alert').map(each => {
      const alert = decoder.fields(each, 'main.alert', ['exp_labels', 'exp_annotations']);
      return { labels: decoder.texts(alert.exp_labels), annotations: decoder.texts(alert.exp_annotations) };
    }),
  };
}

function expressionCase(decoder: Decoder, node: YamlNode): ExpressionCase {
  const fields = decoder.fields(node, 'main.promqlTestCase', ['expr', 'eval_time', 'exp_samples']);
  return {
    expr: decoder.text(fields.expr),
    evalTime: decoder.duration(fields.eval_time) ?? 0,
    samples: decoder.list(fields.exp_samples, 'main.sample').map(each => {
      const sample = decoder.fields(each, 'main.sample', ['labels', 'value', 'histogram']);
      return {
        labels: decoder.text(sample.labels),
        value: decoder.float(sample.value),
        histogram: decoder.text(sample.histogram),
      };
    }),
  };
}
