// The texts of notifications. Comes in: a template and what it is filled with; goes out: text or HTML.

import { formatPrint } from '../../go/printf.js';
import { SafeText, type Value } from '../../go/value.js';
import type { Millis } from '../../model/time.js';
import { alertmanagerFunctions, NEWER_FUNCTIONS } from '../../template/alertmanager.js';
import { escapeHtml, queryEscape } from '../../template/builtins.js';
import { TemplateError } from '../../template/error.js';
import { HtmlEscaper } from '../../template/html.js';
import { Template } from '../../template/template.js';
import type { Notification } from '../pipeline/notification.js';
import { templateData } from './data.js';
import { defaultTemplates } from './index.js';

/** Alertmanager's default templates with the user's own on top. */
export interface Templates {
  /** Fills in a text. @throws TemplateError */
  text(template: string, notification: Notification): string;
  /** The same with values escaped for HTML. @throws TemplateError */
  html(template: string, notification: Notification): string;
}

/** Go's templates, as Alertmanager uses them. */
export class GoTemplates implements Templates {
  readonly #text: Template;
  readonly #html: Template;
  readonly #parsed = new Map<string, Template>();
  /** One message takes a dozen templates. */
  readonly #data = new WeakMap<Notification, Value>();
  #now: Millis = 0;

  /**
   * @param files the user's own, whose definitions replace the default ones of the same name
   * @throws TemplateError when one cannot be parsed
   */
  constructor(files: readonly { readonly file: string; readonly text: string }[] = []) {
    const functions = alertmanagerFunctions(() => this.#now);
    this.#text = new Template('', functions, NEWER_FUNCTIONS);
    for (const { name, text } of defaultTemplates) this.#text.parse(text, name);
    for (const { file, text } of files) this.#text.parse(text, baseName(file));
    // What these have escaped is not escaped again.
    const html = (...values: Value[]) => new SafeText(escapeHtml(formatPrint(values)));
    const urlquery = (...values: Value[]) => new SafeText(queryEscape(formatPrint(values)), 'url');
    const escaped = new Map(Object.entries({ html, urlquery }));
    this.#html = this.#text.derive('', new Map([...functions, ...escaped]));
  }

  text(template: string, notification: Notification): string {
    return this.#filled(this.#text, template, notification);
  }

  html(template: string, notification: Notification): string {
    return this.#filled(this.#html, template, notification, new HtmlEscaper());
  }

  /** What is wrong with a template, whatever it is filled in with; undefined when nothing is. */
  problem(template: string): string | undefined {
    try {
      return this.#text.derive('').parse(template).missing()?.message;
    } catch (error) {
      if (error instanceof TemplateError) return error.message;
      throw error;
    }
  }

  #filled(base: Template, text: string, notification: Notification, escaper?: HtmlEscaper): string {
    if (!text.includes('{{')) return text;
    this.#now = notification.at;
    return this.#parse(base, text).execute(this.#dataOf(notification), '', escaper);
  }

  #dataOf(notification: Notification): Value {
    const known = this.#data.get(notification);
    if (known !== undefined) return known;
    const data = templateData(notification);
    this.#data.set(notification, data);
    return data;
  }

  /** The configuration's texts are few and come again and again. */
  #parse(base: Template, text: string): Template {
    const key = `${base === this.#html ? 'html' : 'text'} ${text}`;
    const known = this.#parsed.get(key);
    if (known) return known;
    const parsed = base.derive('').parse(text, '');
    this.#parsed.set(key, parsed);
    return parsed;
  }
}

/** As Go calls a template that was read from a file. */
function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
