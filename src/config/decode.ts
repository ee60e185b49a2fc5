// YAML into values, strictly and in the words of Go's YAML package: unknown keys, keys given twice and values of a
// wrong type are mistakes, all of them reported.

import { isAbsolute, join } from 'node:path';
import type { Millis } from '../model/time.js';
import type { YamlMapping, YamlNode } from './yaml-tree.js';

/** Reads the text of a duration, or says what is wrong with it. */
type ReadDuration = (text: string) => Millis | { readonly reason: string };

/** A value that does not fit, and its line (from 1). */
interface Problem {
  readonly line: number;
  readonly reason: string;
}

/** What stands under a key; undefined when the key is not there. */
export type Field = YamlNode | undefined;

const NULL = /^(?:~|null|Null|NULL|)$/;
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/;
/** What YAML 1.1 called booleans; Go takes them where one is wanted. */
const YES = /^(?:true|True|TRUE|y|Y|yes|Yes|YES|on|On|ON)$/;
const NO = /^(?:false|False|FALSE|n|N|no|No|NO|off|Off|OFF)$/;
const INTEGER = /^[-+]?(?:0x[\da-fA-F_]+|0o?[0-7_]+|0b[01_]+|\d[\d_]*)$/;
const FLOAT = /^(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Longer values are shortened in messages. */
const SHOWN = 10;

/** Reads values and collects what does not fit; in the place of such a value stands an empty one. */
export class Decoder {
  readonly #problems: Problem[] = [];
  readonly #secrets = new Set<YamlNode>();
  readonly #readDuration: ReadDuration;
  readonly #folder: string;

  /** @param folder what relative paths in the file are relative to */
  constructor(readDuration: ReadDuration, folder = '') {
    this.#readDuration = readDuration;
    this.#folder = folder;
  }

  /** What does not fit, from the first line to the last. */
  get problems(): readonly Problem[] {
    return [...this.#problems].sort((a, b) => a.line - b.line);
  }

  /** The values that must not be shown. */
  get secrets(): ReadonlySet<YamlNode> {
    return this.#secrets;
  }

  /** Notes that a value is a secret, before it is read: no message repeats any of it. */
  markSecret(node: Field): void {
    if (!isAbsent(node)) this.#secrets.add(node);
  }

  /** The fields of a mapping that may have these keys only. @param refused reasons for refusing some others, by key */
  fields<Key extends string>(
    node: Field,
    type: string,
    keys: readonly Key[],
    refused?: ReadonlyMap<string, string>,
  ): Partial<Record<Key, YamlNode>> {
    const found: Partial<Record<Key, YamlNode>> = {};
    for (const [key, value] of this.#pairs(node, type)) {
      if ((keys as readonly string[]).includes(key.text)) found[key.text as Key] = value;
      else this.#addMistake(key, refused?.get(key.text) ?? `field ${key.text} not found in type ${type}`);
    }
    return found;
  }

  /** What stands under one key of a mapping, and the mapping without it; neither when it is no mapping. */
  expect(node: YamlNode, type: string, key: string): [taken: Field, rest: YamlMapping | undefined] {
    if (node.kind !== 'mapping') {
      this.#wrong(node, type);
      return [undefined, undefined];
    }
    const pairs = this.#pairs(node, type);
    const rest = pairs
      .filter(([name]) => name.text !== key)
      .map(([{ line, text }, value]) => ({
        key: { kind: 'scalar', line, column: 1, text, plain: false } as const,
        value,
      }));
    return [pairs.find(([name]) => name.text === key)?.[1], { ...node, entries: rest }];
  }

  /** The items of a sequence; none when it is not there. */
  list(node: Field, type: string): readonly YamlNode[] {
    if (isAbsent(node)) return [];
    if (node.kind === 'sequence') return node.items;
    this.#wrong(node, `[]${type}`);
    return [];
  }

  text(node: Field, otherwise = ''): string {
    if (isAbsent(node)) return otherwise;
    if (node.kind === 'scalar') return node.text;
    this.#wrong(node, 'string');
    return '';
  }

  /** A mapping of whatever keys, as it is written. */
  entries(node: Field, type: string): [name: string, value: YamlNode][] {
    return this.#pairs(node, type).map(([key, value]) => [key.text, value]);
  }

  /** Labels or annotations; sorted by name. */
  texts(node: Field): Record<string, string> {
    const pairs = this.#pairs(node, 'map[string]string').map(
      ([key, value]) => [key.text, this.text(value)] as const,
    );
    return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  integer(node: Field): number {
    if (isAbsent(node)) return 0;
    if (node.kind === 'scalar' && node.plain && INTEGER.test(node.text)) return integerOf(node.text);
    this.#wrong(node, 'int');
    return 0;
  }

  /** A number that is not negative. */
  unsigned(node: Field): number {
    if (isAbsent(node)) return 0;
    const value =
      node.kind === 'scalar' && node.plain && INTEGER.test(node.text) ? integerOf(node.text) : Number.NaN;
    if (value >= 0) return value;
    this.#wrong(node, 'uint');
    return 0;
  }

  float(node: Field): number {
    if (isAbsent(node)) return 0;
    if (node.kind === 'scalar' && node.plain) {
      if (INTEGER.test(node.text)) return integerOf(node.text);
      if (FLOAT.test(node.text)) return floatOf(node.text);
    }
    this.#wrong(node, 'float64');
    return 0;
  }

  boolean(node: Field, otherwise = false): boolean {
    if (isAbsent(node)) return otherwise;
    if (node.kind === 'scalar' && node.plain) {
      if (YES.test(node.text)) return true;
      if (NO.test(node.text)) return false;
    }
    this.#wrong(node, 'bool');
    return otherwise;
  }

  /** The path of a file, relative to the folder of the one that is read; empty when it is not there. */
  path(node: Field): string {
    const path = this.text(node);
    return path === '' || isAbsolute(path) ? path : join(this.#folder, path);
  }

  /** A duration; undefined when it is not there. */
  duration(node: Field): Millis | undefined {
    if (isAbsent(node)) return undefined;
    const span = this.#readDuration(this.text(node));
    if (typeof span === 'number') return span;
    if (node.kind === 'scalar') this.#addMistake(node, span.reason);
    return undefined;
  }

  #pairs(node: Field, type: string): [{ line: number; text: string }, YamlNode][] {
    if (isAbsent(node)) return [];
    if (node.kind !== 'mapping') {
      this.#wrong(node, type);
      return [];
    }
    const own = this.#ownPairs(node);
    const names = new Set(own.map(([key]) => key.text));
    const merged = this.#mergedPairs(node, type).filter(([key]) => {
      const isNew = !names.has(key.text);
      names.add(key.text);
      return isNew;
    });
    return [...own, ...merged];
  }

  #ownPairs(node: YamlMapping): [{ line: number; text: string }, YamlNode][] {
    const lines = new Map<string, number>();
    return node.entries.flatMap(({ key, value }) => {
      if (isMerge(key)) return [];
      const text = this.text(key);
      const before = lines.get(text);
      if (before !== undefined)
        this.#addMistake(key, `mapping key ${JSON.stringify(text)} already defined at line ${before}`);
      lines.set(text, before ?? key.line);
      return before === undefined ? [[{ line: key.line, text }, value]] : [];
    });
  }

  /** What `<<` brings in: a mapping, or several, the first one's values first. */
  #mergedPairs(node: YamlMapping, type: string): [{ line: number; text: string }, YamlNode][] {
    return node.entries
      .filter(({ key }) => isMerge(key))
      .flatMap(({ value }) => (value.kind === 'sequence' ? value.items : [value]))
      .flatMap(each => {
        if (each.kind === 'mapping') return this.#pairs(each, type);
        this.#addMistake(each, 'map merge requires map or sequence of maps as the value');
        return [];
      });
  }

  #wrong(node: YamlNode, type: string): void {
    this.#addMistake(node, `cannot unmarshal ${described(node, this.#secrets.has(node))} into ${type}`);
  }

  /** Adds the problem that a value is of a wrong type. @param type as Go names the one that is wanted */
  refuseType(node: YamlNode, type: string): void {
    this.#wrong(node, type);
  }

  /** Adds a problem that the caller found in a value that is valid for the decoder. */
  addMistake(node: { readonly line: number }, reason: string): void {
    this.#addMistake(node, reason);
  }

  #addMistake({ line }: { readonly line: number }, reason: string): void {
    this.#problems.push({ line, reason });
  }
}

function isMerge(key: YamlNode): boolean {
  return key.kind === 'scalar' && key.plain && key.text === '<<';
}

/** There as null, which to Go is the empty value, whatever the default is. */
export function isNull(node: Field): boolean {
  return node !== undefined && isAbsent(node);
}

/** Not there, or there as null. */
export function isAbsent(node: Field): node is undefined {
  return node === undefined || (node.kind === 'scalar' && node.plain && NULL.test(node.text));
}

function described(node: YamlNode, isSecret: boolean): string {
  if (node.kind !== 'scalar') return node.kind === 'sequence' ? '!!seq' : '!!map';
  if (isSecret) return `${tagOf(node)} <secret>`;
  const { text } = node;
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text;
  return `${tagOf(node)} \`${shown}\``;
}

function tagOf({ text, plain }: { readonly text: string; readonly plain: boolean }): string {
  if (!plain) return '!!str';
  if (BOOLEAN.test(text)) return '!!bool';
  if (INTEGER.test(text)) return '!!int';
  return FLOAT.test(text) ? '!!float' : '!!str';
}

function integerOf(text: string): number {
  const plain = text.replaceAll('_', '');
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  return sign * Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
}

function floatOf(text: string): number {
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
