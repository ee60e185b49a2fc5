// What /api/v1/rules and /api/v1/alerts answer. Comes in: views of the groups and the question's parameters; goes out:
// the `data` of the answer. Source: Prometheus, web/api/v1/api.go.

import { createHash } from 'node:crypto';
import { goExponent, special } from '../go/value.js';
import type { Alert } from '../model/alert.js';
import { Labels } from '../model/labels.js';
import type { LabelMatcher } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import { ParseError } from '../promql/error.js';
import { parseSelector } from '../promql/parse.js';
import { quote } from '../promql/print/quote.js';
import type { AlertingRuleView, RuleGroupView, RuleView } from './view.js';

/** A parameter that is not understood; the API answers with `bad_data`. */
export class ParameterError extends Error {
  constructor(parameter: string, reason: string) {
    super(`invalid parameter ${quote(parameter)}: ${reason}`);
    this.name = 'ParameterError';
  }
}

/** An alert of the API. Moments are RFC 3339, the value is text with an exponent. */
interface ApiAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
  readonly activeAt: string;
  readonly keepFiringSince?: string;
  readonly value: string;
}

/** A rule of the API; `alerts` is null when they were not wanted. Spans are seconds. */
type ApiRule = {
  readonly name: string;
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError?: string;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
} & (
  | { readonly type: 'recording' }
  | {
      readonly type: 'alerting';
      readonly state: string;
      readonly duration: number;
      readonly keepFiringFor: number;
      readonly annotations: Readonly<Record<string, string>>;
      readonly alerts: readonly ApiAlert[] | null;
    }
);

/** A group of the API. Spans are seconds. */
interface ApiRuleGroup {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly ApiRule[];
  readonly interval: number;
  readonly limit: number;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

/** The `data` of /api/v1/rules. */
interface ApiRules {
  readonly groups: readonly ApiRuleGroup[];
  /** Where the next page begins. */
  readonly groupNextToken?: string;
}

/** Alerts that are pending or firing, of all rules. */
export function apiAlerts(groups: readonly RuleGroupView[]): { alerts: ApiAlert[] } {
  const rules = groups.flatMap(group => group.rules.filter(rule => rule.kind === 'alerting'));
  return { alerts: rules.flatMap(activeAlerts) };
}

/** The rules that were asked for; groups none of whose rules were are left out. @throws ParameterError */
export function apiRules(groups: readonly RuleGroupView[], parameters: URLSearchParams): ApiRules {
  const filter = readFilter(parameters);
  const begin = filter.token === '' ? 0 : groups.findIndex(group => tokenOf(group) === filter.token);
  if (begin < 0)
    throw new ParameterError(
      'group_next_token',
      `invalid group_next_token '${filter.token}'. were rule groups changed?`,
    );
  const page: ApiRuleGroup[] = [];
  for (const group of groups.slice(begin)) {
    const rules = matchingRules(group, filter);
    if (rules.length === 0) continue;
    if (page.length === filter.limit) return { groups: page, groupNextToken: tokenOf(group) };
    page.push(apiGroup(group, rules, filter.withAlerts));
  }
  return { groups: page };
}

interface RuleFilter {
  readonly kinds: readonly RuleView['kind'][];
  /** Undefined: any. */
  readonly ruleNames: ReadonlySet<string> | undefined;
  readonly groupNames: ReadonlySet<string> | undefined;
  readonly files: ReadonlySet<string> | undefined;
  readonly matcherSets: readonly (readonly LabelMatcher[])[];
  readonly withAlerts: boolean;
  readonly limit: number;
  /** Empty for the first page. */
  readonly token: string;
}

function readFilter(parameters: URLSearchParams): RuleFilter {
  const names = (parameter: string): Set<string> | undefined =>
    parameters.has(parameter) ? new Set(parameters.getAll(parameter)) : undefined;
  return {
    kinds: readKinds(parameters.get('type') ?? ''),
    ruleNames: names('rule_name[]'),
    groupNames: names('rule_group[]'),
    files: names('file[]'),
    matcherSets: parameters.getAll('match[]').map(readMatchers),
    withAlerts: !readBoolean(parameters.get('exclude_alerts') ?? ''),
    ...readPage(parameters),
  };
}

function readKinds(type: string): readonly RuleView['kind'][] {
  switch (type.toLowerCase()) {
    case '':
      return ['alerting', 'recording'];
    case 'alert':
      return ['alerting'];
    case 'record':
      return ['recording'];
    default:
      throw new ParameterError('type', `not supported value ${quote(type.toLowerCase())}`);
  }
}

function readMatchers(text: string): readonly LabelMatcher[] {
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ParameterError('match[]', error.message);
  }
}

function readBoolean(text: string): boolean {
  if (/^(?:1|t|true)$/i.test(text)) return true;
  if (/^(?:|0|f|false)$/i.test(text)) return false;
  const reason = `strconv.ParseBool: parsing ${quote(text.toLowerCase())}: invalid syntax`;
  throw new ParameterError('exclude_alerts', `error converting exclude_alerts: ${reason}`);
}

function readPage(parameters: URLSearchParams): { limit: number; token: string } {
  const limit = parameters.get('group_limit') ?? '';
  const token = parameters.get('group_next_token') ?? '';
  if (limit === '') {
    if (token === '') return { limit: Number.POSITIVE_INFINITY, token };
    throw new ParameterError(
      'group_limit',
      'group_limit needs to be present in order to paginate over the groups',
    );
  }
  if (!/^[-+]?\d+$/.test(limit))
    throw new ParameterError('group_limit', `group_limit needs to be a valid number: ${quote(limit)}`);
  if (Number(limit) <= 0) throw new ParameterError('group_limit', 'group_limit needs to be greater than 0');
  return { limit: Number(limit), token };
}

function matchingRules(group: RuleGroupView, filter: RuleFilter): RuleView[] {
  if (filter.groupNames?.has(group.name) === false || filter.files?.has(group.file) === false) return [];
  return group.rules.filter(
    rule =>
      filter.kinds.includes(rule.kind) &&
      filter.ruleNames?.has(rule.name) !== false &&
      matchesAny(filter.matcherSets, rule),
  );
}

/** One set of matchers is enough, and of it all. They look at the labels the rule was given, templates not filled in. */
function matchesAny(sets: RuleFilter['matcherSets'], rule: RuleView): boolean {
  if (sets.length === 0) return true;
  const labels = Labels.of(rule.labels);
  return sets.some(set => set.every(matcher => matcher.matches(labels.get(matcher.name))));
}

function tokenOf({ file, name }: RuleGroupView): string {
  return createHash('sha1').update(`${file};${name}`).digest('hex');
}

function apiGroup(group: RuleGroupView, rules: readonly RuleView[], withAlerts: boolean): ApiRuleGroup {
  return {
    name: group.name,
    file: group.file,
    rules: rules.map(rule => apiRule(rule, withAlerts)),
    interval: group.interval / 1000,
    limit: group.limit,
    evaluationTime: group.evaluationTime / 1000,
    lastEvaluation: printTime(group.lastEvaluation),
  };
}

function apiRule(rule: RuleView, withAlerts: boolean): ApiRule {
  const shared = {
    name: rule.name,
    query: rule.query,
    labels: rule.labels,
    health: rule.health,
    ...(rule.lastError === '' ? {} : { lastError: rule.lastError }),
    evaluationTime: rule.evaluationTime / 1000,
    lastEvaluation: printTime(rule.lastEvaluation),
  };
  if (rule.kind === 'recording') return { ...shared, type: 'recording' };
  return {
    state: rule.state,
    duration: rule.holdDuration / 1000,
    keepFiringFor: rule.keepFiringFor / 1000,
    annotations: rule.annotations,
    alerts: withAlerts ? activeAlerts(rule) : null,
    ...shared,
    type: 'alerting',
  };
}

function activeAlerts({ alerts }: AlertingRuleView): ApiAlert[] {
  return alerts.filter(alert => alert.resolvedAt === undefined).map(apiAlert);
}

function apiAlert({ labels, annotations, state, activeAt, keepFiringSince, value }: Alert): ApiAlert {
  return {
    labels,
    annotations,
    state,
    activeAt: printTime(activeAt),
    ...(keepFiringSince === undefined ? {} : { keepFiringSince: printTime(keepFiringSince) }),
    value: printValue(value),
  };
}

/** What Go prints for a moment that never was. */
const NEVER = '0001-01-01T00:00:00Z';

/** RFC 3339 with no more digits than it needs. */
function printTime(at: Millis | undefined): string {
  return at === undefined ? NEVER : new Date(at).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** Go's `FormatFloat(value, 'e', -1, 64)`. */
function printValue(value: number): string {
  const [digits, exponent] = value.toExponential().split('e');
  const sign = Object.is(value, -0) ? '-' : '';
  return special(value) ?? `${sign}${digits}e${goExponent(Number(exponent))}`;
}
