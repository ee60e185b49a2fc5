// Matchers as a form edits them and an address carries them: name, operator, value. Whether a regular expression is one
// the monitor alone can say. Pure.

export const OPERATORS = ['=', '!=', '=~', '!~'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface MatcherText {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

/** A matcher in Alertmanager's JSON. */
export interface ApiMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  /** Absent in answers of old versions: true. */
  readonly isEqual?: boolean | undefined;
}

/** Names that need no quotes. */
const PLAIN_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const FORM = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^=!~"]*?))\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/s;

/** `target="tools"`, as `filter=` of the API and amtool read it. */
export function printMatcher({ name, operator, value }: MatcherText): string {
  return `${PLAIN_NAME.test(name) || name === '' ? name : quote(name)}${operator}${quote(value)}`;
}

/** Reads what {@link printMatcher} writes, and a value without quotes; undefined for what is no matcher. */
export function parseMatcher(text: string): MatcherText | undefined {
  const [, quoted, plain = '', operator = '=', rest = ''] = FORM.exec(text) ?? [];
  if (!FORM.test(text)) return undefined;
  const value = QUOTED.exec(rest)?.[1];
  return {
    name: quoted === undefined ? plain : unquote(quoted),
    operator: operator as Operator,
    value: value === undefined ? rest : unquote(value),
  };
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function unquote(text: string): string {
  return text.replace(/\\(["\\n])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}

export function fromApi({ name, value, isRegex, isEqual }: ApiMatcher): MatcherText {
  const operator = isRegex ? (isEqual === false ? '!~' : '=~') : isEqual === false ? '!=' : '=';
  return { name, operator, value };
}

export function toApi({ name, operator, value }: MatcherText): ApiMatcher {
  return { name, value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') };
}

/** Labels that say from where an alert came or how bad it is, not what it is about. */
const ABOUT_NOTHING = new Set(['job', 'instance', 'severity', 'alertstate', 'escalation']);

/** The matchers that identify what an alert is about: its name, and its other labels but those that follow from them. */
export function identifying(labels: Readonly<Record<string, string>>): MatcherText[] {
  return Object.entries(labels)
    .filter(([name]) => !ABOUT_NOTHING.has(name) && !(name === 'name' && 'target' in labels))
    .sort(([a], [b]) => Number(b === 'alertname') - Number(a === 'alertname') || (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, operator: '=', value }));
}
