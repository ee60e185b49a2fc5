import { BlockList } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { isoLocal } from '../../src/model/time.js';
import { childrenOf, type Element, parseXml } from '../support/xml.js';
import { SERVICES, START, service, startMonitor, type TestMonitor } from './monitor.js';
import { send } from './wire.js';

const QUIET = 'route: { receiver: log, group_wait: 1000h }\nreceivers: [{ name: log }]\n';
const MINUTE = 60_000;
const EVIL = `<b>&amp; "x" ]]> \u0001\ufffe`;
const TAMED = `<b>&amp; "x" ]]> \ufffd\ufffd`;

let monitor: TestMonitor;
let plain: TestMonitor;
beforeAll(async () => {
  monitor = await startMonitor({
    alertmanager: QUIET,
    services: [...SERVICES, service('evil', { name: EVIL }), service('hidden', { isHidden: true })],
    page: { title: `Lab ${EVIL}`, description: 'What runs' },
  });
  fire('tools', 'Tools Server is down');
  monitor.clock.advance(MINUTE);
  fire('hidden', 'hidden is down');
  fire('evil', EVIL);
  monitor.clock.advance(4 * MINUTE);
  fire('tools', 'Tools Server is down', monitor.clock.now());
  const trustedProxies = new BlockList();
  trustedProxies.addAddress('127.0.0.1');
  plain = await startMonitor({
    access: { isExternalUrlGiven: false, externalUrl: 'http://localhost:8083', trustedProxies },
  });
});
afterAll(async () => {
  await monitor[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
});

function fire(target: string, description: string, endsAt?: number): void {
  const now = monitor.clock.now();
  const labels = Labels.of({ alertname: 'ServiceDown', severity: 'critical', target });
  const startsAt = endsAt === undefined ? now : undefined;
  const noticed = target === 'tools' ? { firstFailedAt: now - 20_000, activeAt: now - 5000 } : {};
  const until = endsAt ?? now + 1000 * MINUTE;
  monitor.alerting.ingest(
    [{ labels, annotations: { description }, startsAt, endsAt: until, generatorUrl: '', ...noticed }],
    now,
  );
}

/** A moment so many milliseconds after the start. */
const at = (millis: number) => new Date(START + millis).toISOString();
const text = (element: Element | undefined, name: string) => element && childrenOf(element, name)[0]?.text;
const links = (element: Element) =>
  childrenOf(element, 'link').map(({ attributes }) => [attributes.rel, attributes.href]);

async function feed(query = ''): Promise<Element> {
  const response = await fetch(`${monitor.url}/incidents.atom${query}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'application/atom+xml; charset=utf-8',
  ]);
  return parseXml(await response.text());
}

describe('the feed', () => {
  test('has what RFC 4287 wants of it', async () => {
    const root = await feed();
    expect(root.tag).toBe('{http://www.w3.org/2005/Atom}feed');
    expect(text(root, 'id')).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect([text(root, 'title'), text(root, 'subtitle')]).toEqual([`Lab ${TAMED}: incidents`, 'What runs']);
    expect(text(childrenOf(root, 'author')[0], 'name')).toBe(`Lab ${TAMED}`);
    expect(text(root, 'updated')).toBe(new Date(START + 5 * MINUTE).toISOString());
    expect(links(root)).toEqual([
      ['self', 'http://monitor.example/cluster/incidents.atom'],
      ['alternate', 'http://monitor.example/cluster/ui/incidents'],
    ]);
  });

  test('has an entry for every alert but those of hidden services, newest first', async () => {
    const entries = childrenOf(await feed(), 'entry');
    expect(entries.map(each => text(each, 'title'))).toEqual([
      `CRITICAL: ${TAMED}`,
      'Resolved: CRITICAL: Tools Server is down',
    ]);
    expect(entries.map(each => text(each, 'summary'))).toEqual([
      `${TAMED}: ServiceDown. Lasts.`,
      `Tools Server: ServiceDown. Over after 5 minutes. The first check failed at ${at(-20_000)}, 20 seconds before the alert.`,
    ]);
    const [, tools] = entries as [Element, Element];
    expect([text(tools, 'published'), text(tools, 'updated')]).toEqual([
      new Date(START).toISOString(),
      new Date(START + 5 * MINUTE).toISOString(),
    ]);
    const [[, link] = []] = links(tools);
    const { alert_history: history } = (await monitor.json('/alert_history?service=tools')) as {
      alert_history: { id: string; first_failed_at: string; active_at: string }[];
    };
    expect(link).toBe(`http://monitor.example/cluster/ui/incidents?id=${history[0]?.id}`);
    const [{ first_failed_at, active_at } = {}] = history;
    expect([first_failed_at, active_at]).toEqual([isoLocal(START - 20_000), isoLocal(START - 5000)]);
    expect(new Set(entries.map(each => text(each, 'id'))).size).toBe(2);
  });

  test('can be of one service', async () => {
    const root = await feed('?service=tools');
    expect(childrenOf(root, 'entry')).toHaveLength(1);
    expect(links(root)[0]).toEqual(['self', 'http://monitor.example/cluster/incidents.atom?service=tools']);
  });

  test('has nothing of a hidden service, also when it is asked for', async () => {
    expect(childrenOf(await feed('?service=hidden'), 'entry')).toEqual([]);
  });

  test('has ids that stay', async () => {
    const ids = async () => childrenOf(await feed(), 'entry').map(each => text(each, 'id'));
    const before = await ids();
    fire('redis', 'Redis is down');
    expect((await ids()).slice(1)).toEqual(before);
  });

  test('is sent again only when it has changed', async () => {
    const ask = (headers: Record<string, string>) => fetch(`${monitor.url}/incidents.atom`, { headers });
    const etag = (await ask({})).headers.get('etag') ?? '';
    expect((await ask({ 'if-none-match': etag })).status).toBe(304);
  });
});

describe('without an external address', () => {
  const ask = async (...headers: string[]) => {
    const lines = ['GET /incidents.atom HTTP/1.1', 'connection: close', ...headers];
    const { body } = await send(plain.port, `${lines.join('\r\n')}\r\n\r\n`);
    return parseXml(body);
  };
  test.each<[name: string, headers: string[], want: string]>([
    ['the host that was asked', ['host: status.lan:8083'], 'http://status.lan:8083'],
    [
      'what a trusted proxy says',
      ['host: 127.0.0.1', 'x-forwarded-host: status.example.org', 'x-forwarded-proto: https'],
      'https://status.example.org',
    ],
    ['nothing that is no host', ['host: a/b?"><x'], 'http://localhost:8083'],
  ])('links lead to %s', async (_, headers, want) => {
    const root = await ask(...headers);
    expect(links(root)).toEqual([
      ['self', `${want}/incidents.atom`],
      ['alternate', `${want}/ui/incidents`],
    ]);
    // Nothing has happened: it is as old as the monitor.
    expect([childrenOf(root, 'entry'), text(root, 'updated')]).toEqual([[], new Date(START).toISOString()]);
  });
});
