// Trees in, text out. Comes in: a set of templates, the name of one, its data, functions; goes out: the text it
// puts out. Source: Go's text/template/exec.go.

import {
  type GoFunction,
  type GoMap,
  isTrue,
  methodsOf,
  Struct,
  textOf,
  typeName,
  type Value,
} from '../go/value.js';
import { Budget, MAX_VALUE, shortened } from './budget.js';
import { TemplateError } from './error.js';
import type { BranchNode, Command, Node, Operand, Pipe, Source, TemplateSet } from './node.js';

/** More than any message has; a template that calls itself ends here. */
const MAX_DEPTH = 500;
const MAX_OUTPUT = MAX_VALUE;

interface Program {
  readonly set: TemplateSet;
  readonly functions: ReadonlyMap<string, GoFunction>;
  /** How a value becomes text, where that is not just what it prints. Of one run. */
  readonly escaper?: Escaper | undefined;
}

/** Makes values safe for the place they are put in. Is shown all that is put out, in order. */
export interface Escaper {
  /** The template's own text goes out. */
  literal(text: string): void;
  /** What goes out for a value. */
  value(value: Value): string;
}

/** Runs one template of the set. @throws TemplateError */
export function execute(program: Program, name: string, data: Value): string {
  const run = new Run(program, name);
  run.template(name, data);
  return run.output;
}

/** Where something went wrong: a piece of the template's text. */
interface Place {
  readonly offset: number;
  readonly text: string;
}

type Jump = 'break' | 'continue' | undefined;

class Run {
  readonly #program: Program;
  readonly #outermost: string;
  #name: string;
  #source: Source | undefined;
  #variables: { name: string; value: Value }[] = [];
  #parts: string[] = [];
  #size = 0;
  #depth = 0;
  readonly #budget = new Budget<Place | undefined>((place, reason) => this.#error(place, reason));

  constructor(program: Program, name: string) {
    this.#program = program;
    this.#outermost = name;
    this.#name = name;
  }

  get output(): string {
    return this.#parts.join('');
  }

  template(name: string, data: Value, from?: Place): void {
    const found = this.#program.set.get(name);
    if (!found) throw this.#error(from, `template ${JSON.stringify(name)} not defined`);
    if (++this.#depth > MAX_DEPTH) throw this.#error(from, 'exceeded maximum template depth');
    const [outer, outerName, outerSource] = [this.#variables, this.#name, this.#source];
    this.#variables = [{ name: '$', value: data }];
    this.#name = name;
    this.#source = found.source;
    this.#list(found.nodes, data);
    this.#variables = outer;
    this.#name = outerName;
    this.#source = outerSource;
    this.#depth--;
  }

  #list(nodes: readonly Node[], dot: Value): Jump {
    for (const node of nodes) {
      const jump = this.#node(node, dot);
      if (jump) return jump;
    }
    return undefined;
  }

  #node(node: Node, dot: Value): Jump {
    this.#budget.step(1, 'pipe' in node ? node.pipe : undefined);
    switch (node.type) {
      case 'text':
        this.#program.escaper?.literal(node.text);
        this.#write(node.text);
        return undefined;
      case 'action': {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.#print(value, node.pipe);
        return undefined;
      }
      case 'template':
        this.template(node.name, node.pipe ? this.#pipe(node.pipe, dot) : undefined, {
          offset: node.offset,
          text: `{{template ${JSON.stringify(node.name)}${node.pipe ? ` ${node.pipe.text}` : ''}}}`,
        });
        return undefined;
      case 'if':
      case 'with':
        return this.#ifOrWith(node, dot);
      case 'range':
        return this.#range(node, dot);
      default:
        return node.type;
    }
  }

  #ifOrWith(node: BranchNode, dot: Value): Jump {
    const outer = this.#variables.length;
    const value = this.#pipe(node.pipe, dot);
    const inner = node.type === 'with' ? value : dot;
    const jump = isTrue(value) ? this.#list(node.body, inner) : this.#list(node.otherwise, dot);
    this.#variables.length = outer;
    return jump;
  }

  #range(node: BranchNode, dot: Value): Jump {
    const outer = this.#variables.length;
    const value = this.#pipe({ ...node.pipe, variables: [] }, dot);
    this.#budget.count(value, node.pipe);
    let isEmpty = true;
    for (const [key, item] of this.#items(value, node.pipe)) {
      isEmpty = false;
      this.#budget.step(1, node.pipe);
      this.#variables.length = outer;
      this.#setLoopVariables(node.pipe, key, item);
      const jump = this.#list(node.body, item);
      if (jump === 'break') break;
    }
    this.#variables.length = outer;
    const jump = isEmpty ? this.#list(node.otherwise, dot) : undefined;
    this.#variables.length = outer;
    return jump;
  }

  #setLoopVariables({ variables, declares }: Pipe, key: Value, item: Value): void {
    const values = variables.length === 2 ? [key, item] : [item];
    for (const [i, name] of variables.entries()) this.#set(name, values[i], declares);
  }

  /** Keys and items one after the other: a template may leave the loop long before its end. */
  *#items(value: Value, pipe: Pipe): Generator<[Value, Value], void> {
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) yield [BigInt(i), item];
    } else if (value instanceof Map) {
      yield* [...(value as GoMap)].sort(([a], [b]) => (a < b ? -1 : 1));
    } else if (typeof value === 'bigint') {
      for (let i = 0n; i < value; i++) yield [i, i];
    } else if (value !== null && value !== undefined) {
      throw this.#error(pipe, `range can't iterate over ${textOf(value)}`);
    }
  }

  #pipe(pipe: Pipe, dot: Value): Value {
    let value: Value;
    let isFirst = true;
    for (const command of pipe.commands) {
      value = this.#command(command, dot, isFirst ? [] : [value]);
      isFirst = false;
    }
    for (const name of pipe.variables) this.#set(name, value, pipe.declares);
    return value;
  }

  #set(name: string, value: Value, declares: boolean): void {
    const known = declares ? undefined : this.#variables.findLast(each => each.name === name);
    if (known) known.value = value;
    else this.#variables.push({ name, value });
  }

  #command(command: Command, dot: Value, last: readonly Value[]): Value {
    const [first, ...rest] = command.operands as [Operand, ...Operand[]];
    const args = () => [...rest.map(each => this.#operand(each, dot)), ...last];
    const { base, fields } = first;
    if (base.kind === 'function' && fields.length === 0)
      return this.#function(command, base.name, rest, last, dot);
    if (fields.length > 0) {
      // Of a function, too: it has no arguments then, they are the last method's.
      const receiver = this.#operand({ ...first, fields: fields.slice(0, -1) }, dot);
      return this.#field(receiver, fields.at(-1) as string, first, args);
    }
    if (rest.length > 0 || last.length > 0)
      throw this.#error(first, `can't give argument to non-function ${first.text}`);
    if (base.kind === 'nil') throw this.#error(first, 'nil is not a command');
    return this.#base(first, dot);
  }

  #operand(operand: Operand, dot: Value): Value {
    const { base } = operand;
    const value =
      base.kind === 'function' ? this.#function(operand, base.name, [], [], dot) : this.#base(operand, dot);
    return this.#chain(value, operand);
  }

  #base({ base }: Operand, dot: Value): Value {
    if (base.kind === 'dot') return dot;
    if (base.kind === 'variable') return this.#variables.findLast(each => each.name === base.name)?.value;
    if (base.kind === 'pipe') {
      const outer = this.#variables.length;
      const value = this.#pipe(base.pipe, dot);
      this.#variables.length = outer;
      return value;
    }
    return base.kind === 'constant' ? base.value : null;
  }

  #chain(value: Value, operand: Operand, fields: readonly string[] = operand.fields): Value {
    return fields.reduce((receiver, field) => this.#field(receiver, field, operand, () => []), value);
  }

  #field(receiver: Value, field: string, operand: Operand, args: () => Value[]): Value {
    const method = methodsOf(receiver)?.get(field);
    if (method) return this.#call(field, method, args(), operand);
    if (receiver instanceof Struct) {
      if (receiver.fields.has(field)) {
        if (args().length > 0)
          throw this.#error(operand, `${field} has arguments but cannot be invoked as function`);
        return receiver.fields.get(field);
      }
      throw this.#error(operand, `can't evaluate field ${field} in type ${receiver.type}`);
    }
    if (receiver instanceof Map) {
      if (args().length > 0) throw this.#error(operand, `${field} is not a method but has arguments`);
      return (receiver as GoMap).get(field) ?? '';
    }
    // As with the option missingkey=zero, which both programs set.
    if (receiver === undefined) return undefined;
    if (receiver === null) throw this.#error(operand, `nil data; no entry for key ${JSON.stringify(field)}`);
    throw this.#error(operand, `can't evaluate field ${field} in type ${typeName(receiver)}`);
  }

  #function(place: Place, name: string, rest: readonly Operand[], last: readonly Value[], dot: Value): Value {
    if (name === 'and' || name === 'or') return this.#shortCircuit(place, name, rest, last, dot);
    const found = this.#program.functions.get(name) as GoFunction;
    return this.#call(name, found, [...rest.map(each => this.#operand(each, dot)), ...last], place);
  }

  /** `and` and `or` look at no more than they need. */
  #shortCircuit(
    place: Place,
    name: 'and' | 'or',
    rest: readonly Operand[],
    last: readonly Value[],
    dot: Value,
  ): Value {
    if (rest.length + last.length === 0)
      throw this.#error(place, `wrong number of args for ${name}: want at least 1 got 0`);
    let value: Value;
    for (const each of rest) {
      value = this.#operand(each, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return last.length > 0 ? last[0] : value;
  }

  #call(name: string, found: GoFunction, args: Value[], place: Place): Value {
    try {
      return this.#budget.call(name, found, args, place);
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      if (error instanceof RangeError && /call stack/.test(error.message)) throw error;
      const message = (error as Error).message;
      throw this.#error(
        place,
        /^(?:wrong number of args|can't call)/.test(message) ? message : `error calling ${name}: ${message}`,
      );
    }
  }

  #print(value: Value, pipe: Pipe): void {
    if (typeof value === 'function') throw this.#error(pipe, `can't print ${pipe.text} of type func`);
    this.#budget.count(value, pipe);
    const { escaper } = this.#program;
    this.#write(escaper ? escaper.value(value) : textOf(value));
  }

  #write(text: string): void {
    this.#size += text.length;
    if (this.#size > MAX_OUTPUT)
      throw new TemplateError(`template: ${this.#outermost}: puts out too much text`);
    this.#parts.push(text);
  }

  #error(place: Place | undefined, reason: string): TemplateError {
    if (!place || !this.#source) return new TemplateError(`template: ${this.#name}: ${reason}`);
    const before = this.#source.text.slice(0, place.offset).split('\n');
    const at = `${this.#source.name}:${before.length}:${(before.at(-1) as string).length}`;
    return new TemplateError(
      `template: ${at}: executing ${JSON.stringify(this.#name)} at <${shortened(place.text)}>: ${shortened(reason)}`,
    );
  }
}
