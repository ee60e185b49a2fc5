// The registry as text, in either of the two formats a scraper asks for.
// Sources: Prometheus, "Exposition formats"; OpenMetrics 1.0.

import type { Registry } from 'prom-client';
import { escapeLabelValue } from '../model/labels.js';
import { type Collected, FamilyMetric, formatValue } from './family-metric.js';

export const FORMATS = ['text', 'openmetrics'] as const;
export type Format = (typeof FORMATS)[number];

export const CONTENT_TYPE: Record<Format, string> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Writes every family that has samples. The readings are taken at one moment, after prom-client has collected. */
export async function render(registry: Registry, format: Format): Promise<Buffer> {
  const own = new Map<unknown, Collected>();
  const metrics: unknown[] = registry.getMetricsAsArray();
  for (const metric of metrics) {
    if (!(metric instanceof FamilyMetric))
      own.set(metric, await (metric as { get(): Promise<Collected> }).get());
  }
  const blocks: string[] = [];
  for (const metric of metrics) {
    const collected = own.get(metric);
    const family = collected ?? (metric as FamilyMetric);
    const lines = collected ? collectedLines(collected) : (metric as FamilyMetric).lines();
    if (lines !== '') blocks.push(header(family, format), lines);
  }
  if (format === 'openmetrics') blocks.push('# EOF\n');
  return Buffer.from(blocks.join(''));
}

function header({ name, help, type }: { name: string; help: string; type: unknown }, format: Format): string {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  if (format === 'text') return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n`;
  // OpenMetrics knows counters only with `_total`; the others keep their name and lose their type, since a name that
  // depends on who asks would be two series in Prometheus.
  const isTotal = name.endsWith('_total');
  const known = type === 'counter' && !isTotal ? 'unknown' : type === 'untyped' ? 'unknown' : type;
  const base = known === 'counter' ? name.slice(0, -'_total'.length) : name;
  return `# HELP ${base} ${text.replaceAll('"', '\\"')}\n# TYPE ${base} ${known}\n`;
}

function collectedLines({ name, values }: Collected): string {
  let text = '';
  for (const { metricName, labels, value } of values) {
    const pairs = Object.entries(labels ?? {}).map(([key, v]) => `${key}="${bucket(key, v)}"`);
    text += `${metricName ?? name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${formatValue(value)}\n`;
  }
  return text;
}

function bucket(key: string, value: string | number | undefined): string {
  // OpenMetrics wants bucket bounds as floats; Prometheus reads both as the same series only if both say the same.
  if (key === 'le' && typeof value === 'number' && Number.isInteger(value)) return `${value}.0`;
  return escapeLabelValue(String(value));
}
