// GET /api/v1/status/config: the configuration of a Prometheus that would gather the same samples. Of monitor.yml there are
// only the sections about scraping in it, their secrets hidden.

import { z } from 'zod';
import { formatDuration } from '../../model/duration.js';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';
import type { OwnTarget } from './facts.js';

export const config = endpoint({
  path: 'status/config',
  summary: 'The configuration of a Prometheus that would gather the same samples',
  data: () => z.object({ yaml: z.string() }),
  handle: (_, { prometheus }: Pick<ApiContext, 'prometheus'>) =>
    plain({
      yaml: yamlOf(
        prometheus.target(),
        prometheus.remoteWrite.masked() + prometheus.scraped.configuration().masked,
      ),
    }),
});

/** @param shown the sections of monitor.yml, `scrape_configs` last; empty without */
function yamlOf(target: OwnTarget | undefined, shown: string): string {
  if (!target) return 'scrape_configs: []\n';
  const global = /^global:\n/m.test(shown) ? [] : globalLines(target);
  const hasJobs = /^scrape_configs:\n/m.test(shown);
  const sections = hasJobs ? shown : shown.replace(/^scrape_configs:.*\n/m, '');
  const job = jobLines(target).map(line => (hasJobs ? `  ${line}` : line));
  const lines = [...global, sections.trimEnd(), ...(hasJobs ? [] : ['scrape_configs:']), ...job];
  return `${lines.filter(line => line !== '').join('\n')}\n`;
}

function globalLines({ interval, timeout }: OwnTarget): string[] {
  return [
    'global:',
    `  scrape_interval: ${formatDuration(interval)}`,
    `  scrape_timeout: ${formatDuration(timeout)}`,
    `  evaluation_interval: ${formatDuration(interval)}`,
  ];
}

function jobLines({ labels, url }: OwnTarget): string[] {
  return [
    // A JSON text is a YAML one, and needs no thought about what a plain scalar may be.
    `- job_name: ${JSON.stringify(labels.get('job'))}`,
    '  metrics_path: /metrics',
    `  scheme: ${new URL(url).protocol.slice(0, -1)}`,
    '  static_configs:',
    '  - targets:',
    `    - ${JSON.stringify(labels.get('instance'))}`,
  ];
}
