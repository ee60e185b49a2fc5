// The registry as a Prometheus that scrapes it would store it: the same names and labels, plus whose scrape it was. Comes in:
// the moment; goes out: a scrape with the parts that changed since the last one.

import { Counter, Gauge, type Registry } from 'prom-client';
import { METRIC_NAME } from '../model/labels.js';
import type { Layout } from '../model/result.js';
import type { Scrape, ScrapeLayout, ScrapePart } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import type { Exposition } from './exposition.js';
import { type Collected, FamilyMetric, type SourceView } from './family-metric.js';
import { labelValue } from './render.js';
import { REPORT_SERIES, ScrapeReport } from './scrape-report.js';

/** Labels a scraper adds to everything; a metric's own label of that name becomes `exported_...`. */
interface ScrapeIdentity {
  readonly job: string;
  readonly instance: string;
}

/** prom-client's metrics have names of their own; this keeps a service from being called the same. */
const OWN = 'registry ';
/** The source of what a scraper adds about the scrape itself. */
const REPORT = 'scrape report';

/** Samples of one metric of prom-client's. */
type Values = Collected['values'];

/** Names and labels of a metric's series one after the other: its own objects are ten times as large. */
type Texts = readonly (string | number | undefined)[];

/** The series of one of them, and their values. */
interface SentMetric {
  readonly texts: Texts;
  numbers: readonly number[];
  /** What prom-client calls its samples; undefined where that cannot be known. */
  readonly keys: readonly string[] | undefined;
}

/** A metric of prom-client's. */
interface OwnMetric {
  readonly name: string;
  /** Measures, where the metric has no value before. */
  readonly collect?: unknown;
  /** A gauge's and a counter's samples by their labels, in the order in which {@link get} gives them. */
  readonly hashMap?: Readonly<Record<string, { readonly value: number }>>;
  get(): Promise<Collected>;
}

/** Copies one registry for one store. */
export class Sampler {
  readonly #registry: Registry;
  readonly #exposition: Exposition;
  readonly #identity: ScrapeIdentity;
  /** Sources of the exposition as they were sent last. */
  readonly #sent = new Map<string, SourceView>();
  /** prom-client's metrics as they were sent. */
  readonly #metrics = new Map<string, SentMetric>();
  readonly #report = new ScrapeReport();
  #own: readonly OwnMetric[] = [];
  #isReportSent = false;

  constructor(registry: Registry, exposition: Exposition, identity: ScrapeIdentity) {
    this.#registry = registry;
    this.#exposition = exposition;
    this.#identity = identity;
  }

  /** Forgets what was sent: the next scrape has everything. For a store that was restarted. */
  reset(): void {
    this.#sent.clear();
    this.#metrics.clear();
    this.#isReportSent = false;
  }

  /**
   * The registry now, with what a scraper adds (`up`, `scrape_duration_seconds`, ...) unless it is an interim one. The
   * caller must await it before the next. @throws what a metric's collector throws; see {@link failed}
   */
  async scrape(at: Millis, isInterim = false): Promise<Scrape> {
    const begun = performance.now();
    const parts: ScrapePart[] = [];
    const gone: string[] = [];
    this.#report.reset();
    await this.#collectOwn(parts, isInterim);
    this.#collectSources(parts, gone);
    if (!isInterim) parts.push(this.#reportPart(this.#report.end(performance.now() - begun)));
    return { at: Math.round(at), isInterim, parts, gone };
  }

  /** What a scraper keeps of a scrape that failed: `up` is 0, and everything else has ended. The next one is whole. */
  failed(at: Millis, duration: Millis): Scrape {
    const gone = [...this.#sent.keys(), ...this.#metrics.keys()];
    this.reset();
    return { at: Math.round(at), parts: [this.#reportPart(this.#report.failed(duration))], gone };
  }

  #reportPart(values: readonly number[]): ScrapePart {
    const isSent = this.#isReportSent;
    this.#isReportSent = true;
    if (isSent) return { source: REPORT, values };
    return { source: REPORT, layout: { series: REPORT_SERIES.map(name => this.#pairs(name, [])) }, values };
  }

  /** What is measured while it is collected (memory, lag, CPU) no check has changed: interim scrapes leave it as it was. */
  async #collectOwn(parts: ScrapePart[], isInterim: boolean): Promise<void> {
    // Which there are is looked up for scrapes of the grid: it takes as long as reading half of them.
    if (!isInterim || this.#own.length === 0) this.#own = this.#ownMetrics();
    for (const own of this.#own) {
      const sent = this.#metrics.get(OWN + own.name);
      if (isInterim && own.collect && sent) continue;
      if (sent && isUnchanged(own, sent)) {
        this.#report.count(sent.numbers);
        continue;
      }
      const { name, values } = await own.get();
      const part = this.#ownPart(name, values, keysOf(own));
      if (part) parts.push(part);
    }
  }

  #ownMetrics(): OwnMetric[] {
    const all = this.#registry.getMetricsAsArray() as unknown[];
    return all.filter(metric => !(metric instanceof FamilyMetric)) as OwnMetric[];
  }

  #ownPart(name: string, values: Values, keys: SentMetric['keys']): ScrapePart | undefined {
    const source = OWN + name;
    const numbers = values.map(each => each.value);
    const known = this.#metrics.get(source);
    this.#report.count(numbers);
    if (known && hasSeries(values, known.texts)) {
      if (isEqual(numbers, known.numbers)) return undefined;
      known.numbers = numbers;
      return { source, values: numbers };
    }
    if (!known && values.length === 0) return undefined;
    const texts = textsOf(values);
    if (known) this.#report.countAdded(seriesIn(texts), seriesIn(known.texts));
    else this.#report.countNew(values.length);
    this.#metrics.set(source, { texts, numbers, keys });
    return { source, layout: this.#ownLayout(name, values), values: numbers };
  }

  #ownLayout(family: string, values: Values): ScrapeLayout {
    return {
      series: values.map(({ metricName, labels }) => {
        const own = Object.entries(labels ?? {}).map(
          ([name, value]) => [name, labelValue(name, value)] as const,
        );
        return this.#pairs(metricName ?? family, own);
      }),
    };
  }

  #collectSources(parts: ScrapePart[], gone: string[]): void {
    const sources = this.#exposition.sources();
    for (const source of this.#sent.keys()) {
      if (sources.has(source)) continue;
      this.#sent.delete(source);
      gone.push(source);
    }
    for (const [source, { target, layout, values }] of sources) {
      const sent = this.#sent.get(source);
      this.#report.count(values);
      if (sent && sent.layout === layout && sent.values === values) continue;
      this.#sent.set(source, { target, layout, values });
      const isNew = sent?.layout !== layout || sent.target !== target;
      if (isNew && sent?.target === target) this.#report.countAdded(seriesOf(layout), seriesOf(sent.layout));
      else if (isNew) this.#report.countNew(layout.families.length);
      parts.push(isNew ? this.#newPart(source, { target, layout, values }) : { source, values });
    }
  }

  /** A part whose series are named when they are looked at: a thousand services' together are 10 MB. */
  #newPart(source: string, { target, layout, values }: SourceView): ScrapePart {
    const series = this.#seriesNames(target, layout);
    return { source, values, layout: { series } };
  }

  #seriesNames(target: string, { families, labels }: Layout): ScrapeLayout['series'] {
    const nameOf = (i: number) => {
      const name = families[i] as string;
      return this.#pairs(name, this.#exposition.labelsOf(name, target, labels[i]));
    };
    return {
      length: families.length,
      *[Symbol.iterator]() {
        for (let i = 0; i < families.length; i++) yield nameOf(i);
      },
    };
  }

  /** `[name, value, ...]` sorted by name, without empty values. */
  #pairs(metric: string, own: readonly (readonly [string, string])[]): string[] {
    const all = new Map<string, string>();
    for (const [name, value] of own) all.set(name in this.#identity ? `exported_${name}` : name, value);
    for (const [name, value] of Object.entries(this.#identity)) all.set(name, value);
    all.set(METRIC_NAME, metric);
    return [...all]
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flat();
  }
}

/** A text for each series of a layout. */
function* seriesOf({ families, labels }: Layout): Generator<string> {
  for (const [i, name] of families.entries()) yield [name, ...(labels[i] ?? [])].join('\n');
}

/** A text for each series of a metric of prom-client's. */
function* seriesIn(texts: Texts): Generator<string> {
  for (let at = 0; at < texts.length; at++) {
    // The name comes first and is undefined where it is the family's; labels follow, up to another undefined.
    const parts = [texts[at++]];
    while (texts[at] !== undefined) parts.push(texts[at++]);
    yield parts.join('\n');
  }
}

function textsOf(values: Values): Texts {
  return values.flatMap(({ metricName, labels }) => [
    metricName,
    ...Object.entries(labels ?? {}).flat(),
    undefined,
  ]);
}

/** The names of a metric's samples, where they are the whole of what it would give. */
function keysOf(own: OwnMetric): SentMetric['keys'] {
  const { collect, hashMap, get } = own;
  const usual: readonly unknown[] = [Gauge.prototype.get, Counter.prototype.get];
  return usual.includes(get) && !collect && hashMap ? Object.keys(hashMap) : undefined;
}

/**
 * Whether a metric would give what it gave before, without asking it: that makes a promise and two arrays, and of a hundred metrics
 * some ten change with a scan.
 */
function isUnchanged({ hashMap }: OwnMetric, { keys, numbers }: SentMetric): boolean {
  if (keys === undefined || hashMap === undefined) return false;
  let at = 0;
  for (const key in hashMap) {
    if (key !== keys[at] || !Object.is(hashMap[key]?.value, numbers[at])) return false;
    at++;
  }
  return at === keys.length;
}

/** Whether a sampling of a metric is of these series in this order. Without garbage: there are thousands. */
function hasSeries(values: Values, texts: Texts): boolean {
  let at = 0;
  for (const { metricName, labels } of values) {
    if (texts[at++] !== metricName) return false;
    for (const name in labels) if (texts[at++] !== name || texts[at++] !== labels[name]) return false;
    if (texts[at++] !== undefined) return false;
  }
  return at === texts.length;
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
