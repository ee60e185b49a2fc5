// Tokens in, trees out. Comes in: a template's text; goes out: its own tree and those it defines, by name. Source: Go's
// text/template/parse.

import { TemplateError } from './error.js';
import { lex, type Token, type TokenKind } from './lex.js';
import { charValue, numberValue, stringValue } from './literal.js';
import type {
  BranchNode,
  Command,
  Definition,
  Node,
  Operand,
  Pipe,
  Source,
  TemplateNode,
  TemplateSet,
} from './node.js';

/** Deeper than any template a person wrote, and far from the end of the stack. */
const MAX_DEPTH = 200;

/** Adds a template and what it defines to a set. `check` says why a word is no function, nothing if it is one. @throws TemplateError */
export function parseInto(
  set: TemplateSet,
  name: string,
  text: string,
  check: (name: string) => string | undefined,
): void {
  const parser = new Parser(name, text, set, check);
  const body = parser.whole();
  // A file of nothing but definitions does not replace a template of its name.
  const isBlank = body.every(node => node.type === 'text' && node.text.trim() === '');
  if (!isBlank || !set.has(name)) set.set(name, { nodes: body, source: { name, text } });
}

class Parser {
  readonly #name: string;
  readonly #text: string;
  readonly #source: Source;
  readonly #tokens: readonly Token[];
  readonly #set: TemplateSet;
  readonly #check: (name: string) => string | undefined;
  #at = 0;
  /** Variables that are set here, innermost last. */
  #variables: string[] = ['$'];
  #loops = 0;
  #depth = 0;

  constructor(name: string, text: string, set: TemplateSet, check: (name: string) => string | undefined) {
    this.#name = name;
    this.#text = text;
    this.#source = { name, text };
    this.#tokens = lex(name, text);
    this.#set = set;
    this.#check = check;
  }

  whole(): Node[] {
    const { nodes, stop } = this.#list(['eof']);
    if (stop !== 'eof') throw this.#error(`unexpected {{${stop}}}`);
    return nodes;
  }

  /** Nodes up to one of the given words, which is taken, its action still open. */
  #list(ends: readonly string[]): { nodes: Node[]; stop: string } {
    if (++this.#depth > MAX_DEPTH) throw this.#error('exceeded maximum nesting depth');
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === 'eof') {
        if (!ends.includes('eof')) throw this.#error('unexpected EOF');
        this.#depth--;
        return { nodes, stop: 'eof' };
      }
      if (token.kind === 'text') nodes.push({ type: 'text', text: token.text, offset: token.offset });
      else {
        const word = this.#keyword();
        if (word === 'end' || word === 'else') {
          if (!ends.includes(word)) throw this.#error(`unexpected {{${word}}}`);
          this.#depth--;
          return { nodes, stop: word };
        }
        const node = this.#action(word, token.offset);
        if (node) nodes.push(node);
      }
    }
  }

  /** The word that says what an action does; undefined for a plain pipeline. */
  #keyword(): string | undefined {
    this.#skipSpace();
    const { kind, text } = this.#peek();
    const words = ['if', 'else', 'end', 'range', 'with', 'define', 'template', 'block', 'break', 'continue'];
    if (kind !== 'word' || !words.includes(text)) return undefined;
    this.#next();
    return text;
  }

  #action(word: string | undefined, offset: number): Node | undefined {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(word, offset);
      case 'define':
        this.#define();
        return undefined;
      case 'block':
        return this.#block(offset);
      case 'template':
        return this.#template();
      case 'break':
      case 'continue':
        if (this.#loops === 0) throw this.#error(`{{${word}}} outside {{range}}`);
        this.#close(word);
        return { type: word, offset };
      default: {
        const pipe = this.#pipe('command', true);
        this.#close('command');
        return { type: 'action', pipe, offset };
      }
    }
  }

  #branch(type: BranchNode['type'], offset: number): BranchNode {
    const outer = this.#variables.length;
    const pipe = this.#pipe(type, true);
    this.#close(type);
    if (type === 'range') this.#loops++;
    const { nodes: body, stop } = this.#list(['else', 'end']);
    if (type === 'range') this.#loops--;
    const otherwise = stop === 'else' ? this.#otherwise(type) : [];
    if (stop === 'end') this.#close('end');
    this.#variables.length = outer;
    return { type, pipe, body, otherwise, offset };
  }

  /** What follows `else`, up to and with the `end`. */
  #otherwise(type: BranchNode['type']): Node[] {
    this.#skipSpace();
    const { kind, text, offset } = this.#peek();
    if (kind === 'word' && text === type && type !== 'range') {
      // `else if` shares the end of its `if`.
      this.#next();
      return [this.#branch(type, offset)];
    }
    this.#close('else');
    const { nodes } = this.#list(['end']);
    this.#close('end');
    return nodes;
  }

  #define(): void {
    const name = this.#quotedName('define clause');
    this.#close('define clause');
    this.#set.set(name, this.#separately());
  }

  #block(offset: number): TemplateNode {
    const name = this.#quotedName('block clause');
    const pipe = this.#pipe('block clause', true);
    this.#close('block clause');
    const body = this.#separately();
    if (!this.#set.has(name)) this.#set.set(name, body);
    return { type: 'template', name, pipe, offset };
  }

  /** A body of its own, which sees none of the variables around it. */
  #separately(): Definition {
    const [variables, loops] = [this.#variables, this.#loops];
    this.#variables = ['$'];
    this.#loops = 0;
    const { nodes } = this.#list(['end']);
    this.#close('end');
    this.#variables = variables;
    this.#loops = loops;
    return { nodes, source: this.#source };
  }

  #template(): TemplateNode {
    this.#skipSpace();
    const { offset } = this.#peek();
    const name = this.#quotedName('template clause');
    this.#skipSpace();
    const pipe = this.#peek().kind === 'close' ? undefined : this.#pipe('template clause', true);
    this.#close('template clause');
    return { type: 'template', name, pipe, offset };
  }

  #quotedName(context: string): string {
    this.#skipSpace();
    const token = this.#next();
    if (token.kind !== 'string') throw this.#unexpected(token, context);
    return this.#literal(token, stringValue) as string;
  }

  #pipe(context: string, mayDeclare: boolean): Pipe {
    if (++this.#depth > MAX_DEPTH) throw this.#error('exceeded maximum nesting depth');
    this.#skipSpace();
    const offset = this.#peek().offset;
    const declared = mayDeclare ? this.#declarations(context) : undefined;
    const commands: Command[] = [];
    const textFrom = this.#peek().offset;
    for (;;) {
      const command = this.#command(context);
      if (command) {
        if (commands.length > 0 && isConstant(command.operands[0] as Operand)) {
          throw this.#error(`non executable command in pipeline stage ${commands.length + 1}`);
        }
        commands.push(command);
      }
      this.#skipSpace();
      const token = this.#peek();
      if (token.kind === 'mark' && token.text === '|') {
        this.#next();
        if (!command) throw this.#error(`missing value for ${context}`);
        continue;
      }
      if (token.kind === 'close' || (token.kind === 'mark' && token.text === ')')) {
        if (!command) throw this.#error(`missing value for ${context}`);
        break;
      }
      throw this.#unexpected(token, context);
    }
    if (declared?.declares) this.#variables.push(...declared.variables);
    this.#depth--;
    const text = this.#text.slice(textFrom, this.#peek().offset).trimEnd();
    return { variables: [], declares: false, ...declared, commands, offset, text };
  }

  /** `$x :=`, `$x =`, `$i, $x :=`; nothing is taken when there is none. */
  #declarations(context: string): { variables: string[]; declares: boolean } | undefined {
    const begin = this.#at;
    const variables: string[] = [];
    for (;;) {
      this.#skipSpace();
      const variable = this.#next();
      if (variable.kind !== 'variable') break;
      variables.push(variable.text);
      this.#skipSpace();
      const { kind, text } = this.#next();
      if (kind === 'mark' && text === ',' && context === 'range' && variables.length < 2) continue;
      if (kind !== 'mark' || (text !== ':=' && text !== '=')) break;
      for (const name of variables) if (text === '=') this.#known(name);
      return { variables, declares: text === ':=' };
    }
    this.#at = begin;
    return undefined;
  }

  /** Operands up to `|`, `)` or the end; undefined when there is none. */
  #command(context: string): Command | undefined {
    this.#skipSpace();
    const { offset } = this.#peek();
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand(context);
      if (!operand) break;
      operands.push(operand);
      const { kind, text } = this.#peek();
      if (kind !== 'space' && kind !== 'close' && !(kind === 'mark' && (text === '|' || text === ')')))
        throw this.#unexpected(this.#peek(), 'operand');
    }
    if (operands.length === 0) return undefined;
    return { operands, offset, text: this.#text.slice(offset, this.#peek().offset).trimEnd() };
  }

  #operand(context: string): Operand | undefined {
    const token = this.#peek();
    const base = this.#base(token, context);
    if (!base) return undefined;
    const fields: string[] = [];
    if (token.kind === 'field') fields.push(token.text.slice(1));
    // Go says of a chain of fields that it is where the second link is.
    const { kind, offset: second } = this.#peek();
    const offset = kind === 'field' ? second : token.offset;
    while (this.#peek().kind === 'field') {
      if (base.kind === 'constant' || base.kind === 'nil')
        throw this.#error(`unexpected . after term ${JSON.stringify(token.text)}`);
      fields.push(this.#next().text.slice(1));
    }
    return { base, fields, offset, text: this.#text.slice(token.offset, this.#peek().offset) };
  }

  #base(token: Token, context: string): Operand['base'] | undefined {
    const { kind, text } = token;
    if (kind === 'close' || (kind === 'mark' && (text === '|' || text === ')'))) return undefined;
    this.#next();
    if (kind === 'field' || (kind === 'mark' && text === '.')) return { kind: 'dot' };
    if (kind === 'variable') return { kind: 'variable', name: this.#known(text) };
    if (kind === 'string') return { kind: 'constant', value: this.#literal(token, stringValue) };
    if (kind === 'char') return { kind: 'constant', value: this.#literal(token, charValue) };
    if (kind === 'number') return { kind: 'constant', value: this.#literal(token, numberValue) };
    if (kind === 'mark' && text === '(') {
      const pipe = this.#pipe('parenthesized pipeline', true);
      this.#next();
      return { kind: 'pipe', pipe };
    }
    if (kind === 'word') return this.#wordBase(text);
    throw this.#unexpected(token, context);
  }

  #wordBase(text: string): Operand['base'] {
    if (text === 'nil') return { kind: 'nil' };
    if (text === 'true' || text === 'false') return { kind: 'constant', value: text === 'true' };
    const problem = this.#check(text);
    if (problem !== undefined) throw this.#error(problem);
    return { kind: 'function', name: text };
  }

  #known(variable: string): string {
    if (!this.#variables.includes(variable)) throw this.#error(`undefined variable "${variable}"`);
    return variable;
  }

  #literal<T>(token: Token, read: (text: string) => T | undefined): T {
    const value = read(token.text);
    if (value === undefined) throw this.#error(`bad ${token.kind} syntax: ${token.text}`);
    return value;
  }

  #close(context: string): void {
    this.#skipSpace();
    const token = this.#next();
    if (token.kind !== 'close') throw this.#unexpected(token, context);
  }

  #skipSpace(): void {
    while (this.#peek().kind === 'space') this.#at++;
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #unexpected({ kind, text }: Token, context: string): TemplateError {
    const what: Partial<Record<TokenKind, string>> = { eof: 'EOF', close: '"}}"', space: 'space' };
    return this.#error(`unexpected ${what[kind] ?? `<${text}>`} in ${context}`);
  }

  #error(reason: string): TemplateError {
    const { offset } = this.#tokens[Math.min(Math.max(this.#at - 1, 0), this.#tokens.length - 1)] as Token;
    return TemplateError.at(this.#name, this.#text, offset, reason);
  }
}

function isConstant({ base }: Operand): boolean {
  return base.kind === 'constant' || base.kind === 'nil';
}
