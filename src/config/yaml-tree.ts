// YAML as a tree that knows where everything stands, for foreign formats whose mistakes are reported by line and
// column. Comes in: text; goes out: the first document's nodes, values still as they are written.

import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { upperBound } from '../model/sorted.js';
import { yamlReason } from './yaml-reason.js';

/** Line and column, both from 1. */
interface YamlPlace {
  readonly line: number;
  readonly column: number;
}

export interface YamlScalar extends YamlPlace {
  readonly kind: 'scalar';
  readonly text: string;
  /** Neither quoted nor a block: may be a number, a boolean or null. */
  readonly plain: boolean;
}

export interface YamlSequence extends YamlPlace {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
}

export interface YamlMapping extends YamlPlace {
  readonly kind: 'mapping';
  readonly entries: readonly { readonly key: YamlNode; readonly value: YamlNode }[];
}

/** A node; an alias is the node it names. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

/** The text is no YAML; the line counts from 1. */
export class YamlProblem extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.name = 'YamlProblem';
    this.line = line;
  }
}

/** Go's library names it, but it may be a password without quotes. */
const UNKNOWN_ANCHOR = 'unknown anchor referenced; a text that begins with "*" must be in quotes';
/** Levels of nesting, those that aliases add included; more would exhaust the stack. */
const MAX_DEPTH = 100;
/** Nodes that aliases may add to a document: each names a whole tree, which may be full of aliases itself. */
const MAX_ALIASED = 100_000;

/** The first document of a text; undefined when there is nothing in it. @throws YamlProblem */
export function parseYamlTree(text: string): YamlNode | undefined {
  // A byte order mark is no part of the document, and offsets are counted without it.
  const source = text.replace(/^\uFEFF/, '');
  return new TreeBuilder(source, eventsOf(source)).document();
}

function eventsOf(source: string): Event[] {
  try {
    return parseEvents(source, { maxDepth: MAX_DEPTH });
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number } };
    throw new YamlProblem((mark?.line ?? 0) + 1, yamlReason(reason ?? (error as Error).message));
  }
}

interface Anchored {
  readonly node: YamlNode;
  /** How many nodes it stands for, and how many levels they have. */
  readonly weight: number;
  readonly height: number;
}

class TreeBuilder {
  readonly #source: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Anchored>();
  /** Anchors of the nodes that are being built. */
  readonly #open = new Set<string>();
  readonly #lineStarts: readonly number[];
  #next = 0;
  #depth = 0;
  #deepest = 0;
  #nodes = 0;
  #aliased = 0;
  /** Where what was read last ends: the place of a value that is not written. */
  #end = 0;
  /** The column of an offset. */
  #counted = { line: 0, offset: 0, column: 1 };

  constructor(source: string, events: readonly Event[]) {
    this.#source = source;
    this.#events = events;
    this.#lineStarts = [0, ...[...source.matchAll(/\r\n?|\n/g)].map(match => match.index + match[0].length)];
  }

  document(): YamlNode | undefined {
    const first = this.#events[this.#next++];
    if (first?.type !== EVENT_ID.DOCUMENT || this.#events[this.#next]?.type === EVENT_ID.POP)
      return undefined;
    return this.#node();
  }

  #node(): YamlNode {
    const event = this.#events[this.#next++] as Event;
    this.#nodes++;
    switch (event.type) {
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd);
      case EVENT_ID.SCALAR:
        return this.#anchored(event, () => this.#scalar(event));
      case EVENT_ID.SEQUENCE:
        return this.#anchored(event, () => {
          const place = this.#place(startOf(event, event.start));
          return { kind: 'sequence', ...place, items: this.#children() };
        });
      case EVENT_ID.MAPPING:
        return this.#anchored(event, () => {
          const place = this.#place(startOf(event, event.start));
          return { kind: 'mapping', ...place, entries: pairs(this.#children()) };
        });
      default:
        throw new YamlProblem(this.#place(this.#end).line, 'a document ends before its content');
    }
  }

  #children(): YamlNode[] {
    const children: YamlNode[] = [];
    this.#deepest = Math.max(this.#deepest, ++this.#depth);
    while (this.#events[this.#next]?.type !== EVENT_ID.POP) children.push(this.#node());
    this.#depth--;
    this.#next++;
    return children;
  }

  #scalar(event: ScalarEvent): YamlScalar {
    const text = event.valueStart < 0 ? '' : getScalarValue(this.#source, event);
    const place = this.#place(startOf(event, this.#scalarStart(event)));
    if (event.valueStart >= 0) this.#end = event.valueEnd;
    return { kind: 'scalar', ...place, text, plain: event.style === SCALAR_STYLE.PLAIN };
  }

  /** Quotes and the `|` of a block belong to it. */
  #scalarStart({ valueStart, style }: ScalarEvent): number {
    if (valueStart < 0) return this.#afterColon();
    if (style === SCALAR_STYLE.PLAIN) return valueStart;
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) return valueStart - 1;
    const from = this.#source.lastIndexOf('\n', valueStart - 2) + 1;
    const mark = /[|>][-+\d]*[ \t]*(?:#.*)?\r?\n?$/.exec(this.#source.slice(from, valueStart));
    return from + (mark?.index ?? 0);
  }

  #afterColon(): number {
    const colon = /["']?[ \t]*:/y;
    colon.lastIndex = this.#end;
    return colon.test(this.#source) ? colon.lastIndex : this.#end;
  }

  #alias(from: number, to: number): YamlNode {
    const name = this.#source.slice(from, to);
    const place = this.#place(from - 1);
    if (this.#open.has(name)) throw new YamlProblem(place.line, 'an anchor whose value contains itself');
    const anchor = this.#anchors.get(name);
    if (!anchor) throw new YamlProblem(place.line, UNKNOWN_ANCHOR);
    this.#count(anchor, place.line);
    this.#end = to;
    return { ...anchor.node, ...place };
  }

  #count({ weight, height }: Anchored, line: number): void {
    this.#nodes += weight;
    this.#aliased += weight;
    if (this.#aliased > MAX_ALIASED) throw new YamlProblem(line, 'document contains excessive aliasing');
    this.#deepest = Math.max(this.#deepest, this.#depth + height);
    if (this.#deepest > MAX_DEPTH) throw new YamlProblem(line, `nesting exceeded maxDepth (${MAX_DEPTH})`);
  }

  #anchored(event: { anchorStart: number; anchorEnd: number }, build: () => YamlNode): YamlNode {
    if (event.anchorStart < 0) return build();
    const name = this.#source.slice(event.anchorStart, event.anchorEnd);
    this.#open.add(name);
    const [nodes, deepest] = [this.#nodes, this.#deepest];
    this.#deepest = this.#depth;
    const node = build();
    this.#open.delete(name);
    const [weight, height] = [this.#nodes - nodes + 1, this.#deepest - this.#depth];
    this.#anchors.set(name, { node, weight, height });
    this.#deepest = Math.max(deepest, this.#deepest);
    return node;
  }

  #place(offset: number): YamlPlace {
    const line = lastAtMost(this.#lineStarts, offset);
    const start = this.#lineStarts[line] as number;
    // Counted on from the place before it: a long line has many places.
    const { offset: known, column } =
      this.#counted.line === line ? this.#counted : { offset: start, column: 1 };
    // Columns count characters, not UTF-16 units.
    const characters = (from: number, to: number) => [...this.#source.slice(from, to)].length;
    const place = {
      line: line + 1,
      column: offset < known ? column - characters(offset, known) : column + characters(known, offset),
    };
    this.#counted = { line, offset, column: place.column };
    return place;
  }
}

/** An anchor or a tag before a node belongs to it. */
function startOf(
  { anchorStart, tagStart }: { anchorStart: number; tagStart: number },
  start: number,
): number {
  const starts = [start, anchorStart - 1, tagStart].filter(offset => offset >= 0);
  return Math.min(...starts);
}

function pairs(children: readonly YamlNode[]): { key: YamlNode; value: YamlNode }[] {
  return Array.from({ length: Math.floor(children.length / 2) }, (_, i) => ({
    key: children[2 * i] as YamlNode,
    value: children[2 * i + 1] as YamlNode,
  }));
}

function lastAtMost(sorted: readonly number[], value: number): number {
  return Math.max(upperBound(sorted, value) - 1, 0);
}
