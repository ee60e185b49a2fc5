// Text messages: their text, the requests to Twilio, and which recipients get a message again.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SmsGateway, type SmsSettings } from '../../../src/alerts/sms/gateway.js';
import { fits, fitted, MAX_GSM7, septetsOf } from '../../../src/alerts/sms/gsm7.js';
import { type SmsAlert, type SmsNotification, smsText } from '../../../src/alerts/sms/text.js';
import { Secret } from '../../../src/model/secret.js';
import { answers, drops, type Endpoint, startEndpoint } from '../../support/endpoint.js';

function alert(severity: string, target: string, description = 'it is down', status = 'firing'): SmsAlert {
  return { status, labels: { alertname: 'ServiceDown', severity, target }, annotations: { description } };
}

function firing(...alerts: SmsAlert[]): SmsNotification {
  return { status: 'firing', groupKey: '{}:{alertname="ServiceDown"}', alerts };
}

describe('text', () => {
  test.each<[string, SmsNotification, string]>([
    ['one', firing(alert('critical', 'tools')), '1 FIRING: critical tools: it is down'],
    [
      'the most severe first, resolved ones last',
      firing(
        alert('info', 'c'),
        alert('', 'd'),
        alert('warning', 'b', 'x', 'resolved'),
        alert('warning', 'b'),
        alert('critical', 'a'),
      ),
      '4 FIRING, 1 RESOLVED: critical a: it is down; warning b: it is down; info c: it is down; d: it is down; ok b: x',
    ],
    [
      'lines and marks',
      firing(alert('critical', 'a', 'x…\n“y” – z\t•')),
      '1 FIRING: critical a: x... "y" - z -',
    ],
    [
      'alerts that were truncated before',
      { ...firing(alert('critical', 'a')), truncatedAlerts: 9 },
      '10 FIRING: critical a: it is down; +9 more',
    ],
    ['a resolved one', firing(alert('critical', 'a', 'x', 'resolved')), '1 RESOLVED: ok a: x'],
    [
      'emoji are one character each',
      firing(alert('critical', 'a', '🚀'.repeat(82))),
      `1 FIRING: critical a: ${'🚀'.repeat(82)}`,
    ],
    [
      'umlauts are in the alphabet',
      firing(alert('critical', 'a', 'Größe: 5 €')),
      '1 FIRING: critical a: Größe: 5 €',
    ],
  ])('%s', (_, notification, want) => expect(smsText(notification)).toBe(want));

  test.each([
    ['a hundred', firing(...Array.from({ length: 100 }, (_, i) => alert('critical', `service-${i}`)))],
    ['one that says much', firing(alert('critical', 'x'.repeat(500), 'y'.repeat(100_000)))],
    [
      'brackets, which count twice',
      firing(...Array.from({ length: 30 }, () => alert('critical', 'a', '[]{}|'.repeat(8)))),
    ],
    [
      'other alphabets',
      firing(...Array.from({ length: 30 }, () => alert('critical', 'a', '服务器超时 🚀'.repeat(9)))),
    ],
  ])('%s is short', (_, notification) => {
    const text = smsText(notification);
    expect(fits(text)).toBe(true);
    expect(septetsOf(text) ?? text.length).toBeLessThanOrEqual(MAX_GSM7);
    expect(text).toMatch(/^\d+ FIRING: critical/);
    if (notification.alerts.length > 1) expect(text).toMatch(/; \+\d+ more$/);
    const shown = text.split('; ').length - 1;
    const left = Number(/\+(\d+) more$/.exec(text)?.[1] ?? 0);
    if (notification.alerts.length > 1) expect(shown + left).toBe(notification.alerts.length);
  });

  test('a character is not cut in two', () => {
    expect(fitted('🚀'.repeat(300))).toMatch(/^(🚀)+\.\.\.$/u);
  });
});

describe('gateway', () => {
  let endpoint: Endpoint;
  const gateways: SmsGateway[] = [];

  beforeAll(async () => {
    endpoint = await startEndpoint();
  });
  afterEach(() => {
    endpoint.requests.length = 0;
    for (const gateway of gateways.splice(0)) gateway.close();
  });
  afterAll(() => endpoint.close());

  function gateway(settings: Partial<SmsSettings> = {}): SmsGateway {
    const made = new SmsGateway({
      accountSid: 'AC0123',
      authToken: new Secret('s3cret'),
      from: '+15550001',
      to: ['+15551', '+15552', '+15551'],
      apiUrl: endpoint.url,
      ...settings,
    });
    gateways.push(made);
    return made;
  }

  const send = (to: SmsGateway, notification = firing(alert('critical', 'tools'))) =>
    to.send(notification, AbortSignal.timeout(10_000));

  const recipients = () => endpoint.requests.map(({ body }) => new URLSearchParams(body).get('To')).sort();

  test('a request for every recipient', async () => {
    endpoint.behaviour = answers(201, '{"sid":"SM1","status":"queued"}');
    expect(await send(gateway())).toEqual({
      sent: ['+15551', '+15552'],
      had: [],
      failures: [],
      outcome: 'sent',
      retryAfter: undefined,
    });
    expect(recipients()).toEqual(['+15551', '+15552']);
    const [request] = endpoint.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/2010-04-01/Accounts/AC0123/Messages.json' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('AC0123:s3cret').toString('base64')}`,
    });
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toMatchObject({
      From: '+15550001',
      Body: '1 FIRING: critical tools: it is down',
    });
  });

  test('a messaging service in place of a number', async () => {
    endpoint.behaviour = answers(201, '{}');
    await send(gateway({ messagingServiceSid: 'MG1', to: ['+1'] }));
    expect(Object.fromEntries(new URLSearchParams(endpoint.requests[0]?.body))).toEqual({
      To: '+1',
      MessagingServiceSid: 'MG1',
      Body: '1 FIRING: critical tools: it is down',
    });
  });

  test('another attempt is for recipients only who have not got it', async () => {
    const failing = new Set(['+15552']);
    endpoint.behaviour = (response, request) =>
      failing.has(new URLSearchParams(request.body).get('To') ?? '')
        ? answers(429, '{"code":20429,"message":"Too Many Requests"}', { 'retry-after': '2' })(
            response,
            request,
          )
        : answers(201, '{}')(response, request);
    const sms = gateway();
    expect(await send(sms)).toMatchObject({
      sent: ['+15551'],
      outcome: 'retry',
      retryAfter: 2000,
      failures: [{ to: '+15552' }],
    });
    failing.clear();
    endpoint.requests.length = 0;
    expect(await send(sms)).toMatchObject({ sent: ['+15552'], had: ['+15551'], outcome: 'sent' });
    expect(recipients()).toEqual(['+15552']);
    endpoint.requests.length = 0;
    // The answer was lost: the request comes again.
    expect(await send(sms)).toMatchObject({ sent: [], had: ['+15551', '+15552'], outcome: 'sent' });
    expect(recipients()).toEqual([]);
    // Another notification is sent to all.
    expect(await send(sms, firing(alert('critical', 'redis')))).toMatchObject({ sent: ['+15551', '+15552'] });
  });

  test.each([
    [
      'refused',
      answers(400, '{"code":21211,"message":"Invalid \'To\' Phone Number"}'),
      "sms: HOST answered HTTP 400: Invalid 'To' Phone Number (21211)",
    ],
    [
      'refused',
      answers(401, '{"code":20003,"message":"Authenticate s3cret"}'),
      'sms: HOST answered HTTP 401: Authenticate <secret> (20003)',
    ],
    ['retry', answers(500, 'oops'), 'sms: HOST answered HTTP 500: oops'],
    ['retry', drops, 'sms: HOST: connection reset before the answer was complete'],
  ])('%s', async (outcome, behaviour, message) => {
    endpoint.behaviour = behaviour;
    const report = await send(gateway());
    expect(report).toMatchObject({ sent: [], outcome });
    expect(report.failures.map(({ error }) => error.message.replace(endpoint.host, 'HOST'))).toEqual([
      message,
      message,
    ]);
  });

  test('an invalid number does not affect the others', async () => {
    endpoint.behaviour = (response, request) =>
      request.body.includes('15552')
        ? answers(400, '{}')(response, request)
        : answers(201, '{}')(response, request);
    expect(await send(gateway())).toMatchObject({
      sent: ['+15551'],
      failures: [{ to: '+15552' }],
      outcome: 'sent',
    });
  });
});
