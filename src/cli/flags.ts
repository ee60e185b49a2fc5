// The command line's flags, as Prometheus' exporters have them.

import { parseArgs } from 'node:util';
import { didYouMean } from '../config/fields.js';
import type { Listen } from '../http/server.js';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../log.js';
import { type Millis, parseDuration } from '../model/time.js';

/** Something on the command line is wrong; exit code 2, as in Prometheus. */
export class UsageError extends Error {}

export interface Flags {
  readonly configFile: string;
  readonly listen: Listen;
  readonly webConfigFile: string | undefined;
  readonly externalUrl: string | undefined;
  readonly enableLifecycle: boolean;
  readonly storagePath: string;
  readonly retention: Millis;
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
    help: 'Where what survives a restart is kept.',
  },
  'storage.retention.time': {
    type: 'string',
    default: '30d',
    placeholder: 'DURATION',
    help: 'How long it is kept.',
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

/** Reads the command line (without node and script). @throws UsageError */
export function parseFlags(argv: readonly string[]): Flags {
  const { values, positionals } = parse(argv);
  const given = (name: string) => (values[name] ?? SPECS[name]?.default) as string | undefined;
  return {
    configFile: given('config.file') as string,
    listen: listenAddress(given('web.listen-address') as string),
    webConfigFile: given('web.config.file'),
    externalUrl: externalUrl(given('web.external-url')),
    enableLifecycle: values['web.enable-lifecycle'] === true,
    storagePath: given('storage.path') as string,
    retention: retention(given('storage.retention.time') as string),
    logLevel: oneOf('log.level', given('log.level') as string, LOG_LEVELS),
    logFormat: oneOf('log.format', given('log.format') as string, LOG_FORMATS),
    configCheck: values['config.check'] === true,
    version: values.version === true,
    help: values.help === true,
    words: positionals,
  };
}

/** The flags for people. */
export function helpText(): string {
  const rows = Object.entries(SPECS).map(([name, { type, default: value, placeholder, short, help }]) => {
    const flag = `${short ? `-${short}, ` : ''}--${name}${type === 'string' ? `=${placeholder}` : ''}`;
    return `  ${flag.padEnd(40)} ${help}${value ? ` (default ${value})` : ''}`;
  });
  return [
    'usage: langgraph-monitor [FLAGS]                monitor what --config.file says',
    '       langgraph-monitor check-config FILE...   check configuration files',
    '',
    'Flags:',
    ...rows,
    '',
  ].join('\n');
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
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--web.external-url: "${value}" is no http(s) URL`);
  return url.href.replace(/\/$/, '');
}

function retention(value: string): Millis {
  const span = parseDuration(value);
  if (!span)
    throw new UsageError(`--storage.retention.time: "${value}" is no duration; write 30d, 12h or 2w`);
  return span;
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find(each => each === value);
  if (!found) throw new UsageError(`--${flag}: "${value}" is none of ${allowed.join(', ')}`);
  return found;
}
