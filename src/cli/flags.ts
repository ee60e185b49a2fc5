// The command line's flags, as Prometheus' exporters have them.

import { parseArgs } from 'node:util';
import type { CommandLineSettings } from '../app/settings.js';
import { didYouMean } from '../config/did-you-mean.js';
import type { Listen } from '../http/server.js';
import { parseDuration } from '../model/duration.js';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../model/log.js';
import type { Millis } from '../model/time.js';

/** Something on the command line is wrong; exit code 2, as in Prometheus. */
export class UsageError extends Error {}

export interface Flags extends CommandLineSettings {
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly configCheck: boolean;
  readonly version: boolean;
  readonly help: boolean;
  /** What is no flag: a command and its arguments. */
  readonly words: readonly string[];
}

interface FlagSpec {
  readonly type: 'string' | 'boolean';
  readonly default?: string;
  readonly short?: string;
  readonly placeholder?: string;
  readonly help: string;
}

const SPECS: Record<string, FlagSpec> = {
  'config.file': { type: 'string', default: 'monitor.yml', placeholder: 'FILE', help: 'What to monitor.' },
  'web.listen-address': {
    type: 'string',
    default: ':8083',
    placeholder: 'HOST:PORT',
    help: 'Address to listen on; port 0 picks a free one.',
  },
  'web.config.file': {
    type: 'string',
    placeholder: 'FILE',
    help: "TLS and basic auth, in the exporter-toolkit's format.",
  },
  'web.external-url': {
    type: 'string',
    placeholder: 'URL',
    help: 'Where others find this monitor, for links.',
  },
  'web.enable-lifecycle': { type: 'boolean', help: 'Allow POST /-/reload.' },
  'storage.path': {
    type: 'string',
    default: 'data/',
    placeholder: 'DIR',
    help: 'Directory for persistent data.',
  },
  'storage.retention.time': {
    type: 'string',
    default: '30d',
    placeholder: 'DURATION',
    help: 'How long data is kept.',
  },
  'storage.retention.size': {
    type: 'string',
    default: '0',
    placeholder: 'SIZE',
    help: 'How much the samples may take (512MB, 2GB); 0 is any amount.',
  },
  'query.timeout': {
    type: 'string',
    default: '2m',
    placeholder: 'DURATION',
    help: 'How long a query may take.',
  },
  'query.max-samples': {
    type: 'string',
    default: '20000000',
    placeholder: 'COUNT',
    help: 'Samples a query may load.',
  },
  'query.max-concurrency': {
    type: 'string',
    default: '500',
    placeholder: 'COUNT',
    help: 'Queries that may wait for an answer.',
  },
  'query.lookback-delta': {
    type: 'string',
    default: '5m',
    placeholder: 'DURATION',
    help: 'How long a sample counts as present.',
  },
  'log.level': {
    type: 'string',
    default: 'info',
    placeholder: LOG_LEVELS.join('|'),
    help: 'The least level that is logged.',
  },
  'log.format': {
    type: 'string',
    default: 'logfmt',
    placeholder: LOG_FORMATS.join('|'),
    help: 'Form of the log, on standard error.',
  },
  'config.check': { type: 'boolean', help: 'Check the configuration and exit.' },
  version: { type: 'boolean', help: 'Print the version and exit.' },
  help: { type: 'boolean', short: 'h', help: 'Print this and exit.' },
};

/** Names of files and folders: the empty one of an unset variable would be the working directory or no file. */
const NOT_EMPTY = ['config.file', 'web.config.file', 'storage.path'];

/** Reads the command line (without node and script). @throws UsageError */
export function parseFlags(argv: readonly string[]): Flags {
  const { values, positionals } = parse(argv);
  const given = (name: string) => (values[name] ?? SPECS[name]?.default) as string | undefined;
  for (const name of NOT_EMPTY) {
    if (values[name] === '') throw new UsageError(`--${name} wants a value`);
  }
  return {
    configFile: given('config.file') as string,
    listen: listenAddress(given('web.listen-address') as string),
    webConfigFile: given('web.config.file'),
    externalUrl: externalUrl(given('web.external-url')),
    enableLifecycle: values['web.enable-lifecycle'] === true,
    storage: {
      path: given('storage.path') as string,
      retention: span('storage.retention.time', given('storage.retention.time') as string),
      maxBytes: size(given('storage.retention.size') as string),
    },
    query: {
      timeout: span('query.timeout', given('query.timeout') as string),
      limits: {
        maxSamples: wholeNumber('query.max-samples', given('query.max-samples') as string),
        maxWaiting: wholeNumber('query.max-concurrency', given('query.max-concurrency') as string),
        lookback: span('query.lookback-delta', given('query.lookback-delta') as string),
      },
    },
    logLevel: oneOf('log.level', given('log.level') as string, LOG_LEVELS),
    logFormat: oneOf('log.format', given('log.format') as string, LOG_FORMATS),
    configCheck: values['config.check'] === true,
    version: values.version === true,
    help: values.help === true,
    flags: flagValues(given),
    words: positionals,
  };
}

function flagValues(given: (name: string) => string | undefined): Record<string, string> {
  const values = Object.keys(SPECS).map(name => [name, String(given(name) ?? '')] as const);
  return Object.fromEntries(values.filter(([name]) => name !== 'help' && name !== 'version'));
}

/** The program's help: its commands, a line each, and its flags. */
export function helpText(commands: readonly string[]): string {
  return [
    'usage: langgraph-monitor [FLAGS]            monitor what --config.file says',
    '       langgraph-monitor COMMAND --help     how to use a command',
    '',
    'Commands:',
    ...commands,
    '',
    'Flags:',
    ...Object.keys(SPECS).map(flagLine),
    '',
  ].join('\n');
}

/** A flag's line in a help text. */
export function flagLine(name: string): string {
  const { type, default: value, placeholder, short, help } = SPECS[name] as FlagSpec;
  const flag = `${short ? `-${short}, ` : ''}--${name}${type === 'string' ? `=${placeholder}` : ''}`;
  return `  ${flag.padEnd(40)} ${help}${value ? ` (default ${value})` : ''}`;
}

/** Whether a word is a flag whose value is the word behind it. */
export function takesValue(word: string): boolean {
  return word.startsWith('--') && SPECS[word.slice(2)]?.type === 'string';
}

function parse(argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(SPECS).map(([name, { type, short }]) => [name, short ? { type, short } : { type }]),
  );
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    const unknown = /Unknown option '(-[^']*)'/.exec((error as Error).message)?.[1];
    if (unknown) {
      const near = didYouMean(unknown.replace(/^-+/, ''), Object.keys(SPECS)).replace('"', '"--');
      throw new UsageError(`unknown flag ${unknown}${near}; --help lists them`);
    }
    throw new UsageError(
      `${(error as Error).message.split('\n')[0]?.replace(/\.$/, '')}; --help lists the flags`,
    );
  }
}

function listenAddress(value: string): Listen {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new UsageError(
      `--web.listen-address: "${value}" is no address; write :8083, 127.0.0.1:8083 or [::1]:8083`,
    );
  }
  return { host: match[1] ?? (match[2] || undefined), port };
}

function externalUrl(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // It is in every link that is sent.
  if (url?.username || url?.password)
    throw new UsageError('--web.external-url: has a user or password in it; links must not carry one');
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--web.external-url: "${value}" is no http(s) URL`);
  return url.href.replace(/\/$/, '');
}

function span(flag: string, value: string): Millis {
  const parsed = parseDuration(value);
  if (!parsed) throw new UsageError(`--${flag}: "${value}" is no duration; write 30d, 12h or 5m`);
  return parsed;
}

const SIZE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes as Prometheus writes them, powers of 1024. */
function size(value: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGTP]?B)?$/.exec(value);
  if (!match || (match[2] === undefined && Number(value) !== 0))
    throw new UsageError(`--storage.retention.size: "${value}" is no size; write 512MB, 2GB or 0`);
  return Number(match[1]) * 1024 ** SIZE_UNITS.indexOf(match[2] ?? 'B');
}

function wholeNumber(flag: string, value: string): number {
  if (!/^[1-9]\d{0,11}$/.test(value))
    throw new UsageError(`--${flag}: "${value}" is no whole number of at least 1`);
  return Number(value);
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find(each => each === value);
  if (!found) throw new UsageError(`--${flag}: "${value}" is none of ${allowed.join(', ')}`);
  return found;
}
