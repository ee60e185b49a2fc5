// The catalogue of the Prometheus HTTP API: a new endpoint is a file beside this and a line here.

import { alertmanagers } from './alertmanagers.js';
import { alerts } from './alerts.js';
import { buildInfo } from './build-info.js';
import { config } from './config.js';
import type { ApiEndpoint } from './endpoint.js';
import { flags } from './flags.js';
import { formatQuery } from './format-query.js';
import { labelValues } from './label-values.js';
import { labels } from './labels.js';
import { metadata } from './metadata.js';
import { notifications } from './notifications.js';
import { parseQuery } from './parse-query.js';
import { query } from './query.js';
import { queryExemplars } from './query-exemplars.js';
import { queryRange } from './query-range.js';
import { rules } from './rules.js';
import { runtimeInfo } from './runtime-info.js';
import { scrapePools } from './scrape-pools.js';
import { series } from './series.js';
import { targets } from './targets.js';
import { targetsMetadata } from './targets-metadata.js';
import { tsdb } from './tsdb.js';
import { walReplay } from './wal-replay.js';

export const endpoints: readonly ApiEndpoint[] = [
  query,
  queryRange,
  series,
  labels,
  labelValues,
  metadata,
  targets,
  targetsMetadata,
  scrapePools,
  formatQuery,
  parseQuery,
  queryExemplars,
  rules,
  alerts,
  alertmanagers,
  notifications,
  buildInfo,
  config,
  flags,
  runtimeInfo,
  tsdb,
  walReplay,
];
