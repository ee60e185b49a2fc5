// Go's text/template as Prometheus and Alertmanager use it. Comes in: text, data, functions; goes out: text. Called
// by rules and notifications. Pure: what a template looks at is handed to it.

import { builtins } from './builtins.js';
import { TemplateError } from './error.js';
import { execute } from './execute.js';
import type { TemplateSet } from './node.js';
import { parseInto } from './parse.js';
import type { GoFunction, Value } from './value.js';

/** A parsed template with everything it defines. */
export class Template {
  readonly #name: string;
  readonly #set: TemplateSet = new Map();
  readonly #functions: Map<string, GoFunction>;
  #text = '';

  constructor(name: string, functions: ReadonlyMap<string, GoFunction>) {
    this.#name = name;
    this.#functions = new Map([...builtins, ...functions]);
  }

  /** Parses text and adds what it defines; its own content is the template called `name`. @throws TemplateError */
  parse(text: string, name = this.#name): this {
    if (name === this.#name) this.#text = text;
    parseInto(this.#set, name, text, word => this.#functions.has(word));
    return this;
  }

  /** Whether a template of this name is there. */
  has(name: string): boolean {
    return this.#set.has(name);
  }

  /** @throws TemplateError */
  execute(data: Value, name = this.#name): string {
    const program = { set: this.#set, functions: this.#functions, text: this.#text };
    try {
      return execute(program, name, data);
    } catch (error) {
      if (error instanceof RangeError) throw new TemplateError(`template: ${name}: nested too deeply`);
      throw error;
    }
  }
}
