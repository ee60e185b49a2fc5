// What reports ask, as PromQL that Prometheus answers alike. Each is a function of a window (`1h`, `7d`) and answers one
// value a service, by the label `target`.

/** One service or several, by id. */
export type Targets = string | readonly string[];

/** An expression over a window; of one service or some where they are named. */
export type Measure = (window: string, targets?: Targets) => string;

/** A matcher of services. */
export function targetMatcher(targets: Targets): string {
  if (typeof targets === 'string') return `target=${JSON.stringify(targets)}`;
  const texts = targets.map(id => id.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'));
  return `target=~${JSON.stringify(texts.join('|'))}`;
}

/** A metric's series, of some services where they are named. */
export const selected = (metric: string, targets: Targets | undefined, ...matchers: string[]): string => {
  const all = targets === undefined ? matchers : [...matchers, targetMatcher(targets)];
  return all.length === 0 ? metric : `${metric}{${all.join(',')}}`;
};

const over =
  (take: string, metric: string, ...matchers: string[]): Measure =>
  (window, targets) =>
    `sum by (target) (${take}(${selected(metric, targets, ...matchers)}[${window}]))`;

const UP = 'langgraph_monitor_service_up';
const PLANNED = 'langgraph_monitor_service_up_in_maintenance';
const TIME = 'langgraph_monitor_response_time_seconds';
const FAILURES = 'langgraph_monitor_probe_failures_total';

/** Scrapes that say whether the service was up, and those that say it was; the grid of scrapes is even. */
export const seen = over('count_over_time', UP);
export const up = over('sum_over_time', UP);
/**
 * The most scrapes within two minutes, which tells the seconds between two of them: at each full minute, and at the end, for
 * a monitor that has just started. A millisecond is left out at the far end, which Prometheus 2 counts and Prometheus 3 does
 * not.
 */
export const dense: Measure = (window, targets) => {
  const count = `sum by (target) (count_over_time(${selected(UP, targets)}[119999ms]))`;
  return `max by (target) (max_over_time((${count})[${window}:1m]) or label_replace(${count}, "at", "end", "", ""))`;
};
/** As `seen` and `up`, in maintenance, which counts neither way. */
export const plannedSeen = over('count_over_time', PLANNED);
export const plannedUp = over('sum_over_time', PLANNED);
/** Seconds of all answered checks, and how many they were: a timeout shows the limit, not the speed. */
export const answerSeconds = over('increase', `${TIME}_sum`);
export const answers = over('increase', `${TIME}_count`);
export const meanTime: Measure = (...of) => `${answerSeconds(...of)} / (${answers(...of)} > 0)`;
export const checks = over('increase', 'langgraph_monitor_probes_total');
export const failures = over('increase', FAILURES);
export const timeouts = over('increase', FAILURES, 'reason="timeout"');
/** Share of the checks that failed. */
export const failureShare: Measure = (...of) => `${failures(...of)} / (${checks(...of)} > 0)`;
/** Share of the checks that timed out. */
export const timeoutShare: Measure = (...of) => `${timeouts(...of)} / (${checks(...of)} > 0)`;
/** How often it went down outside of maintenance. */
export const outages: Measure = (...of) =>
  `${over('resets', UP)(...of)} - (${over('resets', PLANNED)(...of)} or 0 * ${seen(...of)})`;
/**
 * What counters grew by in a window that follows another one, from the last scrape of that one on: `increase` leaves out what
 * is between the two, and puts growth of the others in its place. Where there was none before, or a counter began again, it
 * is `increase`.
 */
const since =
  (metric: string, ...matchers: string[]): Measure =>
  (window, targets) => {
    const counter = selected(metric, targets, ...matchers);
    const grown = `last_over_time(${counter}[${window}]) - last_over_time(${counter}[1h] offset ${window}) >= 0`;
    return `sum by (target) ((${grown} unless resets(${counter}[${window}]) > 0) or increase(${counter}[${window}]))`;
  };
export const checksByHour = since('langgraph_monitor_probes_total');
export const failuresByHour = since(FAILURES);
export const timeoutsByHour = since(FAILURES, 'reason="timeout"');
/** Answered checks by the upper bound of their bucket, `le`. */
export const buckets: Measure = (window, targets) =>
  `sum by (target, le) (increase(${selected(`${TIME}_bucket`, targets)}[${window}]))`;
/** Seconds that a share of the answered checks took at most, between the bounds of the histogram's buckets. */
export const quantileTime =
  (share: number): Measure =>
  (...of) =>
    `histogram_quantile(${share}, ${buckets(...of)})`;
/** The fastest and the slowest answered check, seconds, of those that a look every minute sees. */
export const fastest: Measure = (window, targets) => extreme('min', window, targets);
export const slowest: Measure = (window, targets) => extreme('max', window, targets);

function extreme(take: 'min' | 'max', window: string, targets: Targets | undefined): string {
  const [took, success] = [selected('probe_duration_seconds', targets), selected('probe_success', targets)];
  const answered = `${took} unless on (job, instance, target) ${success} == 0`;
  return `${take} by (target) (${take}_over_time((${answered})[${window}:1m]))`;
}

/** Share of the time that it was up but slow. */
export const slowShare: Measure = (window, targets) =>
  `avg by (target) (avg_over_time(${selected('langgraph_monitor_service_slow', targets)}[${window}]))`;
/** Share of the time outside of maintenance that it was up. */
export const availability: Measure = (...of) => {
  const part = (all: Measure, planned: Measure) =>
    `(${all(...of)} - (${planned(...of)} or 0 * ${all(...of)}))`;
  return `${part(up, plannedUp)} / (${part(seen, plannedSeen)} > 0)`;
};
/** Load of the machine that a service runs on, as its body or exporter tells it: a share or in percent. */
export const resource =
  (take: 'avg' | 'max', field: string): Measure =>
  (window, targets) =>
    `${take} by (target) (${take}_over_time(${selected('probe_http_json_value', targets, `field=~"${field}"`)}[${window}]))`;
export const CPU = '.*cpu_(percent|usage)';
export const MEMORY = '.*(memory|mem)_(percent|usage)';
