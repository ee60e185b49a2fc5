// The registry as text, in either of the two formats a scraper asks for.
// Sources: Prometheus, "Exposition formats"; OpenMetrics 1.0.

import type { Registry } from 'prom-client';
import { formatLabels } from '../model/labels.js';
import { type Collected, FamilyMetric, formatValue } from './family-metric.js';
import { TextWriter } from './text-writer.js';

export const FORMATS = ['text', 'openmetrics'] as const;
export type Format = (typeof FORMATS)[number];

export const CONTENT_TYPE: Record<Format, string> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Everything to be printed: prom-client's own metrics as they were at one moment, and the families of readings. */
export type Collection = readonly (Collected | FamilyMetric)[];

/** Collects every metric of prom-client once. Some of them reset when they are collected, so both formats share one collection. */
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
  const writer = new TextWriter(0);
  for (const family of collection) writeFamily(family, format, writer);
  writeEnd(format, writer);
  return writer.end();
}

/** Writes a family that has samples, with its header. */
export function writeFamily(family: Collection[number], format: Format, writer: TextWriter): void {
  writer.head(header(family, format));
  if (family instanceof FamilyMetric) family.write(writer);
  else writeCollected(family, writer);
  writer.head('');
}

/** What a page ends with. */
export function writeEnd(format: Format, writer: TextWriter): void {
  if (format === 'openmetrics') writer.add('# EOF\n');
}

function header({ name, help, type }: { name: string; help: string; type: unknown }, format: Format): string {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  if (format === 'text') return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n`;
  // OpenMetrics knows counters only with `_total`; the others keep their name and lose their type, since a name that
  // depends on the client would be two series in Prometheus.
  const isTotal = name.endsWith('_total');
  const known = type === 'counter' && !isTotal ? 'unknown' : type === 'untyped' ? 'unknown' : type;
  const base = known === 'counter' ? name.slice(0, -'_total'.length) : name;
  return `# HELP ${base} ${text.replaceAll('"', '\\"')}\n# TYPE ${base} ${known}\n`;
}

function writeCollected({ name, values }: Collected, writer: TextWriter): void {
  for (const { metricName, labels, value } of values) {
    if (Number.isNaN(value)) continue;
    const names = Object.keys(labels ?? {});
    const own = names.map(key => labelValue(key, labels[key]));
    writer.add(`${metricName ?? name}${formatLabels(names, own)} ${formatValue(value)}\n`);
  }
}

/** A label's value as text, not yet escaped. */
export function labelValue(key: string, value: string | number | undefined): string {
  // OpenMetrics wants bucket bounds as floats; Prometheus reads both as the same series only if both say the same.
  if (key === 'le' && typeof value === 'number' && Number.isInteger(value)) return `${value}.0`;
  return String(value);
}
