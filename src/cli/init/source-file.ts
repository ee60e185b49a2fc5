// The file of `init --from=FILE`, read by what it is: haproxy.cfg by its name, YAML by its keys.

import { basename } from 'node:path';
import { ConfigError } from '../../config/config-error.js';
import { readPlainYaml } from '../../config/load.js';
import { fromCompose } from './compose.js';
import type { Found } from './found.js';
import { fromHaproxyCfg } from './haproxy-cfg.js';
import { fromPrometheusYml } from './prometheus-yml.js';

const PROMETHEUS_KEYS = ['scrape_configs', 'scrape_config_files', 'global'];

/**
 * What it says. Nothing is contacted.
 * @param folder where monitor.yml will be
 * @throws ConfigError when it cannot be read, or is none of the three
 */
export function readSourceFile(file: string, folder: string): Found {
  if (file.endsWith('.cfg')) return fromHaproxyCfg(file);
  const document = readPlainYaml(file);
  const keys = document !== null && typeof document === 'object' ? Object.keys(document) : [];
  if (keys.some(key => PROMETHEUS_KEYS.includes(key))) return fromPrometheusYml(file, folder);
  if (keys.includes('services') && !keys.includes('scan')) return fromCompose(document);
  throw new ConfigError([
    `${file}: ${basename(file)} is no haproxy.cfg (its name ends in .cfg), docker-compose.yml (services) or prometheus.yml (scrape_configs); name one of these`,
  ]);
}
