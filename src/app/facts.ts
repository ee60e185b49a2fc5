// What the API shows of the monitor itself, joined from the rooms that know it.

import type { PrometheusFacts } from '../http/prometheus/facts.js';
import { formatDuration } from '../model/duration.js';
import type { Millis } from '../model/time.js';
import type { Addresses } from './addresses.js';
import type { Configuration } from './configuration.js';
import type { QueryBackend } from './query-backend.js';
import type { Reloading } from './reloading.js';
import type { RemoteWriting } from './remote-writing.js';
import type { Scraping } from './scraping.js';
import type { CommandLineSettings } from './settings.js';

interface FactsOptions {
  readonly settings: Pick<CommandLineSettings, 'storage' | 'flags'>;
  readonly configuration: () => Configuration;
  readonly addresses: Addresses;
  readonly reloading: Reloading;
  readonly backend: QueryBackend;
  readonly scraping: Scraping;
  readonly remoteWriting: RemoteWriting;
  readonly startedAt: Millis;
}

export function makeFacts(options: FactsOptions): PrometheusFacts {
  const { configuration, addresses, reloading, backend, scraping, remoteWriting, startedAt } = options;
  const { storage, flags } = options.settings;
  const size = storage.maxBytes > 0 ? ` or ${flags['storage.retention.size']}` : '';
  return {
    target: () => backend.target(addresses.url, configuration().scrapeInterval),
    scraped: scraping.facts,
    remoteWrite: {
      masked: () => configuration().remoteWrite.masked,
      health: () => remoteWriting.health(),
    },
    samples: () => backend.samples,
    runtime: () => ({
      startedAt,
      reloadedAt: reloading.at,
      reloadSucceeded: reloading.succeeded,
      retention: formatDuration(storage.retention) + size,
    }),
    flags: () => flags,
  };
}
