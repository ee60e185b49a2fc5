// Flags that only one command has, beside those it shares with the monitor.

import { UsageError } from './flags.js';

/**
 * Takes a command's own flags, each with a value (`--name=VALUE` or `--name VALUE`), out of its arguments; of a flag that
 * is given twice the last counts. @throws UsageError for one without a value
 */
export function takeOwnFlags<Name extends string>(
  args: readonly string[],
  names: readonly Name[],
): { readonly own: Readonly<Partial<Record<Name, string>>>; readonly rest: readonly string[] } {
  const own: Partial<Record<Name, string>> = {};
  const rest: string[] = [];
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const name = names.find(each => arg === `--${each}` || arg.startsWith(`--${each}=`));
    if (i >= end || name === undefined) {
      rest.push(arg);
      continue;
    }
    const value = arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : args[++i];
    if (value === undefined || value === '') throw new UsageError(`--${name} wants a value`);
    own[name] = value;
  }
  return { own, rest };
}
