// A YAML file in, checked values or every mistake in it out. Knows no section by name: the schema comes with the
// call. Called by app.ts for monitor.yml and by http for the web configuration.

import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { z } from 'zod';

/** Every mistake of a configuration, each one line: file, path, reason. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/** A system error in words: `ENOENT` becomes `no such file`. */
export function fileProblem(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const known: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'a part of the path is not a directory',
  };
  return known[code ?? ''] ?? (error as Error).message;
}

/**
 * Reads a YAML file, fills in `${VAR}` and `${VAR:-default}` (`$$` is a dollar sign), replaces each `KEY_file` by
 * the KEY it holds, and checks it all.
 * @throws ConfigError with every mistake at once.
 */
export function loadYaml<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  env: NodeJS.ProcessEnv = process.env,
): z.output<Schema> {
  const mistakes: string[] = [];
  const raw = parseYaml(file);
  // Where a value could not be filled in; that its place is then empty is no second mistake.
  const unfilled = new Set<string>();
  const filled = fillIn(raw, [], {
    env,
    folder: dirname(resolve(file)),
    mistake: (path, reason) => {
      unfilled.add(path.join('.'));
      mistakes.push(line(file, path, reason));
    },
  });
  const result = schema.safeParse(filled ?? {}, { reportInput: false });
  for (const issue of result.success ? [] : result.error.issues) {
    const path = issue.path.map(String);
    if (unfilled.has(path.join('.'))) continue;
    for (const reason of issue.message.split('\n')) mistakes.push(line(file, path, reason));
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return result.data as z.output<Schema>;
}

function line(file: string, path: readonly string[], reason: string): string {
  return `${file}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${reason}`;
}

function parseYaml(file: string): unknown {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: ${fileProblem(error)}`]);
  }
  try {
    return load(source, { filename: file });
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number; column: number } };
    const where = mark ? `:${mark.line + 1}:${mark.column + 1}` : '';
    throw new ConfigError([
      `${file}${where}: not valid YAML: ${reason ?? (error as Error).message.split('\n')[0]}`,
    ]);
  }
}

interface Filling {
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths in a configuration are relative to it. */
  readonly folder: string;
  readonly mistake: (path: readonly string[], reason: string) => void;
}

/** Keys that end in `_file` but name a file to use, not a file to read a secret from. */
const PATHS = new Set(['ca_file', 'cert_file', 'key_file', 'client_ca_file', 'config_file']);

function fillIn(value: unknown, path: readonly string[], filling: Filling): unknown {
  if (typeof value === 'string') return expand(value, path, filling);
  if (Array.isArray(value)) return value.map((item, i) => fillIn(item, [...path, String(i)], filling));
  if (value === null || typeof value !== 'object') return value;
  const filled: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, key];
    const done = fillIn(inner, at, filling);
    if (PATHS.has(key) && typeof done === 'string' && done !== '') {
      filled[key] = isAbsolute(done) ? done : resolve(filling.folder, done);
    } else if (key.endsWith('_file') && !PATHS.has(key)) {
      const target = key.slice(0, -'_file'.length);
      if (target in value) filling.mistake(at, `use ${target} or ${key}, not both`);
      else filled[target] = readSecret(done, at, filling);
    } else {
      filled[key] = done;
    }
  }
  return filled;
}

function expand(value: string, path: readonly string[], { env, mistake }: Filling): string {
  return value.replace(
    /\$(\$|\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})/g,
    (_, whole: string, name: string, otherwise?: string) => {
      if (whole === '$') return '$';
      const found = env[name];
      if (found !== undefined && (found !== '' || otherwise === undefined)) return found;
      if (otherwise !== undefined) return otherwise;
      mistake(
        path,
        `the environment variable ${name} is not set; set it or give a default: \${${name}:-value}`,
      );
      return '';
    },
  );
}

function readSecret(file: unknown, path: readonly string[], { folder, mistake }: Filling): string {
  if (typeof file !== 'string' || file === '') {
    mistake(path, 'expected the path of a file');
    return '';
  }
  try {
    return readFileSync(resolve(folder, file), 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    mistake(path, `cannot read ${file}: ${fileProblem(error)}`);
    return '';
  }
}
