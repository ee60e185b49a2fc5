// GET /api/v1/status/config: the configuration of a Prometheus that would gather the same samples. There is nothing
// of monitor.yml in it, so no secret can be.

import { z } from 'zod';
import { formatDuration } from '../../model/duration.js';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';
import type { OwnTarget } from './facts.js';

export const config = endpoint({
  path: 'status/config',
  summary: 'The configuration of a Prometheus that would gather the same samples',
  data: z.object({ yaml: z.string() }),
  handle: (_, { prometheus }: Pick<ApiContext, 'prometheus'>) => plain({ yaml: yamlOf(prometheus.target()) }),
});

function yamlOf(target: OwnTarget | undefined): string {
  if (!target) return 'scrape_configs: []\n';
  const { labels, url, interval, timeout } = target;
  const lines = [
    'global:',
    `  scrape_interval: ${formatDuration(interval)}`,
    `  scrape_timeout: ${formatDuration(timeout)}`,
    `  evaluation_interval: ${formatDuration(interval)}`,
    'scrape_configs:',
    // A JSON text is a YAML one, and needs no thought about what a plain scalar may be.
    `- job_name: ${JSON.stringify(labels.get('job'))}`,
    '  metrics_path: /metrics',
    `  scheme: ${new URL(url).protocol.slice(0, -1)}`,
    '  static_configs:',
    '  - targets:',
    `    - ${JSON.stringify(labels.get('instance'))}`,
  ];
  return `${lines.join('\n')}\n`;
}
