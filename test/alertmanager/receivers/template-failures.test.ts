// A template that fails: every receiver sends a plain message with the error.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { receiverKinds } from '../../../src/alertmanager/receivers/index.js';
import type { ReceiverKind } from '../../../src/alertmanager/receivers/receiver.js';
import { answers, type Endpoint, startEndpoint } from '../../support/endpoint.js';
import { alert, notification, open, storm } from '../../support/receivers.js';
import { parseMail, type SmtpEndpoint, startSmtp } from '../../support/smtp.js';

let endpoint: Endpoint;
let smtp: SmtpEndpoint;

beforeAll(async () => {
  [endpoint, smtp] = await Promise.all([startEndpoint(), startSmtp()]);
  endpoint.behaviour = answers(200, '{"ok":true}');
});
afterEach(() => {
  endpoint.requests.length = 0;
  smtp.mails.length = 0;
});
afterAll(() => Promise.all([endpoint.close(), smtp.close()]));

const kindOf = (integration: string) =>
  receiverKinds.find(kind => kind.integration === integration) as ReceiverKind;

/** An entry of every kind, with more keys. */
const ENTRIES: Readonly<Record<string, (more: string) => string>> = {
  email: more => `{smarthost: '127.0.0.1:${smtp.port}', from: a@b.c, to: d@e.f, require_tls: false, ${more}}`,
  slack: more => `{api_url: ${endpoint.url}/x, channel: '#ops', ${more}}`,
  discord: more => `{webhook_url: ${endpoint.url}/x, ${more}}`,
  pagerduty: more => `{url: ${endpoint.url}/x, routing_key: key, ${more}}`,
  telegram: more => `{api_url: ${endpoint.url}, bot_token: x, chat_id: 1, ${more}}`,
};

/** The visible text of the message. */
function messageText(): string {
  const [mail] = smtp.mails;
  if (!mail) return endpoint.requests[0]?.body ?? '';
  const { headers, parts } = parseMail(mail.raw);
  return `${headers.subject}\n${Object.values(parts).join('\n')}`;
}

describe.each([
  ['email', 'html'],
  ['email', 'text'],
  ['email', 'headers: {Subject: %}'],
  ['email', 'headers: {X-Own: %}'],
  ['slack', 'title'],
  ['slack', 'text'],
  ['slack', 'color'],
  ['slack', 'username'],
  ['slack', 'fields: [{title: a, value: %}]'],
  ['slack', 'actions: [{type: button, text: %, url: x}]'],
  ['discord', 'title'],
  ['discord', 'message'],
  ['discord', 'content'],
  ['pagerduty', 'description'],
  ['pagerduty', 'severity'],
  ['pagerduty', 'details: {a: %}'],
  ['pagerduty', 'details: {a: [{b: %}]}'],
  ['pagerduty', 'links: [{href: %}]'],
  ['telegram', 'message'],
  ['telegram', 'parse_mode: Markdown, message: %'],
])('%s: %s', (integration, place) => {
  test.each([
    ['{{ .Nope }}', "can't evaluate field Nope"],
    ['{{ template "nope" . }}', 'not defined'],
    ['{{ if }}', 'missing value for if'],
  ])('%s', async (template, problem) => {
    const key = place.includes('%')
      ? place.replace('%', JSON.stringify(template))
      : `${place}: ${JSON.stringify(template)}`;
    const opened = open(kindOf(integration), (ENTRIES[integration] as (more: string) => string)(key));
    expect(await opened.deliver(notification([alert(), alert({ isResolved: true })]))).toBeUndefined();
    const message = messageText();
    expect(message).toContain('[FIRING:1] The template of this message failed');
    expect(message).toContain(problem);
    expect(message).toContain(
      'FIRING critical ServiceDown tools: Tools Server is timeout - Request timed out',
    );
    expect(message).toContain('RESOLVED critical ServiceDown tools');
    expect(opened.logged).toMatchObject([
      [
        'warn',
        'Template failed; sending a plain message',
        { integration, receiver: 'ops', error: expect.stringContaining(problem) },
      ],
    ]);
  });
});

test.each(Object.keys(ENTRIES))('%s: a hundred alerts are still readable', async integration => {
  const key =
    { email: 'html', discord: 'title', pagerduty: 'description', telegram: 'message' }[integration] ?? 'text';
  const opened = open(
    kindOf(integration),
    (ENTRIES[integration] as (more: string) => string)(`${key}: '{{ .Nope }}'`),
  );
  expect(await opened.deliver(storm())).toBeUndefined();
  expect(messageText()).toContain('… and 80 more');
  expect(messageText().length).toBeLessThan(4096);
});

test.each(Object.keys(ENTRIES))('%s: labels of any length are still readable', async integration => {
  const key =
    { email: 'html', discord: 'title', pagerduty: 'description', telegram: 'message' }[integration] ?? 'text';
  const entry = (ENTRIES[integration] as (more: string) => string)(`${key}: '{{ .Nope }}'`);
  const long = alert({ labels: { alertname: 'x'.repeat(100_000) } });
  expect(await open(kindOf(integration), entry).deliver(notification([long, long]))).toBeUndefined();
  expect(messageText().length).toBeLessThan(4096);
});

test('a template with too much output is stopped', async () => {
  const entry = (ENTRIES.discord as (more: string) => string)(
    "message: '{{ range 1000000 }}0123456789{{ end }}'",
  );
  expect(await open(kindOf('discord'), entry).deliver(notification())).toBeUndefined();
  expect(messageText()).toContain('puts out too much text');
});

describe('a template of an address', () => {
  test.each([
    ['email', "to: '{{ .Nope }}'", 'to'],
    ['slack', "channel: '{{ .Nope }}'", 'channel'],
    ['pagerduty', "routing_key: '{{ .Nope }}'", 'routing_key'],
    ['webhook', "url: '{{ .Nope }}'", 'url'],
  ])('%s: %s', async (integration, more, key) => {
    const entries: Record<string, string> = {
      email: `{smarthost: '127.0.0.1:${smtp.port}', from: a@b.c, ${more}}`,
      slack: `{api_url: ${endpoint.url}, ${more}}`,
      pagerduty: `{url: ${endpoint.url}, ${more}}`,
      webhook: `{${more}}`,
    };
    const error = await open(kindOf(integration), entries[integration] as string).deliver(notification());
    expect(error).toMatchObject({ permanent: true });
    expect(error?.message).toContain(
      `${integration}: the template of ${key} failed: template: :1:3: executing`,
    );
  });
});
