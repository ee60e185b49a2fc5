// Scraping of other targets: discovery finds them, the backend in use scrapes them. Comes in: the configuration's sections;
// goes out: pools of targets, and what the API shows of them.

import type { ScrapeFacts } from '../http/prometheus/facts.js';
import type { PoolFigures, ScrapeMetrics } from '../metrics/scraping.js';
import type { ScrapeConfiguration } from '../scrape/config/definition.js';
import { Discovery } from '../scrape/discovery/discovery.js';
import type { DiscoveredPool } from '../scrape/discovery/pool.js';
import type { Logger } from './log.js';
import type { QueryBackend } from './query-backend.js';

interface ScrapingParts {
  readonly backend: Pick<QueryBackend, 'setPools' | 'scrapedTargets' | 'scrapedMetadata'>;
  readonly configuration: () => ScrapeConfiguration;
  readonly metrics: Pick<ScrapeMetrics, 'setPools' | 'discoveryFailed'>;
  readonly log: Logger;
}

/** The caller must {@link close} it. */
export class Scraping {
  /** What the API shows. */
  readonly facts: ScrapeFacts;
  readonly #parts: ScrapingParts;
  readonly #discovery: Discovery;

  constructor(parts: ScrapingParts) {
    this.#parts = parts;
    const { backend, log } = parts;
    this.#discovery = new Discovery({
      onPools: pools => {
        backend.setPools(pools);
        parts.metrics.setPools(this.#discovery.pools.map(figuresOf));
      },
      onFailure: mechanism => parts.metrics.discoveryFailed(mechanism),
      log: (level, message, fields) => log[level](fields, message),
    });
    this.facts = {
      targets: () => backend.scrapedTargets(),
      pools: () => this.#discovery.pools,
      metadata: () => backend.scrapedMetadata(),
      configuration: parts.configuration,
    };
  }

  /** Logs what has no effect here, once for each reading of the configuration. */
  logWarnings(): void {
    for (const err of this.#parts.configuration().warnings)
      this.#parts.log.warn({ err }, 'Part of the scrape configuration has no effect');
  }

  /** Applies the configuration as it is now. */
  configure(): void {
    this.#discovery.configure(this.#parts.configuration().jobs);
  }

  close(): void {
    this.#discovery.close();
  }
}

function figuresOf({ pool, droppedCount }: DiscoveredPool): PoolFigures {
  const { name, targets, problem } = pool;
  return {
    job: name,
    targets: targets.length,
    discovered: targets.length + droppedCount,
    isOverLimit: problem !== undefined,
  };
}
