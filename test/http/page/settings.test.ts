import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../../src/app/configuration.js';
import { ConfigError } from '../../../src/config/load.js';
import { makeFolder, removeFolder } from '../../support/child.js';

let folder: string;
beforeAll(() => {
  folder = makeFolder('page-settings');
});
afterAll(() => removeFolder(folder));

function load(page: string, service = '') {
  const file = join(folder, 'monitor.yml');
  const url = 'url: "http://127.0.0.1/"';
  writeFileSync(file, `page: ${page}\nservices: {tools: {${url}}, redis: {${url}, ${service}}}\n`);
  return loadConfiguration(file, {});
}

function mistakes(page: string, service?: string): string[] {
  try {
    load(page, service);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(line => line.replace(/^.*?: /, ''));
  }
  return [];
}

const announced = (keys: string) => `{announcements: [{title: t, message: m, ${keys}}]}`;

test('nothing said is a page of its own name that shows everything and may not be framed', () => {
  expect(load('{}').page).toEqual({
    title: 'langgraph-monitor',
    description: undefined,
    hide: [],
    readOnly: false,
    announcements: [],
    frameAncestors: "'none'",
  });
});

test('what is said holds', () => {
  const { page, services } = load(
    '{title: Lab, description: D, hide: [redis], read_only: true, frame_ancestors: [self, "https://*.example.org:8443"], announcements: [{title: t, message: "a\\nb", severity: warning, starts_at: "2026-12-24T18:00:00+01:00", ends_at: 2026-12-24T18:00:00Z}]}',
    'group: Data stores',
  );
  expect(page).toEqual({
    title: 'Lab',
    description: 'D',
    hide: ['redis'],
    readOnly: true,
    frameAncestors: "'self' https://*.example.org:8443",
    announcements: [
      {
        title: 't',
        message: 'a\nb',
        severity: 'warning',
        startsAt: Date.UTC(2026, 11, 24, 17),
        endsAt: Date.UTC(2026, 11, 24, 18),
      },
    ],
  });
  expect(services.map(({ id, group, isHidden }) => [id, group, isHidden])).toEqual([
    ['tools', undefined, undefined],
    ['redis', 'Data stores', true],
  ]);
});

describe('one mistake is one line', () => {
  test.each<[name: string, page: string, want: string]>([
    ['an unknown key', '{titel: x}', 'page: unknown key "titel", did you mean "title"?'],
    ['an empty title', '{title: " "}', 'page.title: must not be empty'],
    ['a long title', `{title: ${'x'.repeat(121)}}`, 'page.title: expected at most 120 characters'],
    [
      'a long description',
      `{description: ${'x'.repeat(1001)}}`,
      'page.description: expected at most 1000 characters',
    ],
    [
      'a service that is not there',
      '{hide: [redsi]}',
      'page.hide.0: no service "redsi", did you mean "redis"?',
    ],
    ['one service instead of a list', '{hide: redis}', 'page.hide: expected a list of services'],
    ['half a wish', '{read_only: maybe}', 'page.read_only: expected true or false'],
    [
      'announcements that are none',
      '{announcements: soon}',
      'page.announcements: expected a list of announcements, each with title and message',
    ],
    [
      'an announcement that says nothing',
      '{announcements: [{title: t}]}',
      'page.announcements.0.message: expected a text',
    ],
    [
      'a severity that is none',
      announced('severity: bad'),
      'page.announcements.0.severity: expected critical, warning, info',
    ],
    [
      'a time that is none',
      announced('starts_at: tomorrow'),
      'page.announcements.0.starts_at: "tomorrow" is no time; write 2026-12-24T18:00:00+01:00, or without zone for the monitor\'s own',
    ],
    [
      'an end before the begin',
      announced('starts_at: 2026-12-24T18:00:00Z, ends_at: "2026-12-24T18:00:00+01:00"'),
      'page.announcements.0.ends_at: must be later than starts_at',
    ],
    [
      'a message of a book',
      `{announcements: [{title: t, message: ${'x'.repeat(2001)}}]}`,
      'page.announcements.0.message: expected at most 2000 characters',
    ],
    [
      'too many announcements',
      `{announcements: [${'{title: t, message: m}, '.repeat(21)}]}`,
      'page.announcements: expected at most 20 announcements',
    ],
    [
      'a frame that is no origin',
      '{frame_ancestors: ["https://wiki.example.org/x"]}',
      'page.frame_ancestors.0: "https://wiki.example.org/x" cannot frame the page: expected none, self, or origins such as https://wiki.example.org',
    ],
    [
      'a frame that would end the policy',
      '{frame_ancestors: ["https://a; script-src *"]}',
      'page.frame_ancestors.0: "https://a; script-src *" cannot frame the page: expected none, self, or origins such as https://wiki.example.org',
    ],
    [
      'none among others',
      '{frame_ancestors: [self, none]}',
      'page.frame_ancestors.1: "none" cannot frame the page: expected none, self, or origins such as https://wiki.example.org',
    ],
  ])('%s', (_, page, want) => expect(mistakes(page)).toEqual([want]));

  test('a long group', () => {
    const want = 'services.redis.group: expected at most 60 characters';
    expect(mistakes('{}', `group: ${'x'.repeat(61)}`)).toEqual([want]);
  });
});
