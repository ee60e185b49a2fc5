// Tokens of OpenMetrics: a space stands where one is written in the grammar, and nowhere else.
// Source: Prometheus, model/textparse/openmetricslex.l.

import {
  BRACE_CLOSE,
  BRACE_OPEN,
  COMMA,
  EQUALS,
  endOfLine,
  Lexer,
  type LexerState,
  NEWLINE,
  QUOTE,
  SPACE,
  type Token,
} from './lexer.js';

const WORDS = ['HELP', 'TYPE', 'UNIT'] as const;

/** The lexer of OpenMetrics. The token of a metadata's text includes the space before it and the line end. */
export class OpenMetricsLexer extends Lexer {
  override next(): Token {
    this.start = this.at;
    if (this.at >= this.end) return 'EOF';
    switch (this.state) {
      case 'init':
        return this.#init();
      case 'metadataName':
        return this.byte === QUOTE
          ? this.quoted('MNAME', false, 'metadataText')
          : this.metricName('metadataText');
      case 'metadataText':
        return this.#text();
      case 'labels':
        return this.#labels('labels', 'labelValue', 'value', false);
      case 'exemplar':
        return this.#labels('exemplar', 'exemplarValue', 'exemplarValue', true);
      case 'labelValue':
        return this.quoted('LVALUE', true, 'labels');
      case 'exemplarValue':
        return this.byte === QUOTE
          ? this.quoted('LVALUE', true, 'exemplar')
          : this.#word('VALUE', 'exemplarTimestamp');
      case 'value':
        if (this.byte === BRACE_OPEN) return this.token('BOPEN', 1, 'labels');
        return this.#word('VALUE', 'timestamp');
      case 'timestamp':
        if (this.startsWith(' # {')) return this.token('COMMENT', 4, 'exemplar');
        return this.#word('TIMESTAMP', 'timestamp');
      default:
        return this.#word('TIMESTAMP', this.state);
    }
  }

  #init(): Token {
    if (this.startsWith('# ')) {
      this.at += 2;
      for (const word of WORDS)
        if (this.startsWith(`${word} `)) return this.token(word, word.length + 1, 'metadataName');
      if (!this.startsWith('EOF')) return 'INVALID';
      this.at += 3;
      return this.token('EOFWORD', this.byte === NEWLINE ? 1 : 0, 'init');
    }
    if (this.byte === BRACE_OPEN) return this.token('BOPEN', 1, 'labels');
    return this.metricName('value');
  }

  #text(): Token {
    const next = endOfLine(this.bytes, this.at, this.end);
    if (this.byte !== SPACE || this.bytes[next - 1] !== NEWLINE) return 'INVALID';
    return this.token('TEXT', next - this.at, 'init');
  }

  #labels(within: LexerState, value: LexerState, after: LexerState, isOneLine: boolean): Token {
    const { byte } = this;
    if (byte === BRACE_CLOSE) return this.token('BCLOSE', 1, after);
    if (byte === EQUALS) return this.token('EQUAL', 1, value);
    if (byte === COMMA) return this.token('COMMA', 1, within);
    return byte === QUOTE ? this.quoted('QSTRING', isOneLine, within) : this.labelName(within);
  }

  /** A space and what follows it as far as the next one, or a line end where one may be. */
  #word(token: 'VALUE' | 'TIMESTAMP', state: LexerState): Token {
    if (token === 'TIMESTAMP' && this.byte === NEWLINE) return this.token('LINEBREAK', 1, 'init');
    if (this.byte !== SPACE) return 'INVALID';
    this.at++;
    return this.skipWhile(byte => byte !== SPACE && byte !== NEWLINE)
      ? this.token(token, 0, state)
      : 'INVALID';
  }
}
