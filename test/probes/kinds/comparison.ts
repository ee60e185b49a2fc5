// What another exporter prints beside what we record, and every difference between the two. For the side-by-side test.

import type { MetricFamily } from '../../../src/model/family.js';
import { runCheck } from '../../../src/probes/attempt.js';
import type { Probe } from '../../../src/probes/probe.js';
import { ReadingsRecorder } from '../../../src/probes/readings.js';

/** A family as one side shows it: samples by their sorted labels; NaN is left out, since it says nothing. */
export interface Shown {
  readonly type: string;
  readonly labels: Set<string>;
  readonly samples: Map<string, number>;
}

export type Exposition = Map<string, Shown>;

/** Reads Prometheus' text format; labels of another name than ours get ours by `rename`. */
export function parseExposition(text: string, rename: Readonly<Record<string, string>> = {}): Exposition {
  const shown: Exposition = new Map();
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)/.exec(line);
    if (type)
      shown.set(type[1] as string, { type: type[2] as string, labels: new Set(), samples: new Map() });
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    const family = sample && shown.get(sample[1] as string);
    if (!family) continue;
    const labels = [...(sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, name = '', value = '']) => [rename[name] ?? name, value] as [string, string],
    );
    take(family, labels, Number(sample[3]?.replace('Inf', 'Infinity')));
  }
  return shown;
}

/** Runs a probe once and shows what it recorded. @throws when the check failed */
export async function measure(probe: Probe, families: readonly MetricFamily[]): Promise<Exposition> {
  const known = new Map(families.map(family => [family.name, family]));
  const outcome = await runCheck(
    probe,
    { timeout: 5000, slowAfter: 5000, isService: true },
    new ReadingsRecorder(),
  );
  if (outcome.error) throw new Error(outcome.error);
  const shown: Exposition = new Map();
  const { layout, values } = outcome.readings;
  for (const [i, name] of (layout?.families ?? []).entries()) {
    const { type, labels } = known.get(name) as MetricFamily;
    if (!shown.has(name)) shown.set(name, { type, labels: new Set(), samples: new Map() });
    const given = layout?.labels[i] as readonly string[];
    const pairs = labels.map((label, at) => [label, given[at]] as [string, string]);
    take(shown.get(name) as Shown, pairs, values[i] as number);
  }
  return shown;
}

function take({ labels, samples }: Shown, pairs: [string, string][], value: number): void {
  for (const [name] of pairs) labels.add(name);
  const key = pairs
    .map(([name, text]) => `${name}=${JSON.stringify(text)}`)
    .sort()
    .join(',');
  if (!Number.isNaN(value)) samples.set(key, value);
}

/** What can differ: they print a family and we do not, its type, its label names, its series, its values. */
export type What = 'missing' | 'type' | 'labels' | 'series' | 'value';

/** A difference that is meant, and why. */
export interface Exception {
  readonly family: string | RegExp;
  readonly what: What;
  readonly reason: string;
}

/** A family whose value differs at every measurement, so that only its presence is compared, with the reason. */
export interface Moving {
  readonly family: string | RegExp;
  readonly reason: string;
}

export interface Comparison {
  /** Our measurement before theirs and the one after it: a value of theirs lies between the two. */
  readonly before: Exposition;
  readonly theirs: Exposition;
  readonly after: Exposition;
  readonly exceptions: readonly Exception[];
  readonly moving: readonly Moving[];
}

/** Every difference no exception covers, and every exception that covers none. */
export function compare({ before, theirs, after, exceptions, moving }: Comparison): string[] {
  const unused = new Set<Exception | Moving>([...exceptions, ...moving]);
  const found: string[] = [];
  const differ = (family: string, what: What, detail: string) => {
    const covering = exceptions.filter(
      exception => exception.what === what && matches(exception.family, family),
    );
    for (const exception of covering) unused.delete(exception);
    if (covering.length === 0) found.push(`${family}: ${what}: ${detail}`);
  };
  for (const [name, their] of theirs) {
    const moves = moving.filter(({ family }) => matches(family, name));
    const [first, last] = [before.get(name), after.get(name)];
    if (!first || !last) {
      if (their.samples.size > 0) differ(name, 'missing', 'they print it, we do not');
      continue;
    }
    for (const one of moves) unused.delete(one);
    if (their.type !== last.type) differ(name, 'type', `${their.type}, here ${last.type}`);
    const [theirLabels, ourLabels] = [sorted(their.labels), sorted(last.labels)];
    if (their.samples.size > 0 && theirLabels !== ourLabels)
      differ(name, 'labels', `${theirLabels}, here ${ourLabels}`);
    const shared = new Set([...their.labels].filter(label => last.labels.has(label)));
    const [start, samples, end] = [first, their, last].map(one => project(one.samples, shared)) as [
      Samples,
      Samples,
      Samples,
    ];
    const [theirSeries, ourSeries] = [sorted(samples.keys()), sorted(end.keys())];
    if (theirSeries !== ourSeries) differ(name, 'series', `${theirSeries}\n  here ${ourSeries}`);
    if (moves.length > 0) continue;
    for (const [labels, value] of samples) {
      const ours = [start.get(labels), end.get(labels)];
      if (ours.every(one => one !== undefined) && !between(value, ours)) {
        differ(name, 'value', `{${labels}} ${value}, here ${ours.join(' and then ')}`);
      }
    }
  }
  for (const { family, reason } of unused) found.push(`no longer needed: ${family} (${reason})`);
  return found;
}

type Samples = ReadonlyMap<string, number>;

/** Samples by those of their labels that both sides have. A value's own quotes are escaped, so a name stands out. */
function project(samples: Samples, labels: ReadonlySet<string>): Samples {
  const kept = (part: string) => labels.has(part.slice(0, part.indexOf('=')));
  return new Map(
    [...samples].map(([key, value]) => [
      key
        .split(/,(?=\w+=")/)
        .filter(kept)
        .join(','),
      value,
    ]),
  );
}

function matches(pattern: string | RegExp, name: string): boolean {
  return typeof pattern === 'string' ? pattern === name : pattern.test(name);
}

function sorted(words: Iterable<string>): string {
  return [...words].sort().join(' ');
}

/** Within rounding of the text. */
function between(value: number, bounds: readonly number[]): boolean {
  const slack = Math.abs(value) * 1e-9;
  return value >= Math.min(...bounds) - slack && value <= Math.max(...bounds) + slack;
}
