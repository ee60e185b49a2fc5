// Tokens of the text format 0.0.4: white space between all of them means nothing.
// Source: Prometheus, model/textparse/promlex.l.

import {
  BRACE_CLOSE,
  BRACE_OPEN,
  COMMA,
  EQUALS,
  HASH,
  isDigit,
  Lexer,
  NEWLINE,
  QUOTE,
  SPACE,
  TAB,
  type Token,
} from './lexer.js';

/** The lexer of text 0.0.4, which leaves white space out. The page must end with a line end. */
export class TextLexer extends Lexer {
  override next(): Token {
    if (this.state !== 'metadataText') this.skipWhile(isBlank);
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
        this.skipWhile(byte => byte !== NEWLINE);
        return this.token('TEXT', 0, 'init');
      case 'labels':
        return this.#labels();
      case 'labelValue':
        return this.quoted('LVALUE', false, 'labels');
      case 'value':
        if (this.byte === BRACE_OPEN) return this.token('BOPEN', 1, 'labels');
        return this.skipWhile(isOfValue) ? this.token('VALUE', 0, 'timestamp') : 'INVALID';
      default:
        if (this.byte === NEWLINE) return this.token('LINEBREAK', 1, 'init');
        return this.skipWhile(isDigit) ? 'TIMESTAMP' : 'INVALID';
    }
  }

  #init(): Token {
    const { byte } = this;
    // What follows is not read, and is no error.
    if (byte === 0) return 'EOF';
    if (byte === NEWLINE) return this.token('LINEBREAK', 1, 'init');
    if (byte === HASH) return this.#comment();
    if (byte === BRACE_OPEN) return this.token('BOPEN', 1, 'labels');
    return this.metricName('value');
  }

  #labels(): Token {
    const { byte } = this;
    if (byte === BRACE_CLOSE) return this.token('BCLOSE', 1, 'value');
    if (byte === EQUALS) return this.token('EQUAL', 1, 'labelValue');
    if (byte === COMMA) return this.token('COMMA', 1, 'labels');
    return byte === QUOTE ? this.quoted('QSTRING', false, 'labels') : this.labelName('labels');
  }

  #comment(): Token {
    this.at++;
    const { at } = this;
    if (this.skipWhile(isBlank)) {
      for (const word of ['HELP', 'TYPE'] as const) {
        if (!this.startsWith(word)) continue;
        this.at += word.length;
        if (this.skipWhile(isBlank)) return this.token(word, 0, 'metadataName');
      }
    }
    this.at = at;
    // As far as its line end, which is a token of its own.
    this.skipWhile(each => each !== NEWLINE);
    return this.token('COMMENT', 0, 'init');
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

function isOfValue(byte: number): boolean {
  return byte !== BRACE_OPEN && byte !== SPACE && byte !== TAB && byte !== NEWLINE;
}
