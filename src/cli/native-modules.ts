// What to do about a native module that does not load: their packages have binaries for the usual platforms, and on others
// npm compiles them, unless it is configured to run no install scripts.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Modules with a binary; a failure to load names them in its message or its stack. */
const NATIVE = ['@photostructure/sqlite', 'bcrypt'];

/** One line about a native module whose binary is missing or does not load; undefined for any other error. */
export function nativeModuleProblem(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, message, stack = '' } = error as NodeJS.ErrnoException;
  const isMissing =
    /^No native build was found/.test(message) ||
    // Of a binary's own path, or of a whole package that is not there.
    (code === 'MODULE_NOT_FOUND' && /\.node\b/.test(message));
  const isOther = code === 'ERR_DLOPEN_FAILED';
  if (!isMissing && !isOther) return undefined;
  const name = NATIVE.find(each => message.includes(each) || stack.includes(`/${each}/`));
  if (name === undefined) return undefined;
  const node = `Node ${process.versions.node} on ${process.platform} ${process.arch}`;
  const what = isMissing
    ? `${name} has no binary for ${node}, and npm compiled none (ignore-scripts, allow-scripts, or no python3, make and g++)`
    : `${name}'s binary does not load in ${node}: ${message.split('\n')[0]}`;
  return `${what}. In ${root()} run: npm rebuild ${name} --ignore-scripts=false`;
}

/** The folder whose node_modules the program is in, or its own. */
function root(): string {
  const own = realpathSync(fileURLToPath(new URL('../../', import.meta.url))).replace(/[/\\]$/, '');
  return own.replace(/[/\\]node_modules[/\\][^/\\]+$/, '');
}
