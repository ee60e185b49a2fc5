// POST /notify/sms, a webhook for Alertmanager: it is answered so that Alertmanager retries when that helps and only then.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SmsGateway } from '../../src/alerts/sms/gateway.js';
import { Secret } from '../../src/model/secret.js';
import { startAlertmanager } from '../support/alertmanager.js';
import { answers, type Behaviour, drops, type Endpoint, startEndpoint } from '../support/endpoint.js';
import { startMonitor, type TestMonitor } from './monitor.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const [ANN, BOB] = ['+491701234567', '+491707654321'] as const;
const JSON_TYPE = { 'content-type': 'application/json' };
const TAKEN = answers(201, '{"sid":"SM1","status":"queued"}', JSON_TYPE);
const WRONG_NUMBER = answers(
  400,
  `{"code":21211,"message":"Invalid 'To' Phone Number","status":400}`,
  JSON_TYPE,
);

let twilio: Endpoint;
let monitor: TestMonitor;
let gateway: SmsGateway;
beforeAll(async () => {
  twilio = await startEndpoint();
  gateway = new SmsGateway({
    accountSid: 'AC1',
    authToken: new Secret('t0ken'),
    from: '+15550001111',
    to: [ANN, BOB],
    apiUrl: twilio.url,
    timeout: 5000,
  });
  monitor = await startMonitor({ sms: gateway });
});
beforeEach(() => {
  twilio.requests.length = 0;
  twilio.behaviour = TAKEN;
});
afterAll(async () => {
  await monitor?.[Symbol.asyncDispose]();
  gateway?.close();
  await twilio?.close();
});

let messages = 0;
/** A notification that was not delivered yet. */
function notification(over: object = {}): object {
  const labels = { alertname: 'ServiceDown', severity: 'critical', target: 'tools' };
  return {
    version: '4',
    groupKey: `{}:{alertname="A${messages++}"}`,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'sms',
    groupLabels: {},
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: 'http://127.0.0.1:9093',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: { description: 'Tools Server is timeout' },
        startsAt: '2024-01-15T10:30:45Z',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: '0123456789abcdef',
      },
    ],
    ...over,
  };
}

async function post(body: unknown, url = monitor.url) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}/notify/sms`, { method: 'POST', headers: JSON_TYPE, body: text });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, retryAfter: response.headers.get('retry-after'), answer };
}

/** Answers by recipient; messages to others are accepted. */
const per =
  (behaviours: Readonly<Record<string, Behaviour>>): Behaviour =>
  (response, request) => {
    const to = new URLSearchParams(request.body).get('To') ?? '';
    (behaviours[to] ?? TAKEN)(response, request);
  };

describe('a notification', () => {
  test('is sent to all numbers', async () => {
    expect(await post(notification())).toEqual({
      status: 200,
      retryAfter: null,
      answer: { sent: [ANN, BOB], had: [], failures: [] },
    });
    const sent = twilio.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    expect(sent.map(({ To }) => To).sort()).toEqual([ANN, BOB].sort());
    expect(sent[0]?.Body).toContain('1 FIRING: critical tools: Tools Server is timeout');
  });

  test.each<[string, Behaviour, number, string | null]>([
    ['a server error', answers(500), 503, null],
    ['too many requests', answers(429, '', { 'retry-after': '7' }), 503, '7'],
    ['no answer at all', drops, 503, null],
    ['a wrong number', WRONG_NUMBER, 400, null],
    ['a wrong password', answers(401, '{"code":20003,"message":"Authenticate"}', JSON_TYPE), 400, null],
  ])('reaches no number: %s', async (_, behaviour, status, retryAfter) => {
    twilio.behaviour = behaviour;
    const found = await post(notification());
    expect([found.status, found.retryAfter]).toEqual([status, retryAfter]);
    expect(found.answer.error).toMatch(/^\+49\d+: sms: .*; \+49\d+: sms: /);
    expect(JSON.stringify(found)).not.toContain('t0ken');
  });

  test('that fails for one number is sent to that number only when it comes again', async () => {
    twilio.behaviour = per({ [BOB]: answers(500) });
    const message = notification();
    const first = await post(message);
    expect(first.status).toBe(503);
    expect(first.answer.error).toContain(BOB);
    expect(first.answer.error).not.toContain(ANN);
    twilio.requests.length = 0;
    twilio.behaviour = TAKEN;
    expect(await post(message)).toMatchObject({ status: 200, answer: { sent: [BOB], had: [ANN] } });
    expect(twilio.requests).toHaveLength(1);
  });

  test('that can never reach one number is answered 200, so that it is not retried', async () => {
    twilio.behaviour = per({ [BOB]: WRONG_NUMBER });
    const { status, answer } = await post(notification());
    expect(status).toBe(200);
    expect(answer).toMatchObject({
      sent: [ANN],
      failures: [{ to: BOB, error: expect.stringContaining('21211') }],
    });
  });
});

describe('what is no notification', () => {
  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'the notification is no JSON'],
    ['nothing', '', 'the notification is no JSON'],
    ['a list', [], 'expected object'],
    ['another version', notification({ version: '5' }), 'version: expected "4"'],
    ['no version', notification({ version: undefined }), 'version: expected "4"'],
    ['no group', notification({ groupKey: undefined }), 'groupKey: '],
    ['a status there is none of', notification({ status: 'burning' }), 'status: '],
    ['no alerts', notification({ alerts: [] }), 'alerts: expected at least one alert'],
    [
      'an alert without labels',
      notification({ alerts: [{ status: 'firing', annotations: {} }] }),
      'alerts.0.labels: ',
    ],
    [
      'a label that is none',
      notification({ alerts: [{ status: 'firing', labels: { a: 1 }, annotations: {} }] }),
      'alerts.0.labels.a: ',
    ],
  ])('%s', async (_, body, error) => {
    const { status, answer } = await post(body);
    expect([status, answer.error]).toEqual([400, expect.stringContaining(error)]);
    expect(twilio.requests).toEqual([]);
  });
});

test('without an account the error names what to configure', async () => {
  await using bare = await startMonitor();
  expect(await post(notification(), bare.url)).toMatchObject({
    status: 404,
    answer: { error: expect.stringMatching(/alerting\.sms \(account_sid, .*\) in monitor\.yml/) },
  });
});

test('a real Alertmanager retries until every number has got the message once', async () => {
  let attempts = 0;
  const failingTwice: Behaviour = (response, request) => {
    if (new URLSearchParams(request.body).get('To') === BOB && attempts++ < 2)
      answers(503)(response, request);
    else TAKEN(response, request);
  };
  twilio.behaviour = failingTwice;
  const alertmanager = await startAlertmanager(
    `route: { receiver: sms, group_wait: 0s, group_interval: 1m }
receivers: [{ name: sms, webhook_configs: [{ url: "${monitor.url}/notify/sms" }] }]
`,
  );
  try {
    await alertmanager.post('alerts', [
      {
        labels: { alertname: 'Real', severity: 'warning', target: 'redis' },
        annotations: { summary: 'Redis is slow' },
      },
    ]);
    const taken = () => twilio.requests.map(({ body }) => new URLSearchParams(body).get('To'));
    await vi.waitFor(() => expect(taken().filter(to => to === BOB)).toHaveLength(3), PATIENCE);
    expect(taken().filter(to => to === ANN)).toHaveLength(1);
    expect(new URLSearchParams(twilio.requests[0]?.body).get('Body')).toBe(
      '1 FIRING: warning redis: Redis is slow',
    );
  } finally {
    await alertmanager.close();
  }
});
