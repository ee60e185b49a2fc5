// One target and what its scrapes become, whatever it answers.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { FileSecret } from '../../src/config/file-secret.js';
import { Secret } from '../../src/model/secret.js';
import type { ScrapeOptions } from '../../src/scrape/target.js';
import { TargetScraper } from '../../src/scrape/target-scraper.js';
import { listen, portOf, stop } from '../support/http.js';
import { options } from './options.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const TEXT = { 'content-type': 'text/plain; version=0.0.4' };
const LONG: number = 60_000;

/** A scraper of a server of the test's own. `%s` of its URL is the server's port. */
async function scraperOf(
  answer: RequestListener,
  replaced: Partial<ScrapeOptions> = {},
  { timeout = LONG, url = 'http://127.0.0.1:%s/metrics' } = {},
) {
  const server = await listen(answer);
  undo.push(() => stop(server));
  const port = portOf(server);
  const target = {
    labels: { instance: 'i', job: 'j' },
    discoveredLabels: {},
    url: url.replace('%s', String(port)),
    interval: LONG,
    timeout,
  };
  const scraper = new TargetScraper('stream', target, options(replaced));
  undo.push(() => scraper.close());
  return { scraper, port };
}

/** A scrape: the values of the exposed series and of the report but for the duration, and the error. */
async function scraped(scraper: TargetScraper, at = 1000) {
  const { scrape, outcome } = await scraper.scrape(at);
  const valuesOf = (name: string) => scrape.parts.find(({ source }) => source === name)?.values;
  const [up, , ...counts] = Array.from(valuesOf('report') ?? []);
  const samples = valuesOf('samples');
  return {
    ...(samples ? { samples: Array.from(samples) } : {}),
    report: [up, ...counts],
    error: outcome.error,
  };
}

const send = (body: string | Buffer, headers: Record<string, string> = TEXT) =>
  ((_, response) => response.writeHead(200, headers).end(body)) satisfies RequestListener;

const DOWN = [0, 0, 0, 0];

test('a page and its report', async () => {
  const { scraper } = await scraperOf(send('a 1\nb 2\n'));
  const { scrape } = await scraper.scrape(1000);
  const [samples, report] = scrape.parts;
  expect([scrape.stream, scrape.at, scrape.gone]).toEqual(['stream', 1000, []]);
  expect([...(samples?.layout?.series ?? [])]).toEqual([
    ['__name__', 'a', 'instance', 'i', 'job', 'j'],
    ['__name__', 'b', 'instance', 'i', 'job', 'j'],
  ]);
  expect([...(report?.layout?.series ?? [])].map(flat => flat.join(' '))).toEqual(
    [
      ...['up', 'scrape_duration_seconds', 'scrape_samples_scraped'],
      ...['scrape_samples_post_metric_relabeling', 'scrape_series_added'],
    ].map(name => `__name__ ${name} instance i job j`),
  );
  expect(report?.values).toEqual([1, expect.any(Number), 2, 2, 2]);
  expect((await scraper.scrape(2000)).scrape.parts.map(part => part.layout)).toEqual([undefined, undefined]);
});

test('what is asked', async () => {
  const asked: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const { scraper } = await scraperOf(
    ({ url, headers }, response) => {
      asked.push({ url, headers });
      send('a 1\n')({} as never, response);
    },
    {
      protocols: ['PrometheusText0.0.4'],
      http: {
        follow_redirects: true,
        basic_auth: { username: 'u', password: new Secret('p') },
        headers: { 'X-Own': new Secret('own') },
      },
    },
    { url: 'http://127.0.0.1:%s/probe?target=a%20b&x=1', timeout: 12_500 },
  );
  await scraper.scrape(1000);
  expect(asked).toEqual([
    {
      url: '/probe?target=a%20b&x=1',
      headers: expect.objectContaining({
        accept: 'text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
        'accept-encoding': 'gzip',
        'x-prometheus-scrape-timeout-seconds': '12.5',
        authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
        'x-own': 'own',
      }),
    },
  ]);
});

const gzip = { ...TEXT, 'content-encoding': 'gzip' };
const BOMB = gzipSync(Buffer.alloc(20 * 1024 * 1024, 'a 1\n'), { level: 9 });
const limited = (bodySize: number): Partial<ScrapeOptions> => ({ limits: { ...options().limits, bodySize } });

test.each<[string, RequestListener, Partial<ScrapeOptions>, object]>([
  ['compressed', send(gzipSync('a 1\n'), gzip), {}, { samples: [1], report: [1, 1, 1, 1], error: '' }],
  [
    'OpenMetrics',
    send('a 1\n# EOF\n', { 'content-type': 'application/openmetrics-text' }),
    {},
    { samples: [1], report: [1, 1, 1, 1], error: '' },
  ],
  ['an empty page, whatever it is', send('', {}), {}, { report: [1, 0, 0, 0], error: '' }],
  [
    'an error',
    (_, response) => response.writeHead(500).end('a 1\n'),
    {},
    { report: DOWN, error: 'server returned HTTP status 500 Internal Server Error' },
  ],
  [
    'another success',
    (_, response) => response.writeHead(204).end(),
    {},
    { report: DOWN, error: 'server returned HTTP status 204 No Content' },
  ],
  [
    'a mistake',
    send('a 1\nb\n'),
    {},
    {
      report: [0, 1, 1, 1],
      error: String.raw`expected value after metric, got "\n" ("INVALID") while parsing: "b\n"`,
    },
  ],
  [
    'no format',
    send('a 1\n', {}),
    {},
    { report: DOWN, error: expect.stringContaining('blank Content-Type') },
  ],
  [
    'no format, and one to fall back to',
    send('a 1\n', {}),
    { fallbackProtocol: 'PrometheusText0.0.4' },
    { samples: [1], report: [1, 1, 1, 1], error: '' },
  ],
  [
    'a page of the web',
    send('<html>', { 'content-type': 'text/html' }),
    {},
    { report: DOWN, error: expect.stringContaining('received unsupported Content-Type "text/html"') },
  ],
  [
    'not compressed, though it says so',
    send('a 1\n', gzip),
    {},
    {
      report: DOWN,
      error: expect.stringMatching(/^Get "http:\/\/127\.0\.0\.1:\d+\/metrics": incorrect header check$/),
    },
  ],
  [
    'cut in the middle',
    (_, response) => cut(response),
    {},
    { report: DOWN, error: expect.stringContaining('connection reset before the answer was complete') },
  ],
  ['as long as may be', send('a 1\n'), limited(5), { samples: [1], report: [1, 1, 1, 1], error: '' }],
  ['too long', send('a 1\n'), limited(4), { report: DOWN, error: 'body size limit exceeded' }],
  [
    'too long, compressed',
    send(gzipSync('a 1\n'), gzip),
    limited(4),
    { report: DOWN, error: 'body size limit exceeded' },
  ],
  [
    'much too long, compressed',
    send(BOMB, gzip),
    limited(1_000_000),
    { report: DOWN, error: 'body size limit exceeded' },
  ],
  [
    'much too long, compressed, with a high limit',
    send(BOMB, gzip),
    limited(15_000_000),
    { report: DOWN, error: 'body size limit exceeded' },
  ],
  [
    'without end',
    (_, response) => endless(response),
    limited(1_000_000),
    { report: DOWN, error: 'body size limit exceeded' },
  ],
  [
    'a limit of labels',
    send('a{b="c"} 1\n'),
    { limits: { ...options().limits, labels: 3 } },
    { report: [0, 1, 0, 0], error: 'label_limit exceeded (metric: a, number of labels: 4, limit: 3)' },
  ],
])('%s', async (_, answer, replaced, want) => {
  const { scraper } = await scraperOf(answer, replaced);
  expect(await scraped(scraper)).toEqual(want);
});

function cut(response: ServerResponse): void {
  response.writeHead(200, { ...TEXT, 'content-length': '100' }).write('a 1\n', () => response.destroy());
}

/** More than fits into any memory, as fast as it is read. */
function endless(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, 'a 1\n');
  const write = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.writeHead(200, TEXT).on('drain', write);
  write();
}

test.each<[string, RequestListener]>([
  ['that does not answer', () => {}],
  ['that answers without a body', (_, response) => void response.writeHead(200, TEXT).flushHeaders()],
  ['that answers byte by byte', (_, response) => trickle(response)],
])('a target %s is waited for as long as scrape_timeout says', async (_, answer) => {
  const { scraper, port } = await scraperOf(answer, {}, { timeout: 300 });
  expect(await scraped(scraper)).toEqual({
    report: DOWN,
    error: `Get "http://127.0.0.1:${port}/metrics": context deadline exceeded`,
  });
});

function trickle(response: ServerResponse): void {
  response.writeHead(200, TEXT);
  const timer = setInterval(() => response.write('#'), 20);
  response.on('close', () => clearInterval(timer));
}

test('a target that is not there', async () => {
  const { scraper, port } = await scraperOf(() => {});
  await undo.shift()?.();
  expect((await scraped(scraper)).error).toBe(`Get "http://127.0.0.1:${port}/metrics": connection refused`);
});

test('redirects are followed, or not', async () => {
  const answer: RequestListener = (request, response) => {
    if (request.url === '/metrics') response.writeHead(302, { location: '/other' }).end('not this');
    else send('a 1\n')(request, response as never);
  };
  const { scraper } = await scraperOf(answer);
  expect(await scraped(scraper)).toMatchObject({ samples: [1], error: '' });
  const { scraper: strict } = await scraperOf(answer, { http: { follow_redirects: false } });
  expect((await scraped(strict)).error).toBe('server returned HTTP status 302 Found');
});

test('a redirect without end', async () => {
  const { scraper } = await scraperOf((_, response) =>
    response.writeHead(302, { location: '/metrics' }).end(),
  );
  expect((await scraped(scraper)).error).toContain('a redirect that was not followed');
});

test('secrets are read from their files at each scrape, and are hidden', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scrape-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'token');
  const { scraper } = await scraperOf(
    ({ headers }, response) => response.writeHead(200, TEXT).end(`${headers.authorization}\n`),
    {
      http: { follow_redirects: true, authorization: { type: 'Bearer', credentials: new FileSecret(file) } },
    },
  );
  expect((await scraped(scraper)).error).toContain(`cannot read ${file}: no such file`);
  for (const token of ['first-token', 'second-token']) {
    writeFileSync(file, token);
    expect((await scraped(scraper)).error).toBe(
      'strconv.ParseFloat: parsing "<secret>": invalid syntax while parsing: "Bearer <secret>"',
    );
  }
});

test('a certificate that is missing fails scrapes until it is there', async () => {
  const missing = '/nowhere/ca.pem';
  expect(existsSync(missing)).toBe(false);
  const { scraper, port } = await scraperOf(
    () => {},
    { http: { follow_redirects: true, tls_config: { ca_file: missing, insecure_skip_verify: false } } },
    { url: 'https://127.0.0.1:%s/metrics' },
  );
  expect((await scraped(scraper)).error).toBe(
    `Get "https://127.0.0.1:${port}/metrics": tls_config: cannot read ${missing}: no such file`,
  );
});

test('credentials in the URL are sent and hidden', async () => {
  let authorization: string | undefined;
  const { scraper, port } = await scraperOf(
    (request, response) => {
      ({ authorization } = request.headers);
      response.destroy();
    },
    {},
    { url: 'http://user:secret@127.0.0.1:%s/metrics' },
  );
  expect((await scraped(scraper)).error).toMatch(`Get "http://127.0.0.1:${port}/metrics": `);
  expect(authorization).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`);
});

test('after a failure all series end, and begin with the next page', async () => {
  let body: string | undefined = 'a 1\n';
  const { scraper } = await scraperOf((request, response) => {
    if (body === undefined) response.writeHead(503).end();
    else send(body)(request, response as never);
  });
  await scraper.scrape(1000);
  body = undefined;
  expect((await scraper.scrape(2000)).scrape.gone).toEqual(['samples']);
  expect((await scraper.scrape(3000)).scrape.gone).toEqual([]);
  body = 'a 2\n';
  const { scrape } = await scraper.scrape(4000);
  expect([scrape.gone, scrape.parts[0]?.layout?.series.length, scrape.parts[1]?.values[4]]).toEqual([
    [],
    1,
    0,
  ]);
});

test('a target that must not be asked', async () => {
  const { scraper } = await scraperOf(() => {
    throw new Error('asked');
  });
  const { scrape, outcome } = await scraper.scrape(1000, 'target_limit exceeded');
  expect([scrape.parts[0]?.values[0], outcome.error]).toEqual([0, 'target_limit exceeded']);
});

test('metadata of the families', async () => {
  const { scraper } = await scraperOf(
    send('# HELP a Some text.\n# TYPE a counter\na 1\nb 2\n# TYPE c gauge\n# comment\n'),
  );
  expect(scraper.metadata).toEqual([]);
  await scraper.scrape(1000);
  expect(scraper.metadata).toEqual([
    { metric: 'a', type: 'counter', help: 'Some text.', unit: '' },
    { metric: 'c', type: 'gauge', help: '', unit: '' },
  ]);
});
