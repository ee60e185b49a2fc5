import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpoints as alertmanagerEndpoints } from '../../src/http/alertmanager/index.js';
import { html, prose } from '../../src/http/page/html.js';
import { endpoints } from '../../src/http/prometheus/index.js';
import type { EndpointDescription } from '../../src/http/route.js';
import { routes } from '../../src/http/routes/index.js';
import { result, SERVICES, service, startMonitor, type TestMonitor } from './monitor.js';

const EVIL = `<script>alert("1" & '2')</script>`;
/** Everything there is. */
const all: readonly EndpointDescription[] = [...routes, ...endpoints, ...alertmanagerEndpoints];
/** Where a page leads to an endpoint. */
function examplePath({ path, inPath = {} }: EndpointDescription): string {
  return Object.entries(inPath).reduce(
    (text, [name, { example }]) => text.replace(`:${name}`, example),
    path,
  );
}

const TAMED = '&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;';

let monitor: TestMonitor;
beforeAll(async () => {
  monitor = await startMonitor({ node: EVIL, services: [...SERVICES, service('evil', { name: EVIL })] });
  for (const { id } of SERVICES) monitor.feed(result(id));
  monitor.feed(result('evil', { status: 'error', error: EVIL, reason: 'refused', level: 'down' }));
});
afterAll(() => monitor[Symbol.asyncDispose]());

describe('html', () => {
  test.each([
    ['text', html`<p>${EVIL}</p>`, `<p>${TAMED}</p>`],
    ['an attribute', html`<a href="${'"><b>'}">`, '<a href="&quot;&gt;&lt;b&gt;">'],
    ['a number', html`${1}`, '1'],
    ['nothing', html`a${undefined}b`, 'ab'],
    ['HTML', html`<p>${html`<b>${'<'}</b>`}</p>`, '<p><b>&lt;</b></p>'],
    ['a list', html`${['<', '>'].map(each => html`<i>${each}</i>`)}`, '<i>&lt;</i><i>&gt;</i>'],
    ['half a pair', html`${prose('`a` and ` b')}`, '<code>a</code> and ` b'],
    ['a sentence', html`${prose('see `a<b` and c')}`, 'see <code>a&lt;b</code> and c'],
  ])('%s', (_, { text }, want) => {
    expect(text).toBe(want);
  });
});

describe.each(['/', '/docs', '/runbook', '/dashboards'])('the page %s', path => {
  let response: Response;
  let text: string;
  beforeAll(async () => {
    response = await fetch(monitor.url + path);
    text = await response.text();
  });

  test('is HTML that may load nothing from outside and run nothing in line', () => {
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(text).not.toMatch(
      /<script(?! src="try-it\.js" defer><\/script>)|<style|\sstyle=|\son\w+=|javascript:/i,
    );
    expect(text).not.toMatch(/(?:src|href|action)="(?:\w+:)?\/\//);
  });

  test('refers only to what there is, by relative links', async () => {
    const links = [...text.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, link]) => link as string);
    for (const link of new Set(links)) {
      if (link === 'data:,') continue;
      expect(link).not.toMatch(/^\//);
      const { pathname } = new URL(link, monitor.url + path);
      expect(all.map(examplePath)).toContain(pathname);
    }
  });

  test('is answered to HEAD', async () => {
    const head = await fetch(monitor.url + path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(Buffer.byteLength(text))]);
  });
});

describe('/', () => {
  test('shows how things are, whatever things are called', async () => {
    const text = await (await fetch(monitor.url)).text();
    expect(text).not.toContain('<script');
    expect(text).toContain(`<title>langgraph-monitor on ${TAMED}</title>`);
    expect(text).toContain(`<p class="quiet">1.2.3 on ${TAMED}`);
    expect(text).toContain('<dd class="degraded">degraded</dd>');
    expect(text).toContain('<dt>Services healthy</dt><dd>5</dd>');
    expect(text).toContain('<dt>Services error</dt><dd>1</dd>');
    expect(text).not.toContain('Services unknown');
    expect(text).toContain('<dt>Alerts</dt><dd>1</dd>');
    expect(text).toContain(`<li>CRITICAL: ${TAMED} is error - ${TAMED}</li>`);
  });

  test.each([
    '/cluster_health',
    '/alerts',
    '/history',
    '/metrics',
    '/stats',
    '/haproxy_metrics',
    '/health',
    '/docs',
  ])('links to %s', async path => {
    expect(await (await fetch(monitor.url)).text()).toContain(`<a href=".${path}">${path}</a>`);
  });

  test('is for people: whole seconds, and code', async () => {
    const text = await (await fetch(monitor.url)).text();
    expect(text).toMatch(/· \d{4}-\d\d-\d\d \d\d:\d\d:\d\d<\/p>/);
    expect(text).not.toContain('`');
    expect(text).toContain('<code>');
  });

  test('is 200 before anything is known and when all is down', async () => {
    await using young = await startMonitor();
    const status = async () => {
      const response = await fetch(young.url);
      const [, overall] = /<dd class="\w+">(\w+)<\/dd>/.exec(await response.text()) ?? [];
      return [response.status, overall];
    };
    expect(await status()).toEqual([200, 'degraded']);
    for (const { id } of SERVICES)
      young.feed(result(id, { status: 'error', error: 'x', reason: 'refused', level: 'down' }));
    expect(await status()).toEqual([200, 'unhealthy']);
  });
});

describe('/docs', () => {
  test('has every endpoint with its parameters, and a form to try those that only read', async () => {
    const text = await (await fetch(`${monitor.url}/docs`)).text();
    const sections = text.split('<section').slice(1);
    const shown = all.filter(each => !each.hidden);
    expect(sections).toHaveLength(shown.length);
    for (const [i, { method, path, form, query }] of shown.entries()) {
      const methods = form ? `${method} or POST` : method;
      const shownPath = path.replace(/:(\w+)/g, '{$1}');
      expect(sections[i]).toContain(`<span class="method">${methods}</span> <code>${shownPath}</code>`);
      const action = `<form data-try action=".${examplePath(shown[i] as EndpointDescription)}" method="get">`;
      expect(sections[i]?.includes(action)).toBe(method === 'GET');
      const names = [...(sections[i]?.matchAll(/<(?:input|select) name="([^"]*)"/g) ?? [])].map(
        ([, name]) => name,
      );
      // What changes something has no form.
      const wanted = Object.keys(query?.().shape ?? {});
      expect(names).toEqual(method === 'GET' ? wanted : []);
      for (const name of wanted) expect(sections[i]).toContain(`<code>${name}</code>`);
    }
    expect(text).toContain('<input name="limit" placeholder="50" autocomplete="off">');
    expect(text).toContain('&quot;overall_status&quot;: &quot;healthy&quot;');
  });

  test.each([
    ['/page.css', 'text/css; charset=utf-8'],
    ['/try-it.js', 'text/javascript; charset=utf-8'],
  ])('%s comes as what it is', async (path, type) => {
    const response = await fetch(monitor.url + path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('has a script that is one', async () => {
    const text = await (await fetch(`${monitor.url}/try-it.js`)).text();
    expect(() => new Script(text)).not.toThrow();
    expect(text).not.toMatch(/innerHTML|eval|document\.write/);
  });
});
