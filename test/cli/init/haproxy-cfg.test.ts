// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the files have variables of this form
// Services of a haproxy.cfg.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { fromHaproxyCfg } from '../../../src/cli/init/haproxy-cfg.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { writeFound } from '../../support/init-found.js';

let folder: string;
beforeEach(() => {
  folder = makeFolder('init-haproxy');
  return () => removeFolder(folder);
});

function take(text: string) {
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, text);
  const found = fromHaproxyCfg(file);
  return { ...writeFound(found, folder), left: found.left };
}

describe('servers become services', () => {
  test.each<[string, string, string[]]>([
    [
      'httpchk with a path',
      'option httpchk /health\nserver a 127.0.0.1:80',
      ['a http http://127.0.0.1/health'],
    ],
    ['with a method', 'option httpchk GET /up\nserver a h:81', ['a http http://h:81/up']],
    ['with a version', 'option httpchk GET /up HTTP/1.1\nserver a h:81', ['a http http://h:81/up']],
    [
      'http-check send',
      'option httpchk\nhttp-check send meth GET uri /x\nserver a h:1',
      ['a http http://h:1/x'],
    ],
    ['without a path', 'option httpchk\nserver a h:81 check', ['a http http://h:81/']],
    ['TLS', 'option httpchk /\nserver a h:443 check ssl verify none', ['a http https://h/']],
    ['a port of its own for checks', 'option httpchk /\nserver a h:1 check port 2', ['a http http://h:2/']],
    ['an address of its own for checks', 'option httpchk /\nserver a h:1 addr i', ['a http http://i:1/']],
    ['IPv6', 'option httpchk /\nserver a [::1]:8080', ['a http http://[::1]:8080/']],
    ['no check of HTTP', 'server a h:1', ['a tcp h:1']],
    ['Redis', 'option redis-check\nserver a h:6379', ['a redis h:6379']],
    ['PostgreSQL', 'option pgsql-check user probe\nserver a h:5432', ['a postgres h:5432']],
    ['a variable with a default', 'server a "${HOST-127.0.0.1}:11434"', ['a tcp 127.0.0.1:11434']],
    ['a comment and quotes', "server 'a b' h:1 # h:2", ['a_b tcp h:1']],
    ['one name twice', 'server a h:1\nserver a h:2', ['a tcp h:1', 'a_2 tcp h:2']],
  ])('%s', (_, lines, want) => {
    const { services, left } = take(`backend b\n${lines}\n`);
    expect(services).toEqual(want);
    expect(left).toEqual([]);
  });

  test('a server of two backends is one service', () => {
    const { services } = take('backend b\nserver a h:1\nbackend c\nserver a h:1\n');
    expect(services).toEqual(['a tcp h:1']);
  });

  test('defaults hold until the next ones', () => {
    const text = `defaults
option httpchk /health
backend b
server a h:1
defaults
backend c
server d h:2
backend e
option httpchk /own
server f h:3
`;
    expect(take(text).services).toEqual(['a http http://h:1/health', 'd tcp h:2', 'f http http://h:3/own']);
  });
});

test.each<[string, string, RegExp]>([
  ['a socket', 'server a /run/a.sock', /backend b: server a: its address is no HOST:PORT/],
  ['a variable', 'server a "${HOST}:80"', /backend b: server a: its address is no HOST:PORT/],
  ['no port', 'server a h', /backend b: server a: its address/],
  ['a disabled one', 'server a h:1 disabled', /server a: it is disabled/],
  ['a template', 'server-template a 1-3 h:1', /server-template a: its servers are not in the file/],
])('left out and said so: %s', (_, lines, want) => {
  const { left, text } = take(`backend b\n${lines}\n`);
  expect(left).toEqual([expect.stringMatching(want)]);
  expect(text).toMatch(want);
});

describe('statistics', () => {
  test.each<[string, string, string[]]>([
    ['a page', 'listen s\nbind *:8404\nstats uri /s', ['haproxy haproxy http://127.0.0.1:8404/s']],
    [
      'its usual path',
      'listen s\nbind :8404\nstats enable',
      ['haproxy haproxy http://127.0.0.1:8404/haproxy?stats'],
    ],
    [
      'TLS',
      'frontend s\nbind 127.0.0.2:1 ssl crt x\nstats enable',
      ['haproxy haproxy https://127.0.0.2:1/haproxy?stats'],
    ],
    ['the socket', 'global\nstats socket /run/s.sock mode 600', ['haproxy haproxy unix:/run/s.sock']],
    [
      'the page rather than the socket',
      'global\nstats socket /s\nlisten s\nbind :1\nstats uri /',
      ['haproxy haproxy http://127.0.0.1:1/'],
    ],
  ])('%s', (_, text, want) => {
    expect(take(text).services).toEqual(want);
  });

  test('the exporter becomes a scrape job', () => {
    const { configuration } = take(
      'frontend p\nbind :8405\nhttp-request use-service prometheus-exporter if { path /metrics }\n',
    );
    expect(configuration.scrape.jobs.map(({ name }) => name)).toEqual(['haproxy']);
  });

  test('no password is copied', () => {
    const { text } = take(
      'userlist u\nuser x insecure-password hunter1\nlisten s\nbind :1\nstats uri /s\nstats auth admin:hunter2\nbackend b\noption httpchk /h?token=hunter3\nserver a h:1\n',
    );
    expect(text).toContain('# stats_basic_auth: { username: "admin", password_file: haproxy.password }');
    expect(text).toContain('A parameter of the URL that may be a secret was left out');
    expect(text).not.toMatch(/hunter/);
  });
});

test.each(['deploy/haproxy.cfg', 'deploy/compose/haproxy.cfg'])('%s', path => {
  const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  expect(take(readFileSync(file, 'utf8')).services).not.toEqual([]);
});
