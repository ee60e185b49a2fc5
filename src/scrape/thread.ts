// The thread that scrapes: pages of any length are read in it, which no check, query or answer waits for.

import {
  type SupervisedEvent,
  type SupervisorRequest,
  supervised,
} from '../concurrency/supervised-thread.js';
import { reviveSecrets } from '../config/secret-transfer.js';
import type { AppendResult, Scrape } from '../model/scrape.js';
import { type Millis, systemClock } from '../model/time.js';
import { buffersOf, packScrape } from '../query/scrape-codec.js';
import type { ScrapedTarget, ScrapeEvent, ScrapeRequest, ScrapeThreadOptions } from './protocol.js';
import { ScrapePools } from './scrape-pools.js';

/**
 * How long scrapes and reports of them wait for each other: to wake two other threads costs as much as a scrape does, and
 * what comes together is stored together.
 */
const GATHER: Millis = 300;

const { port, data } = supervised<ScrapeThreadOptions>();

/** Scrapes that are on their way to the store. */
const pending = new Map<number, (result: AppendResult | undefined) => void>();
let lastId = 0;
/** What waits to be sent, with what is handed over and not copied. */
let events: ScrapeEvent[] = [];
let scraped: ScrapedTarget[] = [];
let buffers: ArrayBuffer[] = [];

function send(event: ScrapeEvent | SupervisedEvent): void {
  port.postMessage(event);
}

function flush(): void {
  if (scraped.length > 0) events.push({ type: 'scraped', targets: scraped });
  port.postMessage(events, buffers);
  [events, scraped, buffers] = [[], [], []];
}

function flushLater(): void {
  if (events.length + scraped.length === 1) setTimeout(flush, GATHER);
}

async function append(scrape: Scrape): Promise<AppendResult | undefined> {
  const packed = await packScrape(scrape);
  const id = ++lastId;
  return new Promise(resolve => {
    pending.set(id, resolve);
    events.push({ type: 'scrape', id, scrape: packed });
    buffers.push(...buffersOf(packed));
    flushLater();
  });
}

function onScraped(target: ScrapedTarget): void {
  scraped.push(target);
  flushLater();
}

const pools = new ScrapePools(
  { append, onScraped: (stream, last, result) => onScraped({ stream, last, result }) },
  systemClock,
  data.seed,
);

port.on('message', (request: ScrapeRequest | SupervisorRequest) => {
  switch (request.type) {
    case 'pools':
      pools.update(
        request.pools.map(pool => ({
          ...pool,
          options: { ...pool.options, http: reviveSecrets(pool.options.http) },
        })),
      );
      break;
    case 'appended':
      pending.get(request.id)?.(request.result);
      pending.delete(request.id);
      break;
    case 'forgetLayouts':
      pools.forgetLayouts();
      break;
    case 'metadata':
      send({ type: 'metadata', id: request.id, metadata: pools.metadata() });
      break;
    case 'ping':
      send({ type: 'pong' });
      break;
    case 'close':
      pools.close();
      port.close();
  }
});
