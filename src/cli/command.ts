// What a command of the program is, how its words are found on the command line, and its own usage.

import { flagLine, takesValue } from './flags.js';
import type { Output } from './output.js';

/** One flag of a command as its usage shows it. */
interface CommandFlag {
  readonly name: string;
  /** What stands behind the `=`; undefined for a flag without a value. */
  readonly placeholder?: string;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  /** What may follow the name, a line for each form. */
  readonly forms: readonly { readonly words: string; readonly does: string }[];
  /** Flags of its own. */
  readonly flags: readonly CommandFlag[];
  /** The monitor's flags that it knows too. */
  readonly commonFlags: readonly string[];
  /** Further lines of its usage: exit codes, an example. */
  readonly notes: readonly string[];
  /**
   * Runs it with what was given beside its name; resolves with the exit code.
   * @throws UsageError | ConfigError
   */
  run(args: readonly string[], output: Output): Promise<number>;
}

/** A command that was found among arguments, with the arguments around its name. */
interface Found {
  readonly command: Command;
  readonly args: readonly string[];
}

/**
 * The command a command line names: its first word that is neither a flag nor a flag's value. `check config` and
 * `test rules`, as promtool has them, are `check-config` and `test-rules`. Undefined where there is none of that name.
 */
export function findCommand(argv: readonly string[], commands: readonly Command[]): Found | undefined {
  const own = commands.flatMap(({ flags }) => flags.filter(each => each.placeholder !== undefined));
  const hasValue = (word: string) => takesValue(word) || own.some(({ name }) => word === `--${name}`);
  let at = 0;
  while (argv[at]?.startsWith('-')) at += hasValue(argv[at] as string) ? 2 : 1;
  for (const length of [2, 1]) {
    const name = argv.slice(at, at + length).join('-');
    const command = commands.find(each => each.name === name);
    if (command) return { command, args: argv.toSpliced(at, length) };
  }
  return undefined;
}

/** Whether help is asked for among arguments; what follows `--` is no flag. */
export function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some(each => each === '--help' || each === '-h');
}

/** A command's own usage, for people; ends without a line break. */
export function usageOf({ name, forms, flags, commonFlags, notes }: Command): string {
  const own = flags.map(({ name: flag, placeholder, help }) =>
    row(`--${flag}${placeholder === undefined ? '' : `=${placeholder}`}`, help),
  );
  return [
    ...forms.flatMap(({ words, does }, i) => [
      `${i === 0 ? 'usage:' : '      '} langgraph-monitor ${name}${words === '' ? '' : ` ${words}`}`,
      `         ${does}`,
    ]),
    '',
    ...(notes.length > 0 ? [...notes, ''] : []),
    'Flags:',
    ...own,
    ...commonFlags.map(flagLine),
    row('-h, --help', 'Print this and exit.'),
  ].join('\n');
}

/** A line of each form of the commands, for the program's own help. */
export function commandLines(commands: readonly Command[]): string[] {
  return commands.flatMap(({ name, forms }) =>
    forms.map(({ words, does }) => row(`${name}${words === '' ? '' : ` ${words}`}`, does)),
  );
}

function row(left: string, right: string): string {
  return `  ${left.padEnd(40)} ${right}`;
}
