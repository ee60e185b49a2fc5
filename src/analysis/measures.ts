// What reports ask, as PromQL that Prometheus answers alike. Each is a function of a window (`1h`, `7d`) and answers one
// value a service, by the label `target`.

/** An expression over a window; of one service where one is named. */
export type Measure = (window: string, target?: string) => string;

const selected = (metric: string, target: string | undefined, ...matchers: string[]): string => {
  // An id has letters, digits, `_`, `-` and `.` alone.
  const all = target === undefined ? matchers : [...matchers, `target="${target}"`];
  return all.length === 0 ? metric : `${metric}{${all.join(',')}}`;
};

const over =
  (take: string, metric: string, ...matchers: string[]): Measure =>
  (window, target) =>
    `sum by (target) (${take}(${selected(metric, target, ...matchers)}[${window}]))`;

const UP = 'langgraph_monitor_service_up';
const PLANNED = 'langgraph_monitor_service_up_in_maintenance';
const TIME = 'langgraph_monitor_response_time_seconds';
const FAILURES = 'langgraph_monitor_probe_failures_total';

/** Scrapes that say whether the service was up, and those that say it was; the grid of scrapes is even. */
export const seen = over('count_over_time', UP);
export const up = over('sum_over_time', UP);
/**
 * The most scrapes within two minutes, which tells the seconds between two of them. A millisecond is left out at the
 * far end, which Prometheus 2 counts and Prometheus 3 does not.
 */
export const dense: Measure = (window, target) =>
  `max_over_time((sum by (target) (count_over_time(${selected(UP, target)}[119999ms])))[${window}:1m])`;
/** As `seen` and `up`, in maintenance, which counts neither way. */
export const plannedSeen = over('count_over_time', PLANNED);
export const plannedUp = over('sum_over_time', PLANNED);
/** Seconds of all answered checks, and how many they were: a timeout tells of patience, not of speed. */
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
/** Seconds that a share of the answered checks took at most, between the bounds of the histogram's buckets. */
export const quantileTime =
  (share: number): Measure =>
  (window, target) =>
    `histogram_quantile(${share}, sum by (target, le) (increase(${selected(`${TIME}_bucket`, target)}[${window}])))`;
/** The fastest and the slowest answered check, seconds, of those that a look every minute sees. */
export const fastest: Measure = (window, target) => extreme('min', window, target);
export const slowest: Measure = (window, target) => extreme('max', window, target);

function extreme(take: 'min' | 'max', window: string, target: string | undefined): string {
  const [took, success] = [selected('probe_duration_seconds', target), selected('probe_success', target)];
  const answered = `${took} unless on (job, instance, target) ${success} == 0`;
  return `${take} by (target) (${take}_over_time((${answered})[${window}:1m]))`;
}

/** Share of the time that it was up but slow. */
export const slowShare: Measure = (window, target) =>
  `avg by (target) (avg_over_time(${selected('langgraph_monitor_service_slow', target)}[${window}]))`;
/** Share of the time outside of maintenance that it was up. */
export const availability: Measure = (...of) => {
  const part = (all: Measure, planned: Measure) =>
    `(${all(...of)} - (${planned(...of)} or 0 * ${all(...of)}))`;
  return `${part(up, plannedUp)} / (${part(seen, plannedSeen)} > 0)`;
};
