import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COLORS, renderBadge } from '../../src/http/badge/svg.js';
import { textWidth } from '../../src/http/badge/text-width.js';
import { type ApiQuery, type QueryEngine, QueryError } from '../../src/query/engine.js';
import { childrenOf, parseXml } from '../support/xml.js';
import { result, SERVICES, service, startMonitor, type TestMonitor } from './monitor.js';

const EVIL = `<script>alert("1")</script> & '\u0000\ud800 ]]>`;

/** Answers queries by what they contain. */
const answers = new Map<string, string>();
const asked: string[] = [];
const refuse = () => Promise.reject(new QueryError('unavailable', 'away'));
const engine: QueryEngine = {
  instant: refuse,
  range: refuse,
  rules: refuse,
  alerts: refuse,
  close: async () => {},
  async answer(question: ApiQuery) {
    const { query } = question as { query: string };
    asked.push(query);
    const [, value] = [...answers].find(([part]) => query.includes(part)) ?? [];
    if (value === 'away') return refuse();
    const series = value === undefined ? [] : [{ metric: {}, value: [0, value] }];
    const data = Buffer.from(JSON.stringify({ resultType: 'vector', result: series }));
    return { data, warnings: [], infos: [] };
  },
};

let monitor: TestMonitor;
beforeEach(async () => {
  answers.clear();
  asked.length = 0;
  const services = [
    ...SERVICES,
    service('evil', { name: EVIL }),
    service('long', { name: 'x'.repeat(500) }),
    service('hidden', { isHidden: true }),
  ];
  monitor = await startMonitor({ services, query: { ...engine } });
});
afterEach(() => monitor[Symbol.asyncDispose]());

async function badge(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${monitor.url}/badge/${path}`, { headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** What a badge shows: title, texts, and the colour of the value. */
async function read(text: string) {
  const svg = await parseXml(text);
  const [boxes, texts] = childrenOf(svg, 'g');
  return {
    title: childrenOf(svg, 'title')[0]?.text,
    label: svg.attributes['aria-label'],
    texts: texts?.children.map(each => each.text),
    color: boxes?.children[1]?.attributes.fill,
  };
}

describe('status.svg', () => {
  test.each([
    ['healthy', 'up', 'good'],
    ['degraded', 'slow', 'fair'],
    ['unhealthy', 'down', 'bad'],
    ['timeout', 'down', 'bad'],
    ['error', 'down', 'bad'],
  ] as const)('says %s', async (status, level, color) => {
    monitor.feed(result('tools', { status, level }));
    const { status: code, headers, text } = await badge('tools/status.svg');
    expect([code, headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    const title = `Tools Server: ${status}`;
    expect(await read(text)).toEqual({
      title,
      label: title,
      texts: ['Tools Server', status],
      color: COLORS[color],
    });
  });

  test('says unknown before the first check', async () => {
    expect((await read((await badge('tools/status.svg')).text)).texts).toEqual(['Tools Server', 'unknown']);
  });

  test('takes any name for what it is', async () => {
    const { text } = await badge('evil/status.svg');
    const tamed = `<script>alert("1")</script> & '\ufffd\ufffd ]]>`;
    expect(await read(text)).toMatchObject({ title: `${tamed}: unknown`, texts: [tamed, 'unknown'] });
    expect(text).not.toContain('<script');
  });

  test('cuts a long name', async () => {
    const { text } = await badge('long/status.svg');
    expect((await read(text)).texts?.[0]).toBe(`${'x'.repeat(59)}…`);
  });
});

describe('of the past', () => {
  test.each<
    [path: string, part: string, value: string, label: string, want: string, color: keyof typeof COLORS]
  >([
    ['uptime-24h', '[24h]', '1', 'uptime 24h', '100 %', 'good'],
    ['uptime-7d', '[7d]', '0.99999', 'uptime 7d', '99.99 %', 'good'],
    ['uptime-30d', '[30d]', '0.97', 'uptime 30d', '97.00 %', 'fair'],
    ['uptime-30d', '[30d]', '0.051', 'uptime 30d', '5.1 %', 'bad'],
    ['uptime-30d', '[30d]', 'NaN', 'uptime 30d', 'unknown', 'unknown'],
    ['uptime-30d', '[30d]', 'away', 'uptime 30d', 'unknown', 'unknown'],
    ['uptime-24h', 'nothing', '1', 'uptime 24h', 'unknown', 'unknown'],
    ['response-time', 'quantile_over_time(0.5', '0.2451', 'response time', '245 ms', 'good'],
    ['response-time', 'quantile_over_time(0.5', '0.0001', 'response time', '1 ms', 'good'],
    ['response-time', 'quantile_over_time(0.5', '2.345', 'response time', '2.35 s', 'good'],
    ['response-time', 'nothing', '1', 'response time', 'unknown', 'unknown'],
  ])('%s %s %s', async (path, part, value, label, want, color) => {
    answers.set(part, value);
    const shown = await read((await badge(`tools/${path}.svg`)).text);
    expect([shown.texts, shown.color]).toEqual([[label, want], COLORS[color]]);
    expect(asked).toEqual([expect.stringContaining('{target="tools"}')]);
  });

  test('is asked for once a minute', async () => {
    const ask = async () => (await badge('tools/uptime-7d.svg')).status;
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([200, 200, 200]);
    expect(asked).toHaveLength(1);
    monitor.clock.advance(61_000);
    await ask();
    expect(asked).toHaveLength(2);
  });
});

describe('what is not there', () => {
  const IMAGE = { accept: 'image/avif,image/webp,image/svg+xml,*/*;q=0.8' };
  test.each<[name: string, path: string, value: string, error: string]>([
    ['a service', 'none/status.svg', 'unknown service', 'no such service; /cluster_health lists them'],
    [
      'a hidden service',
      'hidden/status.svg',
      'unknown service',
      'no such service; /cluster_health lists them',
    ],
    [
      'a badge',
      'tools/colour.svg',
      'unknown badge',
      'no such badge; there are status.svg, uptime-24h.svg, uptime-7d.svg, uptime-30d.svg, response-time.svg',
    ],
  ])('%s is a line for programs and a grey badge for pages', async (_, path, value, error) => {
    const line = await badge(path, { accept: '*/*' });
    expect([line.status, JSON.parse(line.text)]).toEqual([404, { error }]);
    const image = await badge(path, IMAGE);
    expect([image.status, image.headers.get('content-type')]).toEqual([404, 'image/svg+xml; charset=utf-8']);
    expect(await read(image.text)).toMatchObject({ texts: ['monitor', value], color: COLORS.unknown });
  });
});

test('is kept for a moment, and sent again only when it has changed', async () => {
  const first = await badge('tools/status.svg');
  expect(first.headers.get('cache-control')).toBe('max-age=30');
  expect(first.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  const etag = first.headers.get('etag') as string;
  for (const known of [etag, `"x", W/${etag}`, '*']) {
    const again = await badge('tools/status.svg', { 'if-none-match': known });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
  }
  monitor.feed(result('tools'));
  expect((await badge('tools/status.svg', { 'if-none-match': etag })).status).toBe(200);
});

test('every colour holds white text', () => {
  const channel = (hex: string) => {
    const value = Number.parseInt(hex, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  for (const color of Object.values(COLORS)) {
    const [r = 0, g = 0, b = 0] = (color.slice(1).match(/../g) ?? []).map(channel);
    const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    expect(1.05 / (luminance + 0.05), color).toBeGreaterThan(4.5);
  }
});

test('a badge is as wide as its text', async () => {
  expect(textWidth('', 11)).toBe(0);
  expect(textWidth('W', 11)).toBeGreaterThan(3 * textWidth('i', 11));
  const wide = async (label: string) => {
    const svg = await parseXml(renderBadge({ label, value: 'v', color: 'good', title: 't' }));
    return Number(svg.attributes.width);
  };
  expect(await wide('状態')).toBeGreaterThan(await wide('ab'));
});
