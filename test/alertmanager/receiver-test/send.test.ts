// What a test notification finds out: every kind of receiver against servers that take it, refuse it, hang, or cannot be
// trusted.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadAlertmanagerConfig } from '../../../src/alertmanager/config/load.js';
import {
  describeTest,
  type IntegrationTest,
  testReceiver,
} from '../../../src/alertmanager/receiver-test/send.js';
import { receiverKinds } from '../../../src/alertmanager/receivers/index.js';
import { systemClock } from '../../../src/model/time.js';
import { certificate } from '../../support/certificate.js';
import { freePort, makeFolder, removeFolder } from '../../support/child.js';
import {
  answers,
  type Behaviour,
  drops,
  type Endpoint,
  hangs,
  startEndpoint,
} from '../../support/endpoint.js';
import { parseMail, type SmtpEndpoint, startSmtp } from '../../support/smtp.js';

const SECRET = 'T0PSECRETPATH';
const OK = answers(200, 'ok');

let folder: string;
let server: Endpoint;
let secure: Endpoint;
let smtp: SmtpEndpoint;
let closed: number;
beforeAll(async () => {
  folder = makeFolder('receiver-test');
  [server, secure] = await Promise.all([startEndpoint(), startEndpoint(certificate)]);
  smtp = await startSmtp();
  closed = await freePort();
});
afterAll(async () => {
  await Promise.all([server.close(), secure.close(), smtp.close()]);
  removeFolder(folder);
});

/** Entries of a receiver; words in capitals are addresses. */
async function tested(
  entries: string,
  behaviour: Behaviour = OK,
  index?: number,
): Promise<IntegrationTest[]> {
  const addresses = { SERVER: server.url, SECURE: secure.url, CLOSED: `http://127.0.0.1:${closed}` };
  const text = entries
    .replace(/SERVER|SECURE|CLOSED/g, word => addresses[word as keyof typeof addresses])
    .replace('SMTP', `127.0.0.1:${smtp.port}`);
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, `route: { receiver: ops }\nreceivers:\n  - { name: ops, ${text} }\n`);
  server.requests.length = 0;
  server.behaviour = behaviour;
  const config = loadAlertmanagerConfig(file);
  const options = { config, kinds: receiverKinds, clock: systemClock, externalUrl: 'http://monitor.example' };
  return testReceiver({ ...options, receiver: 'ops', index, timeout: 1500 });
}

const WEBHOOK = `webhook_configs: [{ url: "SERVER/${SECRET}" }]`;
const SLACK = `slack_configs: [{ api_url: "SERVER/${SECRET}", channel: "#ops" }]`;
const DISCORD = `discord_configs: [{ webhook_url: "SERVER/${SECRET}" }]`;
const TELEGRAM = `telegram_configs: [{ api_url: "SERVER", bot_token: ${SECRET}, chat_id: 42 }]`;
const PAGERDUTY = `pagerduty_configs: [{ url: "SERVER/", routing_key: ${SECRET} }]`;
const EMAIL =
  'email_configs: [{ to: oncall@example.org, from: me@example.org, smarthost: "SMTP", require_tls: false }]';

test.each<[name: string, entries: string, behaviour: Behaviour, want: object]>([
  ['a webhook takes it', WEBHOOK, OK, { outcome: 'sent', status: 200, answer: 'HTTP 200: ok' }],
  ['Slack takes it', SLACK, OK, { outcome: 'sent', destination: expect.stringMatching(/, channel #ops$/) }],
  ['Discord takes it', DISCORD, answers(204), { outcome: 'sent', status: 204, answer: 'HTTP 204' }],
  [
    'Telegram takes it',
    TELEGRAM,
    answers(200, '{"ok":true}'),
    { outcome: 'sent', destination: expect.stringMatching(/, chat 42$/) },
  ],
  ['PagerDuty takes it', PAGERDUTY, answers(202, '{"status":"success"}'), { outcome: 'sent', status: 202 }],
  [
    'the credentials are refused',
    SLACK,
    answers(401, 'invalid_token'),
    {
      outcome: 'failed',
      status: 401,
      answer: expect.stringContaining('invalid_token'),
      advice: expect.stringMatching(/credentials/),
    },
  ],
  [
    'the webhook was deleted',
    DISCORD,
    answers(404, '{"message": "Unknown Webhook", "code": 10015}'),
    {
      status: 404,
      answer: expect.stringContaining('Unknown Webhook'),
      advice: expect.stringMatching(/deleted/),
    },
  ],
  [
    'the server asks to wait',
    WEBHOOK,
    answers(429, 'slow down', { 'retry-after': '30' }),
    { status: 429, retryAfter: 30_000, advice: expect.stringMatching(/asks to wait 30s/) },
  ],
  [
    'the server has trouble',
    PAGERDUTY,
    answers(500, 'oops'),
    {
      status: 500,
      answer: expect.stringContaining('oops'),
      advice: expect.stringMatching(/internal error/),
    },
  ],
  [
    'Slack refuses in a 200',
    SLACK,
    answers(200, '{"ok":false,"error":"channel_not_found"}'),
    { outcome: 'failed', answer: expect.stringContaining('channel_not_found') },
  ],
  [
    'the server hangs',
    WEBHOOK,
    hangs,
    { outcome: 'failed', status: undefined, advice: expect.stringMatching(/No answer in time/) },
  ],
  ['the connection ends without an answer', WEBHOOK, drops, { outcome: 'failed', status: undefined }],
  [
    'nothing listens',
    'webhook_configs: [{ url: "CLOSED/" }]',
    OK,
    { outcome: 'failed', advice: expect.stringMatching(/Nothing listens/) },
  ],
  [
    'the certificate is not trusted',
    'webhook_configs: [{ url: "SECURE/" }]',
    OK,
    { outcome: 'failed', advice: expect.stringMatching(/ca_file/) },
  ],
  [
    'a template fails and a plain message is sent',
    `slack_configs: [{ api_url: "SERVER/${SECRET}", channel: "#ops", title: '{{ template "none" . }}' }]`,
    OK,
    { outcome: 'sent', remarks: [expect.stringMatching(/^Template failed; sending a plain message/)] },
  ],
  [
    'the file of the URL is not there',
    'webhook_configs: [{ url_file: /nowhere/url }]',
    OK,
    { outcome: 'failed', advice: expect.stringMatching(/file is there/) },
  ],
])('%s', async (_, entries, behaviour, want) => {
  const [result, ...more] = await tested(entries, behaviour);
  expect(more).toEqual([]);
  expect(result).toMatchObject({ index: 0, ...want });
  expect(result?.duration).toBeGreaterThan(0);
  expect(describeTest(result as IntegrationTest).join('\n')).not.toContain(SECRET);
});

test('what is sent says that it is a test, and each test is another one', async () => {
  await tested(WEBHOOK);
  const [first] = server.requests.map(({ body }) => JSON.parse(body));
  await tested(WEBHOOK);
  const [second] = server.requests.map(({ body }) => JSON.parse(body));
  expect(first).toMatchObject({
    receiver: 'ops',
    status: 'firing',
    externalURL: 'http://monitor.example',
    alerts: [
      {
        labels: { alertname: 'TestNotification' },
        annotations: {
          description: expect.stringMatching(
            /^Test notification from langgraph-monitor .* nothing is wrong$/,
          ),
        },
      },
    ],
  });
  expect(second.groupKey).not.toBe(first.groupKey);
});

test('a PagerDuty incident is resolved at once', async () => {
  await tested(PAGERDUTY, answers(202, '{}'));
  const events = server.requests.map(({ body }) => JSON.parse(body));
  expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
  expect(events[0].dedup_key).toBe(events[1].dedup_key);
});

test('a mail server takes it, and its answer is shown', async () => {
  const [result] = await tested(EMAIL);
  expect(result).toMatchObject({
    outcome: 'sent',
    status: 250,
    destination: `oncall@example.org by 127.0.0.1:${smtp.port}`,
    answer: expect.stringMatching(/^250 /),
  });
  const mail = parseMail(smtp.mails.at(-1)?.raw ?? '');
  expect(JSON.stringify(mail)).toContain('TestNotification');
});

test('a mail server that refuses the password says so', async () => {
  const auth = ', auth_username: me, auth_password: wrong }]';
  const [result] = await tested(EMAIL.replace(' }]', auth));
  expect(result).toMatchObject({
    outcome: 'failed',
    status: 535,
    advice: expect.stringMatching(/auth_password/),
  });
  expect(JSON.stringify(result)).not.toContain('wrong');
});

test('all integrations are tested, or the one that is asked for', async () => {
  const both = `${WEBHOOK}, ${DISCORD}`;
  expect((await tested(both)).map(({ index, integration }) => `${index} ${integration}`)).toEqual([
    '0 discord',
    '1 webhook',
  ]);
  expect((await tested(both, OK, 1)).map(({ integration }) => integration)).toEqual(['webhook']);
  await expect(tested(both, OK, 2)).rejects.toThrow(
    'has no integration 2; there are: 0 (discord), 1 (webhook)',
  );
  expect(await tested('webhook_configs: []')).toEqual([]);
});
