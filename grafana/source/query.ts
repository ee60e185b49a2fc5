// What panels ask. `$instance` is the monitor, `$service` what it watches; Grafana fills both in.

/** A question in PromQL and the name its series go by. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** For the end of the time range alone. */
  readonly isInstant: boolean;
  /** Labels as columns rather than in the series' name. */
  readonly isTable: boolean;
}

/** Over the whole time range. @param legend Grafana's form: `{{label}}` */
export const over = (expr: string, legend: string): Query => ({
  ...{ expr: oneLine(expr), legend },
  ...{ isInstant: false, isTable: false },
});

/** As it is at the end of the time range. */
export const now = (expr: string, legend = ''): Query => ({
  ...{ expr: oneLine(expr), legend },
  ...{ isInstant: true, isTable: false },
});

/** The same as rows of a table. */
export const rows = (expr: string): Query => ({
  ...{ expr: oneLine(expr), legend: '' },
  ...{ isInstant: true, isTable: true },
});

function oneLine(expr: string): string {
  return expr.replace(/\s+/g, ' ').trim();
}

/** A variable of Grafana's, which it fills in: the time, a field of a row, one of the dashboard's own. */
export const variable = (name: string) => `\${${name}}`;

/** The monitor chosen. */
export const MONITOR = 'instance="$instance"';
/** The services chosen, of one or of several. */
export const SERVICES = `${MONITOR}, target=~"$service"`;

/** 2 up, 1 slow, 0 down; absent while it is unknown. */
export const serviceState = (selector: string) => `
  langgraph_monitor_service_up{${selector}} * 2
    - on (job, instance, target) langgraph_monitor_service_slow{${selector}}`;

/** Share of the time range that services were up, by service; maintenance is left out. */
export const uptime = (selector: string) => {
  const of = (metric: string, take: string) => `${take}_over_time(${metric}{${selector}}[$__range])`;
  const up = (take: string) => of('langgraph_monitor_service_up', take);
  const planned = (take: string) => of('langgraph_monitor_service_up_in_maintenance', take);
  return `((${up('sum')} - ${planned('sum')}) / (${up('count')} - ${planned('count')} > 0)
    or (${up('avg')} unless ${planned('count')}))`;
};

/** Seconds of an answered check, on average. */
export const meanResponseTime = (selector: string) => `
  sum by (target) (rate(langgraph_monitor_response_time_seconds_sum{${selector}}[$__rate_interval]))
    / sum by (target) (rate(langgraph_monitor_response_time_seconds_count{${selector}}[$__rate_interval]))`;

/** Seconds within which this share of the answered checks ended. */
export const responseTimeQuantile = (share: number, selector: string) => `
  histogram_quantile(${share}, sum by (target, le) (
    rate(langgraph_monitor_response_time_seconds_bucket{${selector}}[$__rate_interval])))`;

/** One of several states that are a series each, as a number; a state that is not named is left out. */
export function stateNumber(
  by: string,
  metric: string,
  selector: string,
  label: string,
  numbers: Readonly<Record<string, number>>,
): string {
  return Object.entries(numbers)
    .map(
      ([state, number]) => `max by (${by}) (${metric}{${selector}, ${label}=~"${state}"} == 1) * ${number}`,
    )
    .join(' or ');
}

/** How many there are; none is 0 rather than no answer. */
export const countOf = (expr: string) => `count(${expr}) or vector(0)`;

/** Alerts of the monitor chosen and of no monitor at all: those of scraped targets have the target's instance. */
export const alertsHere = (selector: string) =>
  `(ALERTS{${selector}} unless on (instance) langgraph_monitor_build_info{instance!="$instance"})`;

/** Alerts for people: no heartbeat, and no copies that only raise the level. */
export const alerts = (state: 'firing' | 'pending' | '.+', severity: string) =>
  alertsHere(`alertstate=~"${state}", severity=~"${severity}", escalation=""`);
