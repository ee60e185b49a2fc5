// Words of an expression, in the classes Prometheus' lexer gives them (promql/parser/lex.go), because its messages
// name these classes.

import { quote, quoteStart } from '../print/quote.js';

export type TokenKind =
  | 'identifier'
  /** A name with a colon, which only a metric may have. */
  | 'metric identifier'
  | 'string'
  | 'number'
  | 'duration'
  | 'keyword'
  | 'operator'
  | 'aggregator'
  /** `start`, `end`. */
  | 'preprocessor'
  | 'punctuation';

/** A piece of the text; `from` and `to` are offsets in UTF-16 units. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const words: readonly (readonly [TokenKind, readonly string[]])[] = [
  ['operator', ['and', 'or', 'unless', 'atan2']],
  ['keyword', ['bool', 'by', 'group_left', 'group_right', 'ignoring', 'offset', 'on', 'without']],
  ['keyword', ['anchored', 'smoothed', 'fill', 'fill_left', 'fill_right']],
  ['aggregator', ['avg', 'bottomk', 'count', 'count_values', 'group', 'limit_ratio', 'limitk', 'max', 'min']],
  ['aggregator', ['quantile', 'stddev', 'stdvar', 'sum', 'topk']],
  ['preprocessor', ['start', 'end']],
  ['number', ['inf', 'nan']],
];

const kinds = new Map(words.flatMap(([kind, names]) => names.map(name => [name, kind] as const)));

/** The class of a word outside braces; keywords may be written in either case. */
export function kindOfWord(word: string): TokenKind {
  return kinds.get(word.toLowerCase()) ?? (word.includes(':') ? 'metric identifier' : 'identifier');
}

/** How a message names a token; undefined is the end of the text. */
export function describe(token: Token | undefined): string {
  if (!token) return 'end of input';
  switch (token.kind) {
    case 'keyword':
      return `<${token.text}>`;
    case 'operator':
      return `<op:${token.text}>`;
    case 'aggregator':
      return `<aggr:${token.text}>`;
    case 'punctuation':
    case 'preprocessor':
      return quote(token.text);
    case 'identifier':
    case 'metric identifier':
      return `${token.kind} ${quote(token.text)}`;
    default:
      return `${token.kind} ${quoteStart(token.text, 10)}`;
  }
}

/** Whether a token is this keyword, in either case. */
export function isKeyword(token: Token | undefined, ...names: readonly string[]): boolean {
  return token?.kind === 'keyword' && names.includes(token.text.toLowerCase());
}

/** Whether a token is this punctuation or operator sign. */
export function isSign(token: Token | undefined, ...signs: readonly string[]): boolean {
  return (token?.kind === 'punctuation' || token?.kind === 'operator') && signs.includes(token.text);
}

/** `step`, `range` and the like, which are functions where a duration stands. */
export function isDurationWord(text: string): boolean {
  return /^(?:step|range|min_of|max_of)$/i.test(text);
}
