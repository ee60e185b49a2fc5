// Notifications of a real Alertmanager and ours, with the same configuration and alerts: the receiver gets the same.
//
// Known differences: Alertmanager prints label sets as `a=b, c=d` only since 0.26, before that as Go's maps; 0.25 knows no
// `username`, `avatar_url` and `content` of Discord and cuts its titles elsewhere; it encodes a line feed in a mail's header
// where ours is a space, and writes Message-Id and Content-Type in another form; the User-Agent is ours.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Notification, NotifiedAlert } from '../../../src/alertmanager/pipeline/notification.js';
import { receiverKinds } from '../../../src/alertmanager/receivers/index.js';
import type { ReceiverKind } from '../../../src/alertmanager/receivers/receiver.js';
import { Labels } from '../../../src/model/labels.js';
import { type AlertmanagerServer, startAlertmanager } from '../../support/alertmanager.js';
import { answers, type Endpoint, type Request, startEndpoint } from '../../support/endpoint.js';
import { open } from '../../support/receivers.js';
import { parseMail, type SmtpEndpoint, startSmtp } from '../../support/smtp.js';

const TEXTS = [
  'plain',
  'quotes " and \' and `',
  'lines\nand\ttabs',
  '<b>HTML</b> & <script>alert(1)</script>',
  'emoji 🚀 ü 漢字 \u2028',
  'back\\slash %d {{ .Nope }}',
];

/** Labels, annotations, times, functions: everything a template may use. */
const TEMPLATE = [
  '{{ .Status | toUpper }} {{ .Receiver }} {{ len .Alerts }}/{{ len .Alerts.Firing }}/{{ len .Alerts.Resolved }}',
  '{{ range .Alerts }}{{ .Labels.alertname }} {{ .Labels.SortedPairs.Names | join "," }} {{ .Labels.Values | join "|" }}',
  '{{ .Annotations.text }} {{ (.Annotations.Remove (stringSlice "text")).Names }} {{ .StartsAt.Format "2006-01-02T15:04:05Z07:00" }}',
  '{{ .StartsAt.Unix }} {{ .Fingerprint }} {{ .GeneratorURL }} {{ .StartsAt.UTC }} {{ .EndsAt.IsZero }}{{ end }}',
  '{{ .GroupLabels.SortedPairs.Values }} {{ .CommonLabels.Names }} {{ .CommonAnnotations.Values }} {{ .ExternalURL }}',
  // No title: a real one mixes titles up when several messages are sent at once.
  '{{ reReplaceAll "(a)(b)" "$2$1" "xabx" }} {{ match "^a" "abc" }}',
  '{{ with .CommonLabels.severity }}{{ . | printf "%q" }}{{ end }} {{ .CommonLabels.missing }} {{ index .GroupLabels "alertname" }}',
].join(' ');
const HTML =
  '<b>{{ .GroupLabels.alertname }}</b><p title="{{ .CommonAnnotations.text }}">{{ range .Alerts }}<a href="{{ .Annotations.text }}">{{ .Annotations.text }}</a>' +
  '<a href="/x?q={{ .Annotations.text }}">{{ .Labels.severity | safeHtml }}</a>{{ end }}</p>';

const quoted = (text: string) => JSON.stringify(text);

/** One entry of every kind, as both read it. */
function entriesOf(url: string, smtpPort: number): Record<string, string> {
  const text = quoted(TEMPLATE);
  return {
    webhook: `{url: ${url}/webhook}`,
    slack: `{api_url: ${url}/slack, channel: '#{{ .CommonLabels.severity }}', username: ${text}, color: '{{ .Status }}', title: ${text}, title_link: ${text}, pretext: ${text}, text: ${text}, fallback: ${text}, callback_id: x, footer: ${text}, icon_emoji: ':x:', image_url: 'http://x', thumb_url: 'http://y', link_names: true, short_fields: true, mrkdwn_in: [text], fields: [{title: ${text}, value: ${text}}, {title: a, value: b, short: false}], actions: [{type: button, text: ${text}, url: 'http://x', style: primary}, {type: button, text: a, name: ${text}, value: b, confirm: {text: ${text}, title: c, ok_text: d, dismiss_text: e}}], send_resolved: true}`,
    discord: `{webhook_url: ${url}/discord, title: '{{ .Status }} {{ .CommonLabels.alertname }}', message: ${text}}`,
    pagerduty: `{url: ${url}/pagerduty, routing_key: key, client: ${text}, client_url: 'http://x', description: ${text}, severity: '{{ .CommonLabels.severity }}', class: ${text}, component: c, group: g, source: s, details: {a: ${text}, firing: f, resolved: r}, images: [{src: ${text}, alt: b, href: c}, {alt: nothing}], links: [{href: ${text}, text: b}]}`,
    telegram: `{api_url: ${url}, bot_token: 'token', chat_id: -1001234567890, message: ${text}, parse_mode: MarkdownV2, disable_notifications: true}`,
    'telegram HTML': `{api_url: ${url}, bot_token: 'html', chat_id: 1, message: ${quoted(HTML)}, parse_mode: HTML}`,
    email: `{smarthost: '127.0.0.1:${smtpPort}', from: 'Monitor <monitor@example.com>', to: 'a@example.com, Bé <b@example.com>', require_tls: false, headers: {Subject: ${text}, reply-to: 'me@example.com', X-Text: ${text}}, html: ${quoted(HTML)}, text: ${text}, send_resolved: true}`,
  };
}

/** As a kind reads it: `send_resolved` is the caller's. */
function own(entry: string): string {
  return entry.replace(/, send_resolved: true/, '');
}

let theirs: Endpoint;
let ours: Endpoint;
let theirMails: SmtpEndpoint;
let ourMails: SmtpEndpoint;
let server: AlertmanagerServer;
/** Alertmanager's notifications, by group. */
const notifications = new Map<string, Notification>();

beforeAll(async () => {
  [theirs, ours] = await Promise.all([startEndpoint(), startEndpoint()]);
  [theirMails, ourMails] = await Promise.all([startSmtp(), startSmtp()]);
  const taken: Endpoint['behaviour'] = (response, request) =>
    request.path.startsWith('/bot')
      ? answers(200, '{"ok":true,"result":{"message_id":1,"chat":{"id":1}}}')(response, request)
      : answers(200, 'ok')(response, request);
  theirs.behaviour = taken;
  ours.behaviour = taken;
  const entries = Object.entries(entriesOf(theirs.url, theirMails.port));
  const configs = entries.map(([name, entry]) => `  ${name.split(' ')[0]}_configs: [${entry}]`);
  const receivers = configs.map((config, i) => `- name: 'ops.${i}'\n${config}`).join('\n');
  const routes = configs.map((_, i) => `  - {receiver: 'ops.${i}', continue: true}`).join('\n');
  server = await startAlertmanager(
    `route:\n  receiver: ops.0\n  group_by: [alertname]\n  group_wait: 5s\n  routes:\n${routes}\nreceivers:\n${receivers}\n`,
  );
  await server.post('alerts', alerts());
  const wanted = entries.length * TEXTS.length;
  const end = performance.now() + 20_000;
  while (theirs.requests.length + theirMails.mails.length < wanted && performance.now() < end)
    await new Promise(resolve => setTimeout(resolve, 50));
  expect(theirs.requests.length + theirMails.mails.length, server.log).toBe(wanted);
  for (const { body, path } of theirs.requests) if (path === '/webhook') keep(body);
});

afterAll(async () => {
  await server?.close();
  await Promise.all([theirs.close(), ours.close(), theirMails.close(), ourMails.close()]);
});

/**
 * A group for every text: an alert that fires, another that has ended when they are sent. Alertmanager does not wait for
 * the rest of a group with an alert that is older than `group_wait`, so that is longer than a busy machine takes.
 */
function alerts() {
  const start = new Date();
  return TEXTS.flatMap((text, i) => {
    const common = { startsAt: start.toISOString(), generatorURL: 'http://127.0.0.1:1/graph?a=1&b=2' };
    const labels = { alertname: `A${i}`, severity: 'critical', label: text };
    return [
      { ...common, labels, annotations: { text, b: '2', empty: ' ' } },
      {
        ...common,
        labels: { ...labels, instance: 'x:1' },
        annotations: { text },
        endsAt: new Date(start.getTime() + 123).toISOString(),
      },
    ];
  });
}

interface Payload {
  readonly groupKey: string;
  readonly externalURL: string;
  readonly groupLabels: Record<string, string>;
  readonly alerts: readonly PayloadAlert[];
}

interface PayloadAlert {
  readonly status: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

function keep(body: string): void {
  const { groupKey, externalURL, groupLabels, alerts } = JSON.parse(body) as Payload;
  const group = groupLabels.alertname as string;
  notifications.set(group, {
    receiver: 'ops.0',
    // The route's key is that of the receiver's own route.
    groupKey,
    groupLabels: Labels.of(groupLabels),
    alerts: alerts.map(alertOf),
    externalUrl: externalURL,
    at: Date.now(),
  });
}

function alertOf(alert: PayloadAlert): NotifiedAlert {
  const { labels, annotations, startsAt, endsAt, generatorURL, fingerprint, status } = alert;
  return {
    labels: Labels.of(labels),
    annotations,
    startsAt: Date.parse(startsAt),
    endsAt: Date.parse(endsAt),
    generatorUrl: generatorURL,
    fingerprint,
    isResolved: status === 'resolved',
  };
}

/** Our message for a group and the entry of a receiver. */
async function deliver(name: string, group: string): Promise<void> {
  const entries = entriesOf(ours.url, ourMails.port);
  const index = Object.keys(entries).indexOf(name);
  const kind = receiverKinds.find(({ integration }) => integration === name.split(' ')[0]) as ReceiverKind;
  const opened = open(kind, own(entries[name] as string));
  const notification = notifications.get(group) as Notification;
  expect(await opened.deliver({ ...notification, receiver: `ops.${index}` })).toBeUndefined();
  expect(opened.logged).toEqual([]);
  opened.receiver.close();
}

/** Parts that differ because the two have other addresses. */
function alike({ path, body }: Request): [string, string] {
  return [path, body.replaceAll(ours.host, theirs.host)];
}

const PATHS: Record<string, string> = {
  webhook: '/webhook',
  slack: '/slack',
  discord: '/discord',
  pagerduty: '/pagerduty',
  telegram: '/bottoken/sendMessage',
  'telegram HTML': '/bothtml/sendMessage',
};

describe.each(Object.keys(PATHS))('%s', name => {
  test.each(TEXTS.map((text, i) => [text, `A${i}`]))('%s', async (_, group) => {
    ours.requests.length = 0;
    await deliver(name, group);
    const path = PATHS[name];
    const theirOne = theirs.requests.find(each => each.path === path && each.body.includes(group));
    const [request] = ours.requests;
    expect(ours.requests).toHaveLength(1);
    expect(alike(request as Request)).toEqual([theirOne?.path, theirOne?.body]);
    expect(request?.headers['content-type']).toBe(theirOne?.headers['content-type']);
  });
});

describe('email', () => {
  test.each(TEXTS.map((text, i) => [text, `A${i}`]))('%s', async (_, group) => {
    ourMails.mails.length = 0;
    await deliver('email', group);
    const [mail] = ourMails.mails;
    const theirOne = theirMails.mails.find(({ raw }) => parseMail(raw).parts['text/plain']?.includes(group));
    expect(mail).toMatchObject({ from: theirOne?.from, to: theirOne?.to, hello: theirOne?.hello });
    const [own, other] = [parseMail(mail?.raw ?? ''), parseMail(theirOne?.raw ?? '')];
    expect(own.parts).toEqual(other.parts);
    expect(comparable(own.headers).sort()).toEqual(comparable(other.headers).sort());
  });
});

/** Without the values of headers that are unique to a mail; a line feed within one is a space. */
function comparable(headers: Readonly<Record<string, string>>) {
  const alone = ['date', 'message-id', 'content-type'];
  return Object.entries(headers).map(([name, value]) => [
    name,
    alone.includes(name) || value.replaceAll('\n', ' '),
  ]);
}
