// Go's text/template as Prometheus and Alertmanager use it. Comes in: text, data, functions; goes out: text. Pure: what
// a template looks at is handed to it.

import type { GoFunction, Value } from '../go/value.js';
import { builtins } from './builtins.js';
import { TemplateError } from './error.js';
import { type Escaper, execute } from './execute.js';
import { missingTemplate } from './missing.js';
import type { TemplateSet } from './node.js';
import { parseInto } from './parse.js';

/** A parsed template with everything it defines. */
export class Template {
  readonly #name: string;
  readonly #set: TemplateSet;
  readonly #functions: ReadonlyMap<string, GoFunction>;
  readonly #absent: ReadonlyMap<string, string>;

  /** @param absent what to say of functions that are known and not there, by name */
  constructor(
    name: string,
    functions: ReadonlyMap<string, GoFunction>,
    absent: ReadonlyMap<string, string> = new Map(),
    set: TemplateSet = new Map(),
  ) {
    this.#name = name;
    this.#set = set;
    this.#functions = new Map([...builtins, ...functions]);
    this.#absent = absent;
  }

  /** Another template that begins with all that this one defines; what it parses itself is its own. */
  derive(name: string, functions: ReadonlyMap<string, GoFunction> = this.#functions): Template {
    return new Template(name, functions, this.#absent, new Map(this.#set));
  }

  /** Parses text and adds what it defines; its own content is the template called `name`. @throws TemplateError */
  parse(text: string, name = this.#name): this {
    parseInto(this.#set, name, text, word => this.#problemOf(word));
    return this;
  }

  /** Whether a template of this name is there. */
  has(name: string): boolean {
    return this.#set.has(name);
  }

  /** The first call of a template that is not there, by this one or by those it calls; undefined when all are. */
  missing(name = this.#name): TemplateError | undefined {
    return missingTemplate(this.#set, name);
  }

  /** With an escaper the text is what the escaper makes of values. @throws TemplateError */
  execute(data: Value, name = this.#name, escaper?: Escaper): string {
    const program = { set: this.#set, functions: this.#functions, escaper };
    try {
      return execute(program, name, data);
    } catch (error) {
      if (error instanceof RangeError) throw new TemplateError(`template: ${name}: nested too deeply`);
      throw error;
    }
  }

  /** Why a word is no function; undefined when it is one. */
  #problemOf(word: string): string | undefined {
    if (this.#functions.has(word)) return undefined;
    const note = this.#absent.get(word);
    return `function "${word}" not defined${note === undefined ? '' : ` (${note})`}`;
  }
}
