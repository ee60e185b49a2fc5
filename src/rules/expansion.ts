// Templates of an alerting rule's labels and annotations. Comes in: a text and the alert it is for; goes out: the text
// filled in, or what is wrong with it, in its place. Source: Prometheus, rules/alerting.go and template/template.go.

import { withArity } from '../go/arguments.js';
import { type GoFunction, Struct } from '../go/value.js';
import type { Labels } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import { TemplateError } from '../template/error.js';
import { prometheusFunctions } from '../template/prometheus.js';
import { Template } from '../template/template.js';
import type { Texts } from './definition.js';
import type { InstantSample } from './query-func.js';

/** What templates look at besides their own alert. */
export interface TemplateContext {
  readonly externalLabels: Texts;
  /** Without a slash at the end; empty when there is none. */
  readonly externalUrl: string;
  /** Answers the function `query`; throws what is wrong. */
  readonly query: (text: string, at: Millis) => readonly InstantSample[];
}

/** Names that are easier to remember than Go's; part of the text, so columns in messages count them. */
const DEFINITIONS =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}';

const DATA_TYPE =
  'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }';

/** Used where no URL is configured, or an invalid one. */
const NOWHERE = 'http://localhost';

/** What is wrong with the text of a template; undefined when it can be parsed. */
export function templateProblem(alertName: string, text: string): string | undefined {
  const functions = prometheusFunctions({ query: () => [], externalUrl: NOWHERE, at: 0 });
  try {
    new Template(templateName(alertName), functions).parse(DEFINITIONS + text);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** A text as it was filled in last, and what that was made of beside the alert's labels. */
interface ExpandedText {
  readonly value: number;
  readonly queries: readonly { readonly text: string; readonly answer: readonly InstantSample[] }[];
  readonly text: string;
}

/** Fills in the templates of one rule, each parsed once; and each alert's again only where it may become another text. */
export class Expansion {
  readonly #name: string;
  readonly #context: TemplateContext;
  readonly #functions: ReadonlyMap<string, GoFunction>;
  readonly #externalLabels: ReadonlyMap<string, string>;
  readonly #templates = new Map<string, Template>();
  #isFixed = true;
  #at: Millis = Number.NaN;
  /** By the template's text and the alert's labels: those of this evaluation, and those of the one before. */
  #expanded = new Map<string, ExpandedText>();
  #expandedBefore = this.#expanded;
  /** What the template that is executed has asked; undefined where its text may be another one the next time all the same. */
  #queries: { text: string; answer: readonly InstantSample[] }[] | undefined;

  constructor(alertName: string, context: TemplateContext) {
    this.#name = templateName(alertName);
    this.#context = context;
    this.#functions = this.#makeFunctions();
    this.#externalLabels = new Map(Object.entries(context.externalLabels));
  }

  /** Whether nothing that was filled in so far depends on more than an alert's labels and value. */
  get isFixed(): boolean {
    return this.#isFixed;
  }

  /** `at` is the moment of the evaluation. Never throws: a failure is shown in the text. */
  expand(text: string, labels: Labels, value: number, at: Millis): string {
    if (!text.includes('{{')) return text;
    if (at !== this.#at) {
      this.#expandedBefore = this.#expanded;
      this.#expanded = new Map();
      this.#at = at;
    }
    const key = `${text}\0${labels.key}`;
    const known = this.#expandedBefore.get(key);
    if (known && this.#isStill(known, value)) {
      this.#expanded.set(key, known);
      return known.text;
    }
    this.#queries = [];
    const filledIn = this.#fillIn(text, labels, value);
    if (this.#queries) this.#expanded.set(key, { value, queries: this.#queries, text: filledIn });
    return filledIn;
  }

  #isStill({ value, queries }: ExpandedText, now: number): boolean {
    return Object.is(value, now) && queries.every(({ text, answer }) => this.#answer(text) === answer);
  }

  /** Undefined where the query fails. */
  #answer(text: string): readonly InstantSample[] | undefined {
    try {
      return this.#context.query(text, this.#at);
    } catch {
      return undefined;
    }
  }

  #fillIn(text: string, labels: Labels, value: number): string {
    const data = new Struct(DATA_TYPE, {
      Labels: new Map(labels.pairs()),
      ExternalLabels: this.#externalLabels,
      ExternalURL: this.#context.externalUrl,
      Value: value,
    });
    let stage = 'parsing';
    try {
      const template = this.#template(text);
      stage = 'executing';
      return template.execute(data);
    } catch (error) {
      this.#queries = undefined;
      this.#isFixed = false;
      return `<error expanding template: error ${stage} template ${this.#name}: ${reasonOf(error)}>`;
    }
  }

  #template(text: string): Template {
    const known = this.#templates.get(text);
    if (known) return known;
    const template = new Template(this.#name, this.#functions).parse(DEFINITIONS + text);
    this.#templates.set(text, template);
    return template;
  }

  /** They outlive an evaluation, so what depends on its moment is looked up when it is called. */
  #makeFunctions(): Map<string, GoFunction> {
    const { externalUrl, query } = this.#context;
    const functions = prometheusFunctions({
      query: text => {
        this.#isFixed = false;
        const answer = query(text, this.#at);
        this.#queries?.push({ text, answer });
        return answer;
      },
      externalUrl: URL.canParse(externalUrl) ? externalUrl : NOWHERE,
      at: 0,
    });
    functions.set(
      'now',
      withArity('now', 0, 0, () => {
        this.#queries = undefined;
        this.#isFixed = false;
        return this.#at / 1000;
      }),
    );
    functions.set(
      'externalURL',
      withArity('externalURL', 0, 0, () => externalUrl),
    );
    return functions;
  }
}

function templateName(alertName: string): string {
  return `__alert_${alertName}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof TemplateError) return error.message;
  throw error;
}
