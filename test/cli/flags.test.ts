import { describe, expect, test } from 'vitest';
import { helpText, parseFlags, UsageError } from '../../src/cli/flags.js';

const STORAGE = { path: 'data/', retention: 30 * 86_400_000, maxBytes: 0 };
const LIMITS = { maxSamples: 20_000_000, maxWaiting: 500, lookback: 300_000 };
const QUERY = { timeout: 120_000, limits: LIMITS };
const DEFAULTS = {
  ...{ configFile: 'monitor.yml', listen: { host: undefined, port: 8083 }, webConfigFile: undefined },
  ...{ externalUrl: undefined, enableLifecycle: false, storage: STORAGE, query: QUERY },
  ...{ flags: expect.objectContaining({ 'query.timeout': expect.any(String) }) },
  ...{ logLevel: 'info', logFormat: 'logfmt', configCheck: false, version: false, help: false, words: [] },
};

test('defaults', () => expect(parseFlags([])).toEqual(DEFAULTS));

describe('every flag', () => {
  test.each<[string, Partial<ReturnType<typeof parseFlags>>]>([
    ['--config.file=a.yml', { configFile: 'a.yml' }],
    ['--web.listen-address=:0', { listen: { host: undefined, port: 0 } }],
    ['--web.listen-address=127.0.0.1:9000', { listen: { host: '127.0.0.1', port: 9000 } }],
    ['--web.listen-address=localhost:65535', { listen: { host: 'localhost', port: 65_535 } }],
    ['--web.listen-address=[::1]:80', { listen: { host: '::1', port: 80 } }],
    ['--web.config.file=web.yml', { webConfigFile: 'web.yml' }],
    ['--web.external-url=https://h/monitor/', { externalUrl: 'https://h/monitor' }],
    ['--web.enable-lifecycle', { enableLifecycle: true }],
    ['--storage.path=/var/lib/m', { storage: { ...STORAGE, path: '/var/lib/m' } }],
    ['--storage.retention.time=2w', { storage: { ...STORAGE, retention: 14 * 86_400_000 } }],
    ['--storage.retention.time=1h30m', { storage: { ...STORAGE, retention: 5_400_000 } }],
    ['--storage.retention.size=512MB', { storage: { ...STORAGE, maxBytes: 512 * 1024 ** 2 } }],
    ['--storage.retention.size=1.5GB', { storage: { ...STORAGE, maxBytes: 1.5 * 1024 ** 3 } }],
    ['--storage.retention.size=0', { storage: STORAGE }],
    ['--query.timeout=30s', { query: { ...QUERY, timeout: 30_000 } }],
    ['--query.max-samples=1000', { query: { ...QUERY, limits: { ...LIMITS, maxSamples: 1000 } } }],
    ['--query.max-concurrency=1', { query: { ...QUERY, limits: { ...LIMITS, maxWaiting: 1 } } }],
    ['--query.lookback-delta=1m', { query: { ...QUERY, limits: { ...LIMITS, lookback: 60_000 } } }],
    ['--log.level=debug', { logLevel: 'debug' }],
    ['--log.format=json', { logFormat: 'json' }],
    ['--config.check', { configCheck: true }],
    ['--version', { version: true }],
    ['--help', { help: true }],
    ['-h', { help: true }],
    ['check-config a.yml b.yml', { words: ['check-config', 'a.yml', 'b.yml'] }],
    ['--config.file a.yml --log.level warn', { configFile: 'a.yml', logLevel: 'warn' }],
    ['--log.level=warn --log.level=error', { logLevel: 'error' }],
  ])('%s', (line, want) => expect(parseFlags(line.split(' '))).toEqual({ ...DEFAULTS, ...want }));
});

describe('a bad one is a line that says which and what to do', () => {
  test.each([
    ['--config.fiel=a', 'unknown flag --config.fiel, did you mean "--config.file"?; --help lists them'],
    ['--zzzzzzzzzzzz', 'unknown flag --zzzzzzzzzzzz; --help lists them'],
    ['-x', expect.stringMatching(/^unknown flag -x/)],
    ...['config.file', 'web.config.file', 'storage.path'].map((name): [string, string] => [
      `--${name}=`,
      `--${name} wants a value`,
    ]),
    ['--config.file', expect.stringMatching(/--config\.file.*; --help lists the flags$/)],
    [
      '--web.enable-lifecycle=yes',
      expect.stringMatching(/--web\.enable-lifecycle.*; --help lists the flags$/),
    ],
    ...['8083', ':', ':x', ':65536', ':-1', 'a:b:1', '::1:80', '[::1]', 'http://h:80'].map(value => [
      `--web.listen-address=${value}`,
      `--web.listen-address: "${value}" is no address; write :8083, 127.0.0.1:8083 or [::1]:8083`,
    ]),
    ['--web.external-url=h/x', '--web.external-url: "h/x" is no http(s) URL'],
    [
      '--web.external-url=https://me:zebra@h/',
      '--web.external-url: has a user or password in it; links must not carry one',
    ],
    ['--web.external-url=ftp://h/', '--web.external-url: "ftp://h/" is no http(s) URL'],
    ...['0', '0s', 'long', '-1d'].map((value): [string, string] => [
      `--storage.retention.time=${value}`,
      `--storage.retention.time: "${value}" is no duration; write 30d, 12h or 5m`,
    ]),
    ['--query.timeout=0', '--query.timeout: "0" is no duration; write 30d, 12h or 5m'],
    ['--storage.retention.size=5', '--storage.retention.size: "5" is no size; write 512MB, 2GB or 0'],
    ['--storage.retention.size=5mb', '--storage.retention.size: "5mb" is no size; write 512MB, 2GB or 0'],
    ['--query.max-samples=0', '--query.max-samples: "0" is no whole number of at least 1'],
    ['--query.max-concurrency=x', '--query.max-concurrency: "x" is no whole number of at least 1'],
    ['--log.level=trace', '--log.level: "trace" is none of debug, info, warn, error'],
    ['--log.format=xml', '--log.format: "xml" is none of logfmt, json'],
  ] as [string, string][])('%s', (line, want) => {
    let caught: unknown;
    try {
      parseFlags([line]);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(UsageError);
    expect((caught as Error).message).toEqual(want);
    expect((caught as Error).message).not.toContain('\n');
  });
});

test('the help names every flag', () => {
  const help = helpText(['  check-config FILE...']);
  const flags = [
    'config.file',
    'web.listen-address',
    'web.config.file',
    'web.external-url',
    'web.enable-lifecycle',
  ];
  flags.push(
    'storage.path',
    'storage.retention.time',
    'log.level',
    'log.format',
    'config.check',
    'version',
    'help',
  );
  for (const flag of flags) expect(help).toMatch(new RegExp(`--${flag}[= ]`));
  expect(help).toContain('check-config FILE');
});
