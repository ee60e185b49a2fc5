// Errors of servers for each receiver that uses HTTP, and that they contain no secrets.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { discord } from '../../../src/alertmanager/receivers/discord.js';
import { pagerduty } from '../../../src/alertmanager/receivers/pagerduty.js';
import type { DeliveryError, ReceiverKind } from '../../../src/alertmanager/receivers/receiver.js';
import { slack } from '../../../src/alertmanager/receivers/slack.js';
import { telegram } from '../../../src/alertmanager/receivers/telegram.js';
import { webhook } from '../../../src/alertmanager/receivers/webhook.js';
import { SmsGateway } from '../../../src/alerts/sms/gateway.js';
import { Secret } from '../../../src/model/secret.js';
import { freePort, makeFolder, removeFolder } from '../../support/child.js';
import {
  answers,
  type Behaviour,
  babbles,
  drops,
  type Endpoint,
  hangs,
  startEndpoint,
} from '../../support/endpoint.js';
import { notification, open } from '../../support/receivers.js';

const SECRETS = ['s3cretpath', 't0ken/with+signs', 'k3yvalue', 'p4ssword'];
const [PATH, TOKEN, KEY, PASSWORD] = SECRETS as [string, string, string, string];
const AUTH = `http_config: {basic_auth: {username: me, password: ${PASSWORD}}}`;

/** Delivers to a service at a URL and closes again. */
type Deliver = (url: string, signal?: AbortSignal) => Promise<DeliveryError | undefined>;

function byEntry(kind: unknown, entry: (url: string) => string): Deliver {
  return async (url, signal) => {
    const opened = open(kind as ReceiverKind, entry(url));
    const error = await opened.deliver(notification(), signal);
    opened.receiver.close();
    return error;
  };
}

const RECEIVERS: readonly (readonly [string, Deliver, taken: string])[] = [
  ['webhook', byEntry(webhook, url => `{url: ${url}/${PATH}?key=${KEY}, ${AUTH}}`), ''],
  ['slack', byEntry(slack, url => `{api_url: ${url}/services/${PATH}, ${AUTH}}`), 'ok'],
  ['slack', byEntry(slack, url => `{app_url: ${url}, app_token: ${TOKEN}, channel: '#ops'}`), '{"ok":true}'],
  ['discord', byEntry(discord, url => `{webhook_url: ${url}/webhooks/1/${PATH}, ${AUTH}}`), ''],
  [
    'pagerduty',
    byEntry(pagerduty, url => `{url: ${url}, routing_key: ${KEY}, ${AUTH}}`),
    '{"status":"success"}',
  ],
  [
    'telegram',
    byEntry(telegram, url => `{api_url: ${url}, bot_token: ${TOKEN}, chat_id: 1, ${AUTH}}`),
    '{"ok":true}',
  ],
  [
    'sms',
    async (url, signal = AbortSignal.timeout(10_000)) => {
      const gateway = new SmsGateway({
        accountSid: 'AC1',
        authToken: new Secret(TOKEN),
        from: '+1',
        to: ['+2'],
        apiUrl: url,
      });
      const alerts = [{ status: 'firing', labels: { alertname: 'A' }, annotations: {} }];
      const { failures } = await gateway.send({ status: 'firing', groupKey: '{}', alerts }, signal);
      gateway.close();
      return failures[0]?.error;
    },
    '{"sid":"SM1"}',
  ],
];

let endpoint: Endpoint;
const folder = makeFolder('troubles');

beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => {
  endpoint.requests.length = 0;
});
afterAll(async () => {
  await endpoint.close();
  removeFolder(folder);
});

/** Repeats the whole request, as services do that explain an error. */
const echoes =
  (status: number): Behaviour =>
  (response, { path, headers, body }) => {
    response.writeHead(status).end(`${path} ${JSON.stringify(headers)}\n${body}`);
  };

const flattering: Behaviour = response => {
  response.writeHead(500).end('x'.repeat(10_000_000));
};

const inTheFuture = new Date(Date.now() + 3_600_000).toUTCString();

interface Want {
  readonly permanent: boolean;
  readonly reason: string;
  readonly retryAfter?: number | undefined;
  readonly message: RegExp;
}

const passing = { permanent: false, retryAfter: undefined };
const BEHAVIOURS: readonly (readonly [string, Behaviour, Want])[] = [
  [
    '400',
    answers(400, 'no\nthanks\x07'),
    { permanent: true, reason: 'clientError', message: /answered HTTP 400: no thanks$/ },
  ],
  [
    '404 without words',
    answers(404),
    { permanent: true, reason: 'clientError', message: /answered HTTP 404$/ },
  ],
  ['429', answers(429), { ...passing, reason: 'clientError', message: /HTTP 429$/ }],
  [
    '429 with seconds',
    answers(429, '', { 'retry-after': '7' }),
    { permanent: false, reason: 'clientError', retryAfter: 7000, message: /HTTP 429/ },
  ],
  [
    '429 with seconds in the body, as Discord says it',
    answers(429, '{"message":"You are being rate limited.","retry_after":0.65}'),
    { permanent: false, reason: 'clientError', retryAfter: 650, message: /HTTP 429/ },
  ],
  [
    '429 with seconds in the body, as Telegram says it',
    answers(429, '{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":3}}'),
    { permanent: false, reason: 'clientError', retryAfter: 3000, message: /HTTP 429/ },
  ],
  ['408', answers(408), { ...passing, reason: 'clientError', message: /HTTP 408/ }],
  ['500', answers(500, 'oops'), { ...passing, reason: 'serverError', message: /HTTP 500: oops/ }],
  [
    '503 with seconds',
    answers(503, '', { 'retry-after': '120' }),
    { permanent: false, reason: 'serverError', retryAfter: 120_000, message: /HTTP 503/ },
  ],
  ['a long answer', flattering, { ...passing, reason: 'serverError', message: /HTTP 500: x{200}…$/ }],
  ['a drop', drops, { ...passing, reason: 'other', message: /connection reset/ }],
  ['what is no HTTP', babbles, { ...passing, reason: 'other', message: /not an HTTP answer/ }],
  [
    'redirects without end',
    (response, { path }) => response.writeHead(307, { location: path }).end(),
    { permanent: true, reason: 'other', message: /redirect/ },
  ],
];

describe.each(RECEIVERS)('%s', (name, deliver, taken) => {
  test('is a success', async () => {
    endpoint.behaviour = answers(200, taken);
    expect(await deliver(endpoint.url)).toBeUndefined();
    expect(endpoint.requests).toHaveLength(1);
  });

  test.each(BEHAVIOURS)('%s', async (_, behaviour, { message, ...want }) => {
    endpoint.behaviour = behaviour;
    const error = await deliver(endpoint.url);
    expect(error).toMatchObject(want);
    expect(error?.message).toMatch(message);
    expect(error?.message).toMatch(new RegExp(`^${name}: ${endpoint.host}`));
    expect(error?.message).not.toMatch(/[\p{Cc}]/u);
    expect((error as Error).message.length).toBeLessThan(300);
  });

  test('429 with a date', async () => {
    endpoint.behaviour = answers(429, '', { 'retry-after': inTheFuture });
    const { retryAfter = 0 } = (await deliver(endpoint.url)) as DeliveryError;
    expect(retryAfter).toBeGreaterThan(3_000_000);
    expect(retryAfter).toBeLessThanOrEqual(3_600_000);
  });

  test.each([200, 400, 500])('no secret in what is said of an answer that repeats all (%i)', async status => {
    endpoint.behaviour = echoes(status);
    const error = await deliver(endpoint.url);
    const said = `${error?.message} ${error?.stack} ${JSON.stringify(error)}`;
    const basic = Buffer.from(`me:${PASSWORD}`).toString('base64');
    const spelled = [...SECRETS, ...SECRETS.map(encodeURIComponent), basic];
    for (const secret of spelled) expect(said).not.toContain(secret);
  });

  test.each([301, 302, 303, 307, 308])(
    'a redirect (%i) to another host takes no secret there',
    async status => {
      const other = await startEndpoint();
      endpoint.behaviour = answers(status, '', { location: `${other.url}/elsewhere` });
      other.behaviour = answers(200, taken);
      await deliver(endpoint.url);
      expect(endpoint.requests).toHaveLength(1);
      const got = JSON.stringify(other.requests);
      await other.close();
      const basic = Buffer.from(`me:${PASSWORD}`).toString('base64');
      for (const secret of [...SECRETS, ...SECRETS.map(encodeURIComponent), basic])
        expect(got).not.toContain(secret);
    },
  );

  test('an answer that does not come', async () => {
    endpoint.behaviour = hangs;
    const late = await deliver(endpoint.url, AbortSignal.timeout(50));
    expect(late).toMatchObject({ permanent: false, reason: 'contextDeadlineExceeded' });
    const aborting = new AbortController();
    endpoint.behaviour = () => aborting.abort();
    const off = await deliver(endpoint.url, aborting.signal);
    expect(off).toMatchObject({ permanent: false, reason: 'contextCanceled' });
  });

  test('connection refused', async () => {
    const error = await deliver(`http://127.0.0.1:${await freePort()}`);
    expect(error).toMatchObject({ permanent: false, reason: 'other' });
    expect(error?.message).toMatch(/connection refused$/);
  });
});

describe('a timeout of its own', () => {
  test.each([
    ['webhook', byEntry(webhook, url => `{url: ${url}, timeout: 50ms}`)],
    ['slack', byEntry(slack, url => `{api_url: ${url}, timeout: 50ms}`)],
    ['pagerduty', byEntry(pagerduty, url => `{url: ${url}, routing_key: x, timeout: 50ms}`)],
    ['telegram', byEntry(telegram, url => `{api_url: ${url}, bot_token: x, chat_id: 1, timeout: 50ms}`)],
  ] satisfies [string, Deliver][])('%s', async (_, deliver) => {
    endpoint.behaviour = hangs;
    const error = await deliver(endpoint.url);
    expect(error).toMatchObject({ permanent: false, reason: 'contextDeadlineExceeded' });
    expect(error?.message).toMatch(/within the timeout of 50ms$/);
  });
});

describe('secrets in files are read when they are used', () => {
  const file = join(folder, 'secret');
  test.each([
    ['webhook', webhook, () => `url_file: ${file}`],
    ['slack', slack, () => `api_url_file: ${file}`],
    ['discord', discord, () => `webhook_url_file: ${file}`],
  ] as const)('%s', async (_, kind, entry) => {
    removeIfThere(file);
    const opened = open(kind as unknown as ReceiverKind, entry());
    const missing = await opened.deliver(notification());
    expect(missing).toMatchObject({ permanent: false });
    expect(missing?.message).toContain(`cannot read ${file}`);
    endpoint.behaviour = answers(200, 'ok');
    writeFileSync(file, ` ${endpoint.url}/from-file\n`);
    expect(await opened.deliver(notification())).toBeUndefined();
    expect(endpoint.requests.map(request => request.path)).toEqual(['/from-file']);
    opened.receiver.close();
  });
});

function removeIfThere(file: string): void {
  removeFolder(file);
}
