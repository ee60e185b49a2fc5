// From discovered labels to a target. Comes in: a job and a group of targets; goes out: targets with their URL, those that
// relabelling dropped, and what is no target. Source: Prometheus, scrape/target.go.

import { quote } from '../../go/quote.js';
import { printModelDuration } from '../../model/duration.js';
import { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import { parseModelDuration } from '../../promql/duration.js';
import type { Relabel } from '../../relabel/relabel.js';
import type { ScrapeJob, TargetGroup } from '../config/definition.js';
import type { ScrapeTarget } from '../target.js';
import { lacksPort } from './host-port.js';
import { targetUrl } from './target-url.js';

/** What a job's targets are made with. */
export type PopulationContext = Pick<
  ScrapeJob,
  'name' | 'interval' | 'timeout' | 'metricsPath' | 'scheme' | 'params'
> & { readonly relabel: Relabel };

/** A target and all its labels but `__meta_...`, which identify it. */
export interface PopulatedTarget {
  readonly target: ScrapeTarget;
  readonly key: string;
}

export interface PopulatedGroup {
  readonly targets: readonly PopulatedTarget[];
  /** The labels of targets that relabelling dropped, as discovered. */
  readonly dropped: readonly Readonly<Record<string, string>>[];
  /** Why others are no targets, in Prometheus' words. */
  readonly problems: readonly string[];
}

/** What a group of targets becomes. */
export function populateGroup(context: PopulationContext, group: TargetGroup): PopulatedGroup {
  const targets: PopulatedTarget[] = [];
  const dropped: Readonly<Record<string, string>>[] = [];
  const problems: string[] = [];
  for (const [i, own] of group.targets.entries()) {
    const discovered = discoveredLabels(context, { ...group.labels, ...own });
    const relabelled = context.relabel(discovered);
    if (!relabelled) {
      dropped.push(discovered.toJSON());
      continue;
    }
    const populated = populate(context, discovered, relabelled);
    if (typeof populated === 'string') problems.push(`instance ${i} in group ${group.source}: ${populated}`);
    else targets.push(populated);
  }
  return { targets, dropped, problems };
}

/** Labels of the job are added where the target has none of that name; parameters always. */
function discoveredLabels(context: PopulationContext, found: Readonly<Record<string, string>>): Labels {
  const ofJob: Record<string, string> = {
    job: context.name,
    __scrape_interval__: printModelDuration(context.interval),
    __scrape_timeout__: printModelDuration(context.timeout),
    __metrics_path__: context.metricsPath,
    __scheme__: context.scheme,
  };
  const labels = new Map(Object.entries(found));
  for (const [name, value] of Object.entries(ofJob)) if (!labels.get(name)) labels.set(name, value);
  for (const [name, [first]] of Object.entries(context.params))
    if (first !== undefined) labels.set(`__param_${name}`, first);
  return Labels.of(labels);
}

/** The target, or why it is none. */
function populate(
  context: PopulationContext,
  discovered: Labels,
  relabelled: Labels,
): PopulatedTarget | string {
  const address = addressOf(relabelled, context.scheme);
  if (typeof address !== 'string') return address.problem;
  const times = timesOf(relabelled);
  if (typeof times === 'string') return times;
  const meta = relabelled.names.filter(name => name.startsWith('__meta_'));
  const all = relabelled
    .with('__address__', address)
    .without(meta)
    .with('instance', relabelled.get('instance') || address);
  const url = targetUrl(all, context.params);
  const labels = all.without(all.names.filter(name => name.startsWith('__')));
  return {
    target: { labels: labels.toJSON(), discoveredLabels: discovered.toJSON(), url, ...times },
    key: `${all.key}\n${url}`,
  };
}

function addressOf(labels: Labels, jobScheme: string): string | { readonly problem: string } {
  const address = labels.get('__address__');
  if (address === '') return { problem: 'no address' };
  const whole = lacksPort(address) ? withPort(address, labels.get('__scheme__')) : address;
  if (whole === undefined) return { problem: `invalid scheme: ${quote(jobScheme)}` };
  return whole.includes('/') ? { problem: `${quote(whole)} is not a valid hostname` } : whole;
}

function withPort(address: string, scheme: string): string | undefined {
  if (scheme === 'http' || scheme === '') return `${address}:80`;
  return scheme === 'https' ? `${address}:443` : undefined;
}

function timesOf(labels: Labels): { interval: Millis; timeout: Millis } | string {
  const [intervalText, timeoutText] = [labels.get('__scrape_interval__'), labels.get('__scrape_timeout__')];
  const interval = spanOf('interval', intervalText);
  if (typeof interval === 'string') return interval;
  const timeout = spanOf('timeout', timeoutText);
  if (typeof timeout === 'string') return timeout;
  return timeout > interval
    ? `scrape timeout cannot be greater than scrape interval (${quote(timeoutText)} > ${quote(intervalText)})`
    : { interval, timeout };
}

function spanOf(what: 'interval' | 'timeout', text: string): Millis | string {
  const span = parseModelDuration(text);
  if (typeof span !== 'number') return `error parsing scrape ${what}: ${span.reason}`;
  return span > 0 ? span : `scrape ${what} cannot be 0`;
}
