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

/** Everything to be printed: prom-client's own metrics as they were at one moment, and the families of readings. */
export type Collection = readonly (Collected | FamilyMetric)[];

/** Asks every metric of prom-client's once. Some of them start anew when asked, so both formats share one asking. */
export async function collect(registry: Registry): Promise<Collection> {
  const metrics: unknown[] = registry.getMetricsAsArray();
  return Promise.all(
    metrics.map(metric =>
      metric instanceof FamilyMetric ? metric : (metric as { get(): Promise<Collected> }).get(),
    ),
  );
}

/** Name, type and help of every family that is printed; the readings' families when they have samples. */
export function describeRegistry(
  registry: Registry,
): { name: string; type: string; help: string; unit: string }[] {
  return (registry.getMetricsAsArray() as unknown as { name: string; type: unknown; help: string }[])
    .filter(metric => !(metric instanceof FamilyMetric) || metric.hasSamples)
    .map(({ name, type, help }) => ({
      name,
      type: type === 'untyped' ? 'unknown' : String(type),
      help,
      unit: '',
    }));
}

/** Writes every family that has samples; the readings are those of the moment this is called. */
export function write(collection: Collection, format: Format): Buffer {
  const blocks: string[] = [];
  for (const family of collection) {
    const lines = family instanceof FamilyMetric ? family.lines() : collectedLines(family);
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
    if (Number.isNaN(value)) continue;
    const pairs = Object.entries(labels ?? {}).map(
      ([key, v]) => `${key}="${escapeLabelValue(labelValue(key, v))}"`,
    );
    text += `${metricName ?? name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${formatValue(value)}\n`;
  }
  return text;
}

/** A label's value as text, not yet escaped. */
export function labelValue(key: string, value: string | number | undefined): string {
  // OpenMetrics wants bucket bounds as floats; Prometheus reads both as the same series only if both say the same.
  if (key === 'le' && typeof value === 'number' && Number.isInteger(value)) return `${value}.0`;
  return String(value);
}
