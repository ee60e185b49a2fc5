// The status page in Chromium: what a first view costs, how soon a result is seen, whether a thousand services make it
// falter, and whether it grows. Beside it the expression browser of Prometheus. Debian's Alertmanager comes without its
// page.

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { map, OURS } from '../harness/bench.mjs';
import { firstView, heapOf, withBrowser } from '../harness/browser.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { startPrometheus } from '../harness/peers.mjs';
import { sixServices } from '../harness/six-services.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const MANY = 1000;
const EVENTS = 5000;
/** Milliseconds between two changes: neither a part nor a multiple of the interval. */
const GAP = 1330;
const PATIENCE = 30_000;

export default {
  name: 'page',
  minutes: 2.8,
  about: 'status page',
  async run(bench) {
    const changes = bench.either(25, 10);
    const ours = await bench.measure(OURS, children => lookAtOurs(bench, children, changes));
    const prometheus = await bench.measure('Prometheus, expression browser', async children =>
      lookAt(`${(await startPrometheus(bench, children, [])).url}/graph`),
    );
    const crowd = await bench.measure(OURS, children => lookAtMany(bench, children, changes));
    const line = (of, what, unit, from, value, reach, peers = []) => ({
      what,
      of,
      unit,
      ours: map(from, value),
      peers: peers.map(peer => map(peer, value)),
      reach,
    });
    const pages = [prometheus];
    const longest = ({ seen }) => Math.max(...seen);
    const second = { atMost: 1, text: 'at most 1 s' };
    return [
      line(
        'network',
        'first view of the page: HTML, CSS and JS over the wire',
        'KiB',
        ours,
        ({ view }) => view.code / KIB,
        { atMost: 70, text: 'at most 70 KiB' },
        pages,
      ),
      line(
        'network',
        'the same with all data it asks for',
        'KiB',
        ours,
        ({ view }) => view.all / KIB,
        undefined,
        pages,
      ),
      line('network', 'the same, requests', 'requests', ours, ({ view }) => view.requests, undefined, pages),
      line(
        'browser',
        `end of a probe to the pixel, the longest of ${changes}, six services`,
        's',
        ours,
        longest,
        second,
      ),
      line('browser', `the same, ${MANY} services`, 's', crowd, longest, second),
      line(
        'browser',
        `tasks over 50 ms while ${MANY} services change`,
        'tasks',
        crowd,
        ({ tasks }) => tasks.length,
        {
          atMost: 0,
          text: 'none',
        },
      ),
      line('browser', 'the same, the longest', 'ms', crowd, ({ tasks }) => Math.max(0, ...tasks)),
      line(
        'browser',
        `heap of the page grown by ${EVENTS} events, six services`,
        'MiB',
        ours,
        ({ grown }) => grown / MIB,
        {
          atMost: 1,
          text: 'flat (at most 1 MiB)',
        },
      ),
    ];
  },
};

const lookAt = url => withBrowser(async browser => ({ view: await firstView(browser, url) }));

async function lookAtOurs(bench, children, changes) {
  const target = await startTarget();
  try {
    const services = { ...(await sixServices(bench, children)), flapping: flapping(target, '/flapping') };
    const { url } = await startMonitor(bench, children, { services });
    await sleep(3000);
    return await withBrowser(async browser => {
      const view = await firstView(browser, url);
      const page = await openPage(browser, url);
      const seen = await timesSeen(page, target, changes);
      const grown = await growth(page);
      return { view, seen, grown };
    });
  } finally {
    await target.close();
  }
}

async function lookAtMany(bench, children, changes) {
  const target = await startTarget();
  try {
    const services = {
      ...httpServices([target.port], MANY, { confirm: { failures: 1, successes: 1 } }),
      flapping: flapping(target, '/flapping'),
    };
    const scan = { intervals: { critical: '10s', other: '1s' } };
    const { url } = await startMonitor(bench, children, { scan, services });
    await sleep(15_000);
    return await withBrowser(async browser => {
      const page = await openPage(browser, url);
      const seen = await timesSeen(page, target, changes);
      const tasks = await longTasks(page, target, bench.either(25_000, 15_000));
      return { seen, tasks };
    });
  } finally {
    await target.close();
  }
}

const flapping = (target, path) => ({
  name: 'Flapping',
  url: `http://127.0.0.1:${target.port}${path}`,
  critical: false,
  interval: '1s',
  confirm: { failures: 1, successes: 1 },
});

/** A server whose paths in `failing` answer 503; `changedAt` is when the last answer of another kind had been sent. */
async function startTarget() {
  const failing = new Set();
  const last = new Map();
  const changedAt = new Map();
  const server = createServer((request, response) => {
    const status = failing.has(request.url) ? 503 : 200;
    response.statusCode = status;
    response.end('{}', () => {
      if (last.get(request.url) !== status) changedAt.set(request.url, Date.now());
      last.set(request.url, status);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    failing,
    changedAt,
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(resolve));
    },
  };
}

async function openPage(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(() => {
    globalThis.longTasks = [];
    new PerformanceObserver(list => {
      for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
    }).observe({ type: 'longtask' });
    // The page's own source of events, to send it more of them than a bench has time for.
    const Native = globalThis.EventSource;
    globalThis.EventSource = class extends Native {
      constructor(...args) {
        super(...args);
        globalThis.source = this;
      }
    };
    globalThis.seenAt = {};
    const look = () => {
      const word = document.querySelector('#service-flapping .word')?.textContent ?? 'Healthy';
      // The frame in which it is painted.
      if (word !== globalThis.word) requestAnimationFrame(() => (globalThis.seenAt[word] = Date.now()));
      globalThis.word = word;
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await page.goto(url);
  await page.waitForSelector('html[data-alive]');
  return page;
}

/** Seconds from the end of the answer to the frame that shows it, for each of `count` changes. */
async function timesSeen(page, target, count) {
  const seconds = [];
  for (let i = 0; i < count; i++) {
    const word = i % 2 === 0 ? 'Unhealthy' : 'Healthy';
    await page.evaluate(word => delete globalThis.seenAt[word], word);
    target.changedAt.delete('/flapping');
    if (i % 2 === 0) target.failing.add('/flapping');
    else target.failing.delete('/flapping');
    const seen = await page.waitForFunction(word => globalThis.seenAt[word], word, {
      timeout: PATIENCE,
      polling: 50,
    });
    seconds.push(((await seen.jsonValue()) - target.changedAt.get('/flapping')) / 1000);
    await sleep(GAP);
  }
  return seconds;
}

/** Milliseconds of each task over 50 ms while every service changes again and again. */
async function longTasks(page, target, span) {
  await page.evaluate(() => (globalThis.longTasks.length = 0));
  for (const end = performance.now() + span; performance.now() < end; ) {
    for (let i = 0; i < MANY; i += 1 + Math.floor(Math.random() * 4)) {
      const path = `/service/${i}`;
      if (!target.failing.delete(path)) target.failing.add(path);
    }
    await sleep(5000);
  }
  return page.evaluate(() => globalThis.longTasks);
}

/** Bytes by which the heap grew over many events, each of which changes something. */
async function growth(page) {
  const send = count =>
    page.evaluate(async count => {
      const answer = await (await fetch('cluster_health')).json();
      for (let i = 0; i < count; i++) {
        for (const { health } of Object.values(answer.services)) health.response_time = Math.random();
        globalThis.source.dispatchEvent(new MessageEvent('health', { data: JSON.stringify(answer) }));
        // The page takes them one by one only where they do not come all at once.
        await new Promise(resolve => setTimeout(resolve, 4));
      }
    }, count);
  await send(1000);
  const before = await heapOf(page);
  await send(EVENTS);
  return (await heapOf(page)) - before;
}
