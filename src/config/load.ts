// A YAML file in, checked values or every mistake in it out. Knows no section by name: the schema comes with the call.

import { dirname, isAbsolute, resolve } from 'node:path';
import {
  CORE_SCHEMA,
  floatCoreTag,
  intCoreTag,
  load,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  type ScalarTagDefinition,
  Schema as YamlSchema,
} from 'js-yaml';
import type { z } from 'zod';
import { readBounded } from './bounded-file.js';
import { ConfigError } from './config-error.js';
import { expandVariables } from './expand-variables.js';
import { fileProblem } from './file-problem.js';
import { FileSecret, isReadableAgain, trimmed } from './file-secret.js';
import { TLS_FILES } from './http-client/config.js';
import { readTlsFiles } from './http-client/tls-files.js';
import { decodeUtf8 } from './utf8.js';
import { yamlReason } from './yaml-reason.js';

export { ConfigError };

/**
 * Reads a YAML file, fills in `${VAR}` and `${VAR:-default}` (`$$` is a dollar sign), puts KEY in the place of each
 * `KEY_file`, and checks it all. A secret in a file is read again whenever it is used, everything else now.
 * @param foreign paths of keys in a format of their own (`alerting.key`), which the schema gets as they are written
 * @throws ConfigError with every mistake at once.
 */
export function loadYaml<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  env: NodeJS.ProcessEnv = process.env,
  foreign: readonly string[] = [],
): z.output<Schema> {
  const mistakes: string[] = [];
  const raw = parseYaml(file);
  // Where a value could not be filled in; that its place is then empty is no second mistake.
  const unfilled = new Set<string>();
  const fileTexts: FileText[] = [];
  const filled = fillIn(raw, [], {
    env,
    folder: dirname(resolve(file)),
    unfilled,
    fileTexts,
    foreign: new Set(foreign),
    mistake: (path, reason) => {
      unfilled.add(path.join('.'));
      mistakes.push(line(file, path, reason));
    },
  });
  writeTexts(fileTexts, schema.safeParse(filled ?? {}));
  return checked(file, filled, schema, mistakes, unfilled);
}

/**
 * Reads a YAML file whose texts mean what they say, in a foreign format that knows neither `${VAR}` nor
 * `KEY_file`, and checks it. A file with nothing in it, or nothing but comments, is one without settings.
 * @throws ConfigError with every mistake at once.
 */
export function loadPlainYaml<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  return checked(file, parseYaml(file, true), schema);
}

/**
 * Reads a YAML file in a foreign format as it is written, unchecked; undefined when nothing is in it.
 * @throws ConfigError when it cannot be read or is no YAML
 */
export function readPlainYaml(file: string): unknown {
  return parseYaml(file, true);
}

function checked<Schema extends z.ZodType>(
  file: string,
  value: unknown,
  schema: Schema,
  mistakes: string[] = [],
  named: ReadonlySet<string> = new Set(),
): z.output<Schema> {
  const result = schema.safeParse(value ?? {}, { reportInput: false });
  for (const issue of result.success ? [] : result.error.issues) {
    const path = issue.path.map(String);
    if (named.has(path.join('.'))) continue;
    for (const reason of issue.message.split('\n')) mistakes.push(line(file, path, reason));
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return result.data as z.output<Schema>;
}

function line(file: string, path: readonly string[], reason: string): string {
  return `${file}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${reason}`;
}

/** A number that would be printed differently (`0123`, `1.0`, 30 digits) stays text: it may be a password. */
function asWritten(tag: ScalarTagDefinition): ScalarTagDefinition {
  return {
    ...tag,
    resolve(source, isExplicit, name) {
      const value = tag.resolve(source, isExplicit, name);
      return isExplicit || String(value) === source ? value : NOT_RESOLVED;
    },
  };
}

const NUMBERS: readonly unknown[] = [intCoreTag, floatCoreTag];
const YAML = new YamlSchema([
  ...CORE_SCHEMA.tags.filter(tag => !NUMBERS.includes(tag)),
  ...[intCoreTag, floatCoreTag].map(asWritten),
  mergeTag,
]);

function parseYaml(file: string, mayBeEmpty = false): unknown {
  let source: string;
  try {
    source = decodeUtf8(readBounded(file));
  } catch (error) {
    throw new ConfigError([`${file}: ${fileProblem(error)}`]);
  }
  try {
    const options = { filename: file, schema: YAML };
    const value = mayBeEmpty && loadAll(source, options).length === 0 ? undefined : load(source, options);
    if (aliasedValues(value) > MAX_ALIASED)
      throw new Error(`aliases stand for more than ${MAX_ALIASED} values; write fewer of them`);
    return value;
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number; column: number } };
    const where = mark ? `:${mark.line + 1}:${mark.column + 1}` : '';
    throw new ConfigError([
      `${file}${where}: not valid YAML: ${yamlReason(reason ?? (error as Error).message.split('\n')[0] ?? '')}`,
    ]);
  }
}

/** Values that aliases may add to a file: each names a whole tree, which may be full of aliases itself. */
const MAX_ALIASED = 100_000;

/** How many values a document has beyond those that are written, since each alias is the value it names. */
function aliasedValues(document: unknown): number {
  let written = 0;
  const sizes = new Map<object, number>();
  const sizeOf = (value: unknown): number => {
    if (value === null || typeof value !== 'object') return 1;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    const inner = Object.values(value);
    // A value that contains itself is reported later, with its path.
    sizes.set(value, 0);
    written += inner.length;
    const size = inner.reduce<number>((sum, each) => sum + sizeOf(each), 1);
    sizes.set(value, size);
    return size;
  };
  return sizeOf(document) - written - 1;
}

/** A secret that was put where a `KEY_file` is written, and what its file contains. */
interface FileText {
  readonly path: readonly string[];
  readonly within: Record<string, unknown>;
  readonly key: string;
  readonly text: string;
}

/** Where the schema wants no secret (a URL, a number), the file's text stands. */
function writeTexts(fileTexts: readonly FileText[], { error }: z.ZodSafeParseResult<unknown>): void {
  const refused = new Set(error?.issues.map(issue => issue.path.map(String).join('.')));
  for (const { path, within, key, text } of fileTexts) if (refused.has(path.join('.'))) within[key] = text;
}

interface Filling {
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths in a configuration are relative to it. */
  readonly folder: string;
  /** Paths of the values a mistake was found in. */
  readonly unfilled: ReadonlySet<string>;
  readonly fileTexts: FileText[];
  /** Paths of what is left as it is written. */
  readonly foreign: ReadonlySet<string>;
  readonly mistake: (path: readonly string[], reason: string) => void;
}

/** Keys that end in `_file` but name a file to use, not a file to read a secret from. */
const PATHS = new Set<string>([...TLS_FILES, 'client_ca_file', 'config_file']);

/** @param around what the value stands in, outermost first: an alias may name one of them. */
function fillIn(
  value: unknown,
  path: readonly string[],
  filling: Filling,
  around: readonly unknown[] = [],
): unknown {
  if (typeof value === 'string')
    return expandVariables(value, filling.env, reason => filling.mistake(path, reason));
  if (value === null || typeof value !== 'object') return value;
  if (around.includes(value)) {
    filling.mistake(path, 'an alias of something it is itself a part of');
    return undefined;
  }
  const within = [...around, value];
  if (Array.isArray(value))
    return value.map((item, i) => fillIn(item, [...path, String(i)], filling, within));
  const filled: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, key];
    if (key === '__proto__') {
      filling.mistake(at, 'unknown key "__proto__"');
      continue;
    }
    if (filling.foreign.has(at.join('.'))) {
      filled[key] = inner;
      continue;
    }
    const done = fillIn(inner, at, filling, within);
    if (PATHS.has(key) && typeof done === 'string' && done !== '') {
      filled[key] = isAbsolute(done) ? done : resolve(filling.folder, done);
    } else if (key.endsWith('_file') && !PATHS.has(key) && !isMapping(inner)) {
      const target = key.slice(0, -'_file'.length);
      if (Object.hasOwn(value, target)) filling.mistake(at, `use ${target} or ${key}, not both`);
      else filled[target] = readSecret(done, { path: at, within: filled, key: target }, filling);
    } else {
      filled[key] = done;
    }
    if (key === 'tls_config') checkTlsFiles(done, at, filling);
  }
  return filled;
}

/** A service may be named `upload_file`: settings are no path. */
function isMapping(value: unknown): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A file that cannot be used is found when the configuration is read: later, what it is for would not be asked at all. */
function checkTlsFiles(config: unknown, path: readonly string[], { mistake, unfilled }: Filling): void {
  if (config === null || typeof config !== 'object') return;
  const named = TLS_FILES.map(key => [key, (config as Record<string, unknown>)[key]] as const);
  if (TLS_FILES.some(key => unfilled.has([...path, key].join('.')))) return;
  // What is no text is found by the schema.
  const files = Object.fromEntries(named.filter(([, file]) => typeof file === 'string'));
  try {
    readTlsFiles({ insecure_skip_verify: false, ...files });
  } catch (error) {
    mistake(path, (error as Error).message.replace(/^tls_config: /, ''));
  }
}

/** A password may begin or end with a blank. */
const KEEPS_BLANKS = { keepsBlanks: true } as const;

function readSecret(
  file: unknown,
  { path, within, key }: Omit<FileText, 'text'>,
  filling: Filling,
): string | FileSecret {
  const { folder, mistake, fileTexts } = filling;
  if (filling.unfilled.has(path.join('.'))) return '';
  if (typeof file !== 'string' || file === '') {
    mistake(path, 'expected the path of a file');
    return '';
  }
  const whole = resolve(folder, file);
  try {
    const text = trimmed(decodeUtf8(readBounded(whole)), KEEPS_BLANKS);
    if (!isReadableAgain(whole)) return text;
    fileTexts.push({ path: [...path.slice(0, -1), key], within, key, text });
    return new FileSecret(whole, KEEPS_BLANKS);
  } catch (error) {
    mistake(path, `cannot read ${file}: ${fileProblem(error)}`);
    return '';
  }
}
