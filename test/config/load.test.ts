// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration has variables of this form

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { count, duration, flag, httpUrl, secret, section, text, words } from '../../src/config/fields.js';
import { basicAuth, tlsConfig } from '../../src/config/http-client/config.js';
import { ConfigError, loadPlainYaml, loadYaml } from '../../src/config/load.js';
import { hideable, type SecretSource } from '../../src/model/secret.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Pair, Pki } from '../support/pki.js';

const schema = section({
  name: words().optional(),
  note: text().optional(),
  port: count(1, 65_535).optional(),
  ratio: count(0, 1, false).optional(),
  on: flag().optional(),
  every: duration(100).optional(),
  url: httpUrl().optional(),
  list: z.array(text(), { error: 'expected a list' }).optional(),
  password: secret().optional(),
  basic_auth: basicAuth.optional(),
  tls_config: tlsConfig.optional(),
  inner: section({ depth: count(0).default(3), password: secret().optional() }).prefault({}),
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = makeFolder('config');
  file = join(folder, 'some.yml');
});
afterEach(() => removeFolder(folder));

function load(source: string | Buffer, env: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, source);
  return loadYaml(file, schema, env);
}

/** The mistakes without the file's name, which each of them begins with. */
function mistakes(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const found = (error as ConfigError).mistakes;
    expect((error as ConfigError).message).toBe(found.join('\n'));
    for (const line of found) {
      expect(line).not.toContain('\n');
      expect(line.startsWith(file)).toBe(true);
    }
    return found.map(line => line.slice(file.length));
  }
  return [];
}

describe('one mistake is one line', () => {
  test.each<[string, string | Buffer, string]>([
    ['unknown key with a near one', 'prot: 80', ': unknown key "prot", did you mean "port"?'],
    [
      'unknown key with none near',
      'inner: {zzzzzz: 1}',
      ': inner: unknown key "zzzzzz"; known: depth, password',
    ],
    ['wrong type for a text', 'name: [a]', ': name: expected a text'],
    ['nothing where a text is wanted', 'note:', ': note: expected a text'],
    ['empty text', 'name: ""', ': name: must not be empty'],
    ['wrong type for a number', 'port: [80]', ': port: expected a whole number from 1 to 65535'],
    ['number out of bounds', 'port: 0', ': port: expected a whole number from 1 to 65535'],
    ['not a whole number', 'port: 80.5', ': port: expected a whole number from 1 to 65535'],
    ['a word for a number', 'port: http', ': port: expected a whole number from 1 to 65535'],
    ['fraction out of bounds', 'ratio: 1.01', ': ratio: expected a number from 0 to 1'],
    ['below a least number', 'inner: {depth: -1}', ': inner.depth: expected a whole number of at least 0'],
    ['not a flag', 'on: 1', ': on: expected true or false'],
    [
      'not a duration',
      'every: soon',
      ': every: "soon" is not a duration; write 500ms, 30s, 5m, 1h30m or a number of seconds',
    ],
    ['too short', 'every: 99ms', ': every: must be at least 100ms'],
    ['longer than a timer can wait', 'every: 30d', ': every: must be at most 24d'],
    ['wrong type for a duration', 'every: {s: 1}', ': every: expected a duration such as 30s, 5m or 1h30m'],
    ['not a URL', 'url: localhost:80', ': url: not a URL; write http://HOST:PORT/PATH or https://...'],
    ['another scheme', 'url: ftp://h/', ': url: not a URL; write http://HOST:PORT/PATH or https://...'],
    [
      'a password in a URL',
      'url: http://u:hunter2@h/',
      ': url: has a user or password in it; use basic_auth instead',
    ],
    ['a number for a URL', 'url: 80', ': url: expected a URL such as http://127.0.0.1:8080/health'],
    ['not a list', 'list: a', ': list: expected a list'],
    ['an item of a list', 'list: [a, {}]', ': list.1: expected a text'],
    ['not a mapping inside', 'inner: 5', ': inner: expected keys and values; known: depth, password'],
    ['not a mapping', '- a\n- b', expect.stringMatching(/^: expected keys and values; known: name, /)],
    ['a text alone', 'just words', expect.stringMatching(/^: expected keys and values; known: name, /)],
    ["a key that is JavaScript's", '__proto__: {port: 1}', ': __proto__: unknown key "__proto__"'],
    [
      'an alias of what it is in',
      'list: &l [a, *l]',
      ': list.1: an alias of something it is itself a part of',
    ],
    [
      'aliases that multiply each other',
      `x0: &x0 [a, a]\n${Array.from({ length: 40 }, (_, i) => `x${i + 1}: &x${i + 1} [*x${i}, *x${i}]\n`).join('')}`,
      ': not valid YAML: aliases stand for more than 100000 values; write fewer of them',
    ],
    [
      'a mapping merged into each other time and again',
      `x0: &x0 {a: 1}\n${Array.from({ length: 400 }, (_, i) => `x${i + 1}: &x${i + 1} {<<: *x${i}, a${i}: 1}\n`).join('')}`,
      expect.stringMatching(/^:\d+:\d+: not valid YAML: merge keys exceeded/),
    ],
    ['UTF-16', Buffer.from('\ufeffname: a', 'utf16le'), ': is UTF-16; save it as UTF-8'],
    ['Latin-1', Buffer.from('name: caf\xe9', 'latin1'), ': is not UTF-8; save it as UTF-8'],
    [
      'unset variable',
      'name: a${NOPE}b',
      ': name: the environment variable NOPE is not set; set it or give a default: ${NOPE:-value}',
    ],
    [
      'unset variable where a number is wanted',
      'port: ${NOPE}',
      ': port: the environment variable NOPE is not set; set it or give a default: ${NOPE:-value}',
    ],
    [
      'unset variable in the path of a secret',
      'password_file: ${NOPE}',
      ': password_file: the environment variable NOPE is not set; set it or give a default: ${NOPE:-value}',
    ],
    [
      "another shell's variable",
      'password: ${NOPE-x}',
      ': password: a "${" that names no variable; write ${NAME}, ${NAME:-value}, or $${ for the text itself',
    ],
    [
      'secret twice',
      'password: a\npassword_file: f',
      ': password_file: use password or password_file, not both',
    ],
    ['no such file', 'password_file: none', ': password_file: cannot read none: no such file'],
    ['a folder for a file', 'password_file: .', ': password_file: cannot read .: is a directory'],
    [
      'a file below a file',
      'password_file: some.yml/x',
      ': password_file: cannot read some.yml/x: a part of the path is not a directory',
    ],
    ['no path', 'password_file:', ': password_file: expected the path of a file'],
    ['an empty path', 'inner: {password_file: ""}', ': inner.password_file: expected the path of a file'],
    ['empty path of a certificate', 'tls_config: {ca_file: ""}', ': tls_config.ca_file: must not be empty'],
    ['a key twice', 'port: 1\nport: 2', ':2:1: not valid YAML: duplicated mapping key'],
    [
      'open bracket',
      'name: a\nlist: [a',
      ':2:9: not valid YAML: unexpected end of the stream within a flow collection',
    ],
    ['tab for indentation', 'inner:\n\tdepth: 1', expect.stringMatching(/^:2:\d+: not valid YAML: /)],
    [
      'unknown tag',
      'name: !!js/function x',
      ':1:7: not valid YAML: a tag (!NAME) that is not known; a text that begins with "!" must be in quotes',
    ],
    [
      'unknown alias, which may be a password without quotes',
      'name: *zebra',
      ':1:8: not valid YAML: an alias (*NAME) of nothing; a text that begins with "*" must be in quotes',
    ],
    ['unknown tag handle', 'name: !a!zebra x', expect.not.stringContaining('zebra')],
    ['unknown tag, written out', 'name: !<zebra> x', expect.not.stringContaining('zebra')],
    ['known tag that does not fit', 'name: !!int zebra', expect.not.stringContaining('zebra')],
    [
      'two documents',
      'name: a\n---\nname: b',
      expect.stringMatching(/^: not valid YAML: expected a single document/),
    ],
    ['empty file', '', ': not valid YAML: expected a document, but the input is empty'],
    ['nothing but a comment', '# nothing', ': not valid YAML: expected a document, but the input is empty'],
    [
      'endless nesting',
      `list: ${'['.repeat(5000)}`,
      expect.stringMatching(/^:1:\d+: not valid YAML: nesting/),
    ],
    ['binary', '\u0000\u0001', expect.stringMatching(/^:1:\d+: not valid YAML: /)],
  ])('%s', (_, source, want) => expect(mistakes(() => load(source))).toEqual([want]));

  test('no file', () => {
    expect(mistakes(() => loadYaml(file, schema, {}))).toEqual([': no such file']);
  });

  test('a folder', () => {
    mkdirSync(file);
    expect(mistakes(() => loadYaml(file, schema, {}))).toEqual([': is a directory']);
  });
});

test('all mistakes come at once', () => {
  const source =
    'prot: 1\nnmae: x\nevery: soon\non: 7\ninner: {depth: x, passwort: y}\npassword_file: none\nname: ${NOPE}';
  expect(mistakes(() => load(source)).sort()).toEqual([
    ': every: "soon" is not a duration; write 500ms, 30s, 5m, 1h30m or a number of seconds',
    ': inner.depth: expected a whole number of at least 0',
    ': inner: unknown key "passwort", did you mean "password"?',
    ': name: the environment variable NOPE is not set; set it or give a default: ${NOPE:-value}',
    ': on: expected true or false',
    ': password_file: cannot read none: no such file',
    ': unknown key "nmae", did you mean "name"?',
    ': unknown key "prot", did you mean "port"?',
  ]);
});

test('no mistake shows a secret', () => {
  const found = mistakes(() =>
    load('password: [hunter2]\nbasic_auth: {password: {a: hunter2}}\nurl: http://u:hunter2@h/', {}),
  );
  expect(found).toHaveLength(3);
  expect(found.join()).not.toContain('hunter2');
});

describe('variables', () => {
  const env = { HOST: 'box', EMPTY: '', N: '8080', DEEP: '${HOST}', NEWLINE: 'a\nb: c' };
  test.each([
    ['${HOST}', 'box'],
    ['http://${HOST}:${N}/', 'http://box:8080/'],
    ['${HOST:-other}', 'box'],
    ['${NOPE:-other}', 'other'],
    ['${NOPE:-}', ''],
    ['${EMPTY:-other}', 'other'],
    ['${EMPTY}', ''],
    ['${NOPE:-a:-b}', 'a:-b'],
    ['got ${1} and ${HOST}', 'got ${1} and box'],
    ['$$', '$'],
    ['$${HOST}', '${HOST}'],
    ['$$$${HOST}', '$${HOST}'],
    ['$HOST costs 5$', '$HOST costs 5$'],
    ['${DEEP}', '${HOST}'],
    ['${NEWLINE}', 'a\nb: c'],
  ])('%j is %j', (source, want) => expect(load(`note: '${source}'`, env).note).toBe(want));

  test('take the place of numbers, flags, durations and items of a list', () => {
    const env = { PORT: '80', ON: 'true', EVERY: '2m', RATIO: '0.5' };
    expect(
      load('port: ${PORT}\non: ${ON}\nevery: ${EVERY}\nratio: ${RATIO}\nlist: ["${PORT}"]', env),
    ).toMatchObject({
      port: 80,
      on: true,
      every: 120_000,
      ratio: 0.5,
      list: ['80'],
    });
  });
});

describe('secrets from files', () => {
  const revealed = (value: string | SecretSource | undefined) =>
    typeof value === 'string' ? value : value?.reveal();
  test.each([
    ['as it is', 'pa ss', 'pa ss'],
    ['without its line end', 'pass\n', 'pass'],
    ['without its DOS line end', 'pass\r\n', 'pass'],
    ['with all but the last line end', 'pass\n\n', 'pass\n'],
    ['with blanks at the ends', ' pass ', ' pass '],
    ['with a dollar sign', '${NOPE}$$', '${NOPE}$$'],
    ['empty', '', ''],
  ])('%s', (_, content, want) => {
    writeFileSync(join(folder, 'pw'), content);
    const config = load('password_file: pw\ninner: {password_file: ./pw}\nbasic_auth: {password_file: pw}');
    expect(revealed(config.password)).toBe(want);
    expect(revealed(config.inner.password)).toBe(want);
    expect(revealed(config.basic_auth?.password)).toBe(want);
  });

  test.each([
    ['with a byte order mark', Buffer.from('\ufeffpass\n'), 'pass', undefined],
    [
      'UTF-16, as a Windows shell writes it',
      Buffer.from('\ufeffpass', 'utf16le'),
      '',
      'is UTF-16; save it as UTF-8',
    ],
    ['Latin-1', Buffer.from('p\xe4ss', 'latin1'), '', 'is not UTF-8; save it as UTF-8'],
  ])('%s', (_, content, want, mistake) => {
    writeFileSync(join(folder, 'pw'), content);
    if (mistake === undefined) expect(revealed(load('password_file: pw').password)).toBe(want);
    else expect(() => load('password_file: pw')).toThrow(`: password_file: cannot read pw: ${mistake}`);
  });

  test('is read again whenever it is used', () => {
    const pw = join(folder, 'pw');
    writeFileSync(pw, 'one');
    const { password } = load('password_file: pw');
    writeFileSync(pw, 'two');
    expect(revealed(password)).toBe('two');
    rmSync(pw);
    expect(() => revealed(password)).toThrow(`cannot read ${pw}: no such file`);
    writeFileSync(pw, 'three');
    expect([revealed(password), hideable(password)]).toEqual(['three', ['three', 'two']]);
  });

  test('a pipe is read once', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', 'exec printf one >"$0"', pipe]);
    const { password } = load('password_file: pipe');
    writer.kill();
    expect([revealed(password), revealed(password)]).toEqual(['one', 'one']);
  });

  test('what is no secret is read now', () => {
    const values = { name: 'me', port: '80', url: 'http://127.0.0.1/', every: '5s' };
    for (const [key, value] of Object.entries(values)) writeFileSync(join(folder, key), `${value}\n`);
    const written = Object.keys(values).map(key => `${key}_file: ${key}`);
    expect(load(written.join('\n'))).toMatchObject({ ...values, port: 80, every: 5000 });
    writeFileSync(join(folder, 'port'), 'x');
    expect(mistakes(() => load('port_file: port'))).toEqual([
      ': port: expected a whole number from 1 to 65535',
    ]);
  });

  test('settings under a name that ends in _file are no path', () => {
    const named = z.record(z.string(), z.strictObject({ port: z.number() }));
    writeFileSync(file, 'upload_file: {port: 1}\nca_file: {port: 2}');
    expect(loadYaml(file, named)).toEqual({ upload_file: { port: 1 }, ca_file: { port: 2 } });
  });

  test('by an absolute path, and by a variable', () => {
    mkdirSync(join(folder, 'below'));
    writeFileSync(join(folder, 'below/pw'), 'one');
    expect(revealed(load(`password_file: ${folder}/below/pw`).password)).toBe('one');
    expect(revealed(load('password_file: ${DIR}/pw', { DIR: 'below' }).password)).toBe('one');
  });

  describe('the files of a tls_config', () => {
    let leaf: Pair;
    beforeEach(() => {
      leaf = new Pki(folder).leaf('own', {});
      writeFileSync(join(folder, 'words'), 'words');
    });

    test('are named by absolute paths', () => {
      mkdirSync(join(folder, 'below'));
      const own = 'key_file: "${KEY}", cert_file: ./below/../own.crt';
      expect(load(`tls_config: {ca_file: own.crt, ${own}}`, { KEY: leaf.keyFile }).tls_config).toMatchObject({
        ca_file: leaf.file,
        key_file: leaf.keyFile,
        cert_file: leaf.file,
      });
    });

    test.each([
      ['missing', 'ca_file: none.pem', /^: tls_config: cannot read \/.*\/none\.pem: no such file$/],
      ['a folder', 'ca_file: .', /^: tls_config: cannot read \/.*: is a directory$/],
      ['no certificate', 'ca_file: words', /^: tls_config: \/.*\/words has no certificate in PEM form/],
      ['no key', 'cert_file: own.crt, key_file: words', /^: tls_config: \/.*\/words has no private key/],
      [
        'in a variable that is not set',
        'ca_file: "${NOPE}/x"',
        /^: tls_config\.ca_file: the environment variable/,
      ],
    ])('%s', (_, keys, want) => {
      expect(mistakes(() => load(`tls_config: {${keys}}`))).toEqual([expect.stringMatching(want)]);
    });
  });
});

describe('what YAML makes of an unquoted word is taken as written where a text is wanted', () => {
  test.each([
    '5',
    '-5',
    '+5',
    '0123',
    '1.0',
    '1.50',
    '.5',
    '1e3',
    '0x1F',
    '0o17',
    '-0',
    '.inf',
    '12345678901234567890',
    'true',
    'yes',
    'no',
    'on',
    '2024-01-15',
    '1:30',
    '1_000',
    'null_',
    'a: b'.replace(': ', ':'),
  ])('%s', written => {
    const { note, password } = load(`note: ${written}\npassword: ${written}`);
    expect([note, password?.reveal()]).toEqual([written, written]);
  });
});

describe('numbers in their forms', () => {
  test.each([
    ['port: 80', { port: 80 }],
    ['port: "80"', { port: 80 }],
    ['port: 080', { port: 80 }],
    ['ratio: 1.0', { ratio: 1 }],
    ['ratio: 0.250', { ratio: 0.25 }],
    ['every: 2.50', { every: 2500 }],
    ['every: 15', { every: 15_000 }],
    ['on: "false"', { on: false }],
    ['on: True', { on: true }],
  ])('%s', (source, want) => expect(load(source)).toMatchObject(want));
});

test('defaults are filled in', () => {
  expect(load('name: a')).toEqual({ name: 'a', inner: { depth: 3 } });
});

test('a byte order mark and DOS line ends do not matter', () => {
  expect(load('\ufeffname: a\r\nport: 80\r\n')).toMatchObject({ name: 'a', port: 80 });
});

test('anchors, aliases and merged mappings', () => {
  const source = 'note: &n shared\nname: *n\ninner: &i {depth: 7}\nlist: [*n, *n]';
  expect(load(source)).toMatchObject({
    note: 'shared',
    name: 'shared',
    inner: { depth: 7 },
    list: ['shared', 'shared'],
  });
  const nested = section({
    a: section({ x: count(0), y: count(0) }),
    b: section({ x: count(0), y: count(0) }),
  });
  writeFileSync(file, 'a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}');
  expect(loadYaml(file, nested, {})).toEqual({ a: { x: 1, y: 2 }, b: { x: 1, y: 3 } });
});

test('a file of a megabyte is read whole, its last mistake with its place', () => {
  const lines = Array.from({ length: 40_000 }, (_, i) => `  - "item number ${i} of many"`);
  const source = `list:\n${lines.join('\n')}\n`;
  expect(source.length).toBeGreaterThan(1_000_000);
  expect(load(source).list).toHaveLength(40_000);
  expect(mistakes(() => load(`${source}  - {}\n`))).toEqual([': list.40000: expected a text']);
  expect(mistakes(() => load(`${source}list: 1\n`))).toEqual([
    ':40002:1: not valid YAML: duplicated mapping key',
  ]);
});

describe("a file in Prometheus' format", () => {
  test('means what it says', () => {
    writeFileSync(file, 'note: ${HOME} $$\nlist: ["$2y$10$abc"]');
    expect(loadPlainYaml(file, schema)).toMatchObject({ note: '${HOME} $$', list: ['$2y$10$abc'] });
  });

  test('has mistakes of the same form', () => {
    writeFileSync(file, 'password_file: x\nport: x');
    expect(mistakes(() => loadPlainYaml(file, schema)).sort()).toEqual([
      ': port: expected a whole number from 1 to 65535',
      expect.stringMatching(/^: unknown key "password_file"/),
    ]);
  });
});
