// The labels of a scraped series as they are stored. Comes in: labels as exposed; goes out: those with the target's, after
// `metric_relabel_configs` and within the limits. Source: Prometheus, scrape/scrape.go (mutateSampleLabels,
// verifyLabelLimits, append).

import { quote } from '../go/quote.js';
import { isLabelName, type NameValidation } from '../model/label-name.js';
import { Labels, METRIC_NAME } from '../model/labels.js';
import { compileRelabel, type Relabel } from '../relabel/relabel.js';
import type { SeriesLabels } from './page-reader.js';
import type { ScrapeLimits, ScrapeOptions } from './target.js';

const EXPORTED = 'exported_';
const LEGACY_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** Characters of a text in a message. */
const SHOWN = 50;

type Pairs = readonly (readonly [name: string, value: string])[];

/** Makes the labels of one target's series. */
export class SampleLabels {
  readonly #target: Pairs;
  readonly #honors: boolean;
  readonly #relabel: Relabel;
  readonly #limits: ScrapeLimits;
  readonly #validation: NameValidation;

  constructor(target: Readonly<Record<string, string>>, options: ScrapeOptions) {
    this.#target = Object.entries(target);
    this.#honors = options.honorLabels;
    this.#relabel = compileRelabel(options.metricRelabelConfigs);
    this.#limits = options.limits;
    this.#validation = options.nameValidation;
  }

  /** Of a series as exposed; undefined when it is dropped. @throws Error when the scrape fails because of it */
  of(exposed: Pairs): SeriesLabels {
    const merged = this.#honors ? this.#honored(exposed) : this.#renamed(exposed);
    const labels = this.#relabel(Labels.of(merged));
    if (!labels || labels.names.length === 0) return undefined;
    this.#check(labels);
    const repeated = repeatedName(exposed);
    if (repeated !== undefined) throw new Error(`label name "${repeated}" is not unique: invalid sample`);
    return labels.names.flatMap((name, i) => [name, labels.values[i] as string]);
  }

  /** Of series of the scrape itself. */
  ofReport(metric: string): readonly string[] {
    return [...Labels.of([...this.#target, [METRIC_NAME, metric]]).pairs()].flat();
  }

  /** Exposed labels, an empty one too, are before the target's. */
  #honored(exposed: Pairs): Map<string, string> {
    return new Map([...this.#target, ...exposed]);
  }

  /** The target's labels are before exposed ones, which get other names. */
  #renamed(exposed: Pairs): Map<string, string> {
    const merged = new Map(exposed);
    const conflicting: [name: string, value: string][] = [];
    for (const [name, value] of this.#target) {
      const own = merged.get(name);
      if (own) conflicting.push([name, own]);
      merged.set(name, value);
    }
    // The shortest first: one that is called as the other will be gives way.
    for (const [name, value] of conflicting.sort(([a], [b]) => a.length - b.length)) {
      let renamed = EXPORTED + name;
      while (merged.get(renamed)) renamed = EXPORTED + renamed;
      merged.set(renamed, value);
    }
    return merged;
  }

  #check(labels: Labels): void {
    const metric = labels.get(METRIC_NAME);
    if (metric === '') throw new Error(`missing metric name (${METRIC_NAME} label)`);
    if (!isValid(labels, metric, this.#validation))
      throw new Error(`invalid metric name or label names: ${printed(labels)}`);
    this.#checkLimits(labels, metric.slice(0, SHOWN));
  }

  #checkLimits({ names, values }: Labels, metric: string): void {
    const { labels, labelNameLength, labelValueLength } = this.#limits;
    if (labels > 0 && names.length > labels)
      throw new Error(
        `label_limit exceeded (metric: ${metric}, number of labels: ${names.length}, limit: ${labels})`,
      );
    if (labelNameLength === 0 && labelValueLength === 0) return;
    for (const [i, name] of names.entries()) {
      const value = values[i] as string;
      const shown = name.slice(0, SHOWN);
      const nameLength = Buffer.byteLength(name);
      if (labelNameLength > 0 && nameLength > labelNameLength)
        throw new Error(
          `label_name_length_limit exceeded (metric: ${metric}, label name: ${shown}, length: ${nameLength}, limit: ${labelNameLength})`,
        );
      const length = Buffer.byteLength(value);
      if (labelValueLength > 0 && length > labelValueLength)
        throw new Error(
          `label_value_length_limit exceeded (metric: ${metric}, label name: ${shown}, value: ${quote(value.slice(0, SHOWN))}, length: ${length}, limit: ${labelValueLength})`,
        );
    }
  }
}

function isValid({ names }: Labels, metric: string, validation: NameValidation): boolean {
  if (validation === 'legacy' && !LEGACY_METRIC.test(metric)) return false;
  return isLabelName(metric) && names.every(name => isLabelName(name, validation));
}

function repeatedName(exposed: Pairs): string | undefined {
  const seen = new Set<string>();
  for (const [name] of exposed) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** As Prometheus prints a label set. */
function printed(labels: Labels): string {
  const pairs = [...labels.pairs()].map(
    ([name, value]) => `${isLabelName(name, 'legacy') ? name : quote(name)}=${quote(value)}`,
  );
  return `{${pairs.join(', ')}}`;
}
