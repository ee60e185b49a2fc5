// The thread that scrapes: pages of any length are read in it, which no check, query or answer waits for.

import {
  type SupervisedEvent,
  type SupervisorRequest,
  supervised,
} from '../concurrency/supervised-thread.js';
import { reviveSecrets } from '../config/secret-transfer.js';
import { systemClock } from '../model/time.js';
import { StreamSender } from '../query/stream-sender.js';
import type { ScrapedTarget, ScrapeEvent, ScrapeRequest, ScrapeThreadOptions } from './protocol.js';
import { ScrapePools } from './scrape-pools.js';

const { port, data } = supervised<ScrapeThreadOptions>();

const sender = new StreamSender();

function send(event: ScrapeEvent | SupervisedEvent): void {
  port.postMessage(event);
}

/** Of targets whose scrapes were stored with one write. */
let scraped: ScrapedTarget[] = [];

function onScraped(target: ScrapedTarget): void {
  scraped.push(target);
  if (scraped.length > 1) return;
  setImmediate(() => {
    send({ type: 'scraped', targets: scraped });
    scraped = [];
  });
}

const pools = new ScrapePools(
  {
    append: scrape => sender.append(scrape),
    onScraped: (stream, last, result) => onScraped({ stream, last, result }),
  },
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
    case 'store':
      sender.connect(request.port);
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
      sender.close();
      port.close();
  }
});
