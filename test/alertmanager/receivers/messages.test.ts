// Default messages of Slack, Discord, PagerDuty and Telegram, also with many and large alerts, and mistakes in their
// configurations.

import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Notification } from '../../../src/alertmanager/pipeline/notification.js';
import { discord } from '../../../src/alertmanager/receivers/discord.js';
import { pagerduty } from '../../../src/alertmanager/receivers/pagerduty.js';
import type { ReceiverKind } from '../../../src/alertmanager/receivers/receiver.js';
import { slack } from '../../../src/alertmanager/receivers/slack.js';
import { telegram } from '../../../src/alertmanager/receivers/telegram.js';
import { isoLocal } from '../../../src/model/time.js';
import { answers, type Endpoint, startEndpoint } from '../../support/endpoint.js';
import { alert, mistakesIn, notification, open, STARTED, storm } from '../../support/receivers.js';

const [slackKind, discordKind, pagerdutyKind, telegramKind] = [
  slack,
  discord,
  pagerduty,
  telegram,
] as ReceiverKind[] as [ReceiverKind, ReceiverKind, ReceiverKind, ReceiverKind];
let endpoint: Endpoint;

beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => {
  endpoint.requests.length = 0;
  endpoint.behaviour = answers(200, '{"ok":true}');
});
afterAll(() => endpoint.close());

/** The body of the request of a receiver. */
async function posted(
  kind: ReceiverKind,
  entry: string,
  message = notification(),
  taken = '{"ok":true}',
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the tests look into
): Promise<any> {
  endpoint.behaviour = answers(200, taken);
  const opened = open(kind, entry);
  expect(await opened.deliver(message)).toBeUndefined();
  opened.receiver.close();
  return JSON.parse(endpoint.requests.at(-1)?.body as string);
}

/** Five alerts with 100 KB of everything. */
const HUGE: Notification = notification(
  Array.from({ length: 5 }, (_, i) =>
    alert({
      labels: { target: `${i}${'🚀'.repeat(25_000)}` },
      annotations: { description: `<${'é"'.repeat(50_000)}` },
    }),
  ),
);

describe('slack', () => {
  const url = () => `api_url: ${endpoint.url}/services/x`;

  test("one alert is the document's message", async () => {
    expect(await posted(slackKind, `{${url()}}`, notification(), 'ok')).toEqual({
      username: 'LangGraph Monitor',
      attachments: [
        {
          color: '#FF0000',
          title: 'LangGraph Cluster Alert: tools',
          title_link: 'http://127.0.0.1:8000/',
          text: 'Tools Server is timeout - Request timed out',
          fallback: 'LangGraph Cluster Alert: tools | http://127.0.0.1:8000/',
          callback_id: '',
          footer: '',
          fields: [
            { title: 'Severity', value: 'critical', short: true },
            { title: 'Service', value: 'tools', short: true },
            { title: 'Timestamp', value: isoLocal(STARTED), short: false },
          ],
          mrkdwn_in: ['fallback', 'pretext', 'text'],
        },
      ],
    });
  });

  test('the end of one is green', async () => {
    const { attachments } = await posted(
      slackKind,
      `{${url()}}`,
      notification([alert({ isResolved: true })]),
      'ok',
    );
    expect(attachments[0]).toMatchObject({
      color: 'good',
      title: '[RESOLVED] LangGraph Cluster Alert: tools',
    });
  });

  test('a hundred are one message with a list of twenty', async () => {
    const { attachments } = await posted(slackKind, `{${url()}}`, storm(), 'ok');
    expect(attachments).toHaveLength(1);
    expect(attachments[0].title).toBe('LangGraph Cluster Alert: 100 firing');
    const lines = attachments[0].text.split('\n');
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe(
      `• *critical* service-0: Tools Server is timeout - Request timed out (${isoLocal(STARTED)})`,
    );
    expect(lines[20]).toBe('… and 80 more');
  });

  test('no value of an alert mentions a channel', async () => {
    const message = notification([
      alert({ labels: { target: '<!here>' }, annotations: { description: '<!channel> & <http://x|y>' } }),
    ]);
    const { attachments } = await posted(slackKind, `{${url()}}`, message, 'ok');
    expect(JSON.stringify(attachments)).not.toContain('<!');
    expect(attachments[0].text).toBe('&lt;!channel&gt; &amp; &lt;http://x|y&gt;');
  });

  test('however large', async () => {
    const { attachments } = await posted(slackKind, `{${url()}}`, HUGE, 'ok');
    expect([...attachments[0].text].length).toBeLessThanOrEqual(8000);
    expect([...attachments[0].title].length).toBeLessThanOrEqual(1024);
    for (const { value } of attachments[0].fields) expect([...value].length).toBeLessThanOrEqual(2000);
  });

  test('a text of its own has no fields beside it', async () => {
    const { attachments } = await posted(slackKind, `{${url()}, text: x}`, notification(), 'ok');
    expect(attachments[0]).toMatchObject({ text: 'x' });
    expect(attachments[0].fields).toBeUndefined();
  });

  test('as a bot', async () => {
    const entry = `{app_token: xoxb-1, app_url: ${endpoint.url}/api/chat.postMessage, channel: '#ops'}`;
    expect(await posted(slackKind, entry)).toMatchObject({ channel: '#ops' });
    expect(endpoint.requests[0]).toMatchObject({
      path: '/api/chat.postMessage',
      headers: { authorization: 'Bearer xoxb-1' },
    });
    const older = `{api_url: ${endpoint.url}/api/chat.postMessage, http_config: {authorization: {credentials: xoxb-2}}}`;
    await posted(slackKind, older);
    expect(endpoint.requests[1]?.headers.authorization).toBe('Bearer xoxb-2');
  });

  test('as a bot of the whole configuration, unless a receiver has its own way', async () => {
    const global = `{slack_app_token: xoxb-1, slack_app_url: ${endpoint.url}/bot}`;
    endpoint.behaviour = answers(200, '{"ok":true}');
    await open(slackKind, '{channel: x}', { global }).deliver(notification());
    await open(slackKind, `{${url()}}`, { global }).deliver(notification());
    expect(endpoint.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/bot', 'Bearer xoxb-1'],
      ['/services/x', undefined],
    ]);
  });

  test.each([
    ['{"ok":false,"error":"channel_not_found"}', { permanent: true, reason: 'clientError' }],
    ['{"ok":false,"error":"invalid_auth"}', { permanent: true }],
    ['{"ok":false,"error":"ratelimited"}', { permanent: false }],
    ['{"ok":false,"error":"internal_error"}', { permanent: false }],
    ['<html>a portal</html>', { permanent: false }],
    ['', { permanent: false }],
  ])('200 with %s', async (body, want) => {
    endpoint.behaviour = answers(200, body);
    const error = await open(slackKind, `{${url()}}`).deliver(notification());
    expect(error).toMatchObject(want);
    const said = /"error":"(\w+)"/.exec(body)?.[1] ?? "no answer of Slack's";
    expect(error?.message).toMatch(new RegExp(`^slack: ${endpoint.host} answered HTTP 200: ${said}`));
  });

  test.each([
    ['{}', '', ['no global Slack API URL set either inline or in a file']],
    [
      '{api_url: http://x, api_url_file: y}',
      '',
      ['at most one of api_url & api_url_file must be configured'],
    ],
    [
      '{app_token: x, app_token_file: y}',
      '',
      ['at most one of app_token & app_token_file must be configured'],
    ],
    [
      '{api_url: http://x, app_token: y}',
      '',
      ['at most one of api_url/api_url_file & app_token/app_token_file must be configured'],
    ],
    [
      '{app_token: y, http_config: {authorization: {credentials: z}}}',
      '',
      ["http authorization can't be set when using Slack App tokens"],
    ],
    ['{api_url: nothing}', '', ['unsupported scheme "" for URL']],
    ['{fields: [{value: x}]}', '{slack_api_url: http://x}', ['missing title in Slack field configuration']],
    ['{fields: [{title: x}]}', '{slack_api_url: http://x}', ['missing value in Slack field configuration']],
    ['{actions: [{text: x}]}', '{slack_api_url: http://x}', ['missing type in Slack action configuration']],
    ['{actions: [{type: x}]}', '{slack_api_url: http://x}', ['missing text in Slack action configuration']],
    [
      '{actions: [{type: x, text: y}]}',
      '{slack_api_url: http://x}',
      ['missing name or url in Slack action configuration'],
    ],
    [
      '{actions: [{type: x, text: y, name: z, confirm: {title: a}}]}',
      '{slack_api_url: http://x}',
      ['missing text in Slack confirmation configuration'],
    ],
    ['{nope: 1}', '{slack_api_url: http://x}', ['field nope not found in type config.plain']],
  ])('mistake: %s', (entry, global, want) =>
    expect(mistakesIn(slackKind, entry, global)).toEqual(want.map(reason => `1: ${reason}`)),
  );
});

describe('discord', () => {
  const url = () => `webhook_url: ${endpoint.url}/api/webhooks/1/x`;

  test('by default', async () => {
    expect(await posted(discordKind, `{${url()}}`)).toEqual({
      content: '',
      embeds: [
        {
          title: '[FIRING:1] ServiceDown (critical tools)',
          description: 'Firing:\n• **critical** tools: Tools Server is timeout - Request timed out\n',
          color: 0x992d22,
        },
      ],
    });
  });

  test('all keys, and the end', async () => {
    const entry = `{${url()}, content: c, title: t, message: m, username: u, avatar_url: 'http://x/y.png'}`;
    expect(await posted(discordKind, entry, notification([alert({ isResolved: true })]))).toEqual({
      content: 'c',
      embeds: [{ title: 't', description: 'm', color: 0x2ecc71 }],
      username: 'u',
      avatar_url: 'http://x/y.png',
    });
  });

  test('however many and large', async () => {
    const more =
      "title: '{{ .CommonLabels }}{{ range .Alerts }}{{ .Labels.target }}{{ end }}', content: '{{ range .Alerts }}{{ .Labels.target }}{{ end }}'";
    for (const message of [storm(), HUGE]) {
      const { content, embeds } = await posted(discordKind, `{${url()}, ${more}}`, message);
      expect([...embeds[0].title].length).toBeLessThanOrEqual(256);
      expect([...embeds[0].description].length).toBeLessThanOrEqual(4096);
      expect([...content].length).toBeLessThanOrEqual(2000);
      expect(content.isWellFormed?.() ?? true).toBe(true);
    }
  });

  test.each([
    ['{}', 'one of webhook_url or webhook_url_file must be configured'],
    [
      '{webhook_url: http://x, webhook_url_file: y}',
      'at most one of webhook_url & webhook_url_file must be configured',
    ],
    ['{webhook_url: http://x, nope: 1}', 'field nope not found in type config.plain'],
  ])('mistake: %s', (entry, want) => expect(mistakesIn(discordKind, entry)).toEqual([`1: ${want}`]));
});

describe('pagerduty', () => {
  const url = () => `url: ${endpoint.url}/v2/enqueue, routing_key: key-1`;
  const dedup = createHash('sha256').update(notification().groupKey).digest('hex');

  test('by default', async () => {
    const instance =
      'Labels:\n - alertname = ServiceDown\n - severity = critical\n - target = tools\nAnnotations:\n' +
      ' - description = Tools Server is timeout - Request timed out\n - summary = Tools Server\n' +
      'Source: http://127.0.0.1:8000/graph?g0.expr=up&g0.tab=1\n';
    expect(await posted(pagerdutyKind, `{${url()}}`)).toEqual({
      routing_key: 'key-1',
      dedup_key: dedup,
      event_action: 'trigger',
      payload: {
        summary: '[FIRING:1] ServiceDown (critical tools)',
        source: 'LangGraph Monitor',
        severity: 'error',
        custom_details: { firing: instance, num_firing: '1', num_resolved: '0', resolved: '' },
      },
      client: 'LangGraph Monitor',
      client_url: 'http://127.0.0.1:8000/',
    });
  });

  test('the resolution has the key of the event', async () => {
    const message = notification([alert({ isResolved: true })]);
    expect(await posted(pagerdutyKind, `{${url()}}`, message)).toMatchObject({
      dedup_key: dedup,
      event_action: 'resolve',
    });
  });

  test('a key that is a template, details in details', async () => {
    const entry = `{url: ${endpoint.url}, routing_key: 'key-{{ .CommonLabels.target }}', details: {a: {b: ['{{ .Status }}', 1]}}}`;
    const event = await posted(pagerdutyKind, entry);
    expect(event.routing_key).toBe('key-tools');
    expect(event.payload.custom_details).toMatchObject({ a: { b: ['firing', '1'] }, num_firing: '1' });
    const error = await open(pagerdutyKind, `{routing_key: '{{ .CommonLabels.nope }}'}`).deliver(
      notification(),
    );
    expect(error).toMatchObject({ permanent: true, message: 'pagerduty: routing key cannot be empty' });
  });

  test('however large: without its details', async () => {
    const many = Array.from({ length: 90 }, (_, i) =>
      alert({
        labels: { target: `${i}` },
        annotations: Object.fromEntries(Array.from({ length: 9 }, (_, j) => [`a${j}`, 'é'.repeat(1000)])),
      }),
    );
    for (const more of [
      '',
      `, links: [{href: '{{ range .Alerts }}{{ .Annotations.a1 }}{{ .Annotations.a2 }}{{ .Annotations.a3 }}{{ end }}'}]`,
    ]) {
      const event = await posted(pagerdutyKind, `{${url()}${more}}`, notification(many));
      expect(Buffer.byteLength(endpoint.requests.at(-1)?.body as string)).toBeLessThanOrEqual(512_000);
      expect(event.payload.custom_details).toEqual({
        error:
          'Custom details have been removed because the original event exceeds the maximum size of 512KB',
      });
    }
    expect(
      [
        ...(
          await posted(
            pagerdutyKind,
            `{${url()}, description: '{{ range .Alerts }}{{ .Labels }}{{ end }}'}`,
            HUGE,
          )
        ).payload.summary,
      ].length,
    ).toBe(1024);
  });

  test("errors of PagerDuty's answer", async () => {
    endpoint.behaviour = answers(
      400,
      '{"status":"invalid event","message":"Event object is invalid","errors":["Length of \'routing_key\' is incorrect"]}',
    );
    const error = await open(pagerdutyKind, `{${url()}}`).deliver(notification());
    expect(error?.message).toBe(
      `pagerduty: ${endpoint.host} answered HTTP 400: Event object is invalid: Length of 'routing_key' is incorrect`,
    );
  });

  test.each([
    ['{}', 'missing service or routing key in PagerDuty config'],
    [
      '{routing_key: x, routing_key_file: y}',
      'at most one of routing_key & routing_key_file must be configured',
    ],
    [
      '{service_key: x}',
      'service_key is of the Events API v1, which is not supported; set routing_key to the integration key of an Events API v2 integration',
    ],
    ['{routing_key: x, images: [{nope: 1}]}', 'field nope not found in type config.plain'],
  ])('mistake: %s', (entry, want) => expect(mistakesIn(pagerdutyKind, entry)).toEqual([`1: ${want}`]));
});

describe('telegram', () => {
  const entry = (more = '') => `{api_url: ${endpoint.url}, bot_token: '123:abc', chat_id: -100${more}}`;

  test('by default', async () => {
    const message = notification([alert({ annotations: { description: 'a < b & c' } })]);
    expect(await posted(telegramKind, entry(), message)).toEqual({
      chat_id: '-100',
      disable_web_page_preview: 'true',
      parse_mode: 'HTML',
      text:
        '[FIRING:1] ServiceDown (critical tools)\n\nFiring:\n• critical tools: a &lt; b &amp; c\n' +
        '\nLangGraph Monitor: http://127.0.0.1:8000/',
    });
    expect(endpoint.requests[0]).toMatchObject({ path: '/bot123:abc/sendMessage' });
  });

  test('all keys', async () => {
    const more =
      ", message_thread_id: 7, disable_notifications: true, parse_mode: MarkdownV2, message: '*{{ .Status }}*'";
    expect(await posted(telegramKind, entry(more))).toEqual({
      chat_id: '-100',
      disable_notification: 'true',
      disable_web_page_preview: 'true',
      message_thread_id: '7',
      parse_mode: 'MarkdownV2',
      text: '*firing*',
    });
  });

  test.each([
    '',
    ", message: '{{ range .Alerts }}<b>{{ .Labels.target }}</b>{{ end }}'",
    ", parse_mode: Markdown, message: '{{ range .Alerts }}{{ .Labels.target }}{{ end }}'",
  ])('however many and large%s', async more => {
    for (const message of [storm(), HUGE]) {
      const { text, parse_mode } = await posted(telegramKind, entry(more), message);
      const shown = text.replace(/<[^>]*>/g, '');
      expect(shown.length).toBeLessThanOrEqual(4096);
      // A message that was cut has no tags any more that could be open.
      if (parse_mode === 'HTML') expect(text.match(/<b>/g)?.length).toBe(text.match(/<\/b>/g)?.length);
      expect(text).not.toMatch(/[\ud800-\udbff]$/);
    }
  });

  test('markup Telegram does not understand is taken away', async () => {
    const refused =
      '{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse entities: Unsupported start tag \\"x\\" at byte offset 3"}';
    endpoint.behaviour = (response, request) =>
      request.body.includes('parse_mode')
        ? answers(400, refused)(response, request)
        : answers(200, '{"ok":true}')(response, request);
    expect(
      await open(telegramKind, entry(", message: 'a <x>b</x> &amp; {{ .Status }}'")).deliver(notification()),
    ).toBeUndefined();
    expect(endpoint.requests.map(({ body }) => JSON.parse(body).text)).toEqual([
      'a <x>b</x> &amp; firing',
      'a b & firing',
    ]);
  });

  test('the token is in no error', async () => {
    for (const behaviour of [
      answers(404, 'no /bot123:abc/sendMessage and /bot123%3Aabc/sendMessage'),
      answers(200, '123:abc'),
    ]) {
      endpoint.behaviour = behaviour;
      const error = await open(telegramKind, entry()).deliver(notification());
      expect(error?.message).toContain(endpoint.host);
      expect(error?.message).not.toMatch(/123(:|%3A)abc/i);
    }
  });

  test.each([
    ['{chat_id: 1}', 'missing bot_token or bot_token_file on telegram_config'],
    ['{bot_token: x}', 'missing chat_id or chat_id_file on telegram_config'],
    [
      '{bot_token: x, bot_token_file: y, chat_id: 1}',
      'at most one of bot_token & bot_token_file must be configured',
    ],
    [
      '{bot_token: x, chat_id: 1, chat_id_file: y}',
      'at most one of chat_id & chat_id_file must be configured',
    ],
    [
      '{bot_token: x, chat_id: 1, parse_mode: html}',
      'unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string',
    ],
  ])('mistake: %s', (text, want) => expect(mistakesIn(telegramKind, text)).toEqual([`1: ${want}`]));

  test('a wrong chat_id is one mistake', () => {
    expect(mistakesIn(telegramKind, '{bot_token: x, chat_id: ops}')).toContain(
      '1: cannot unmarshal !!str `ops` into int',
    );
  });
});
