// How long services were up, in PromQL: planned maintenance does not count, here as in badges and rules. Pure.

const UP = 'langgraph_monitor_service_up';
/** Is there only in maintenance, with what UP says then. */
const UP_IN_MAINTENANCE = 'langgraph_monitor_service_up_in_maintenance';

/** Whether any of these services was in maintenance: without it the share of time up is a third of the work. @param of matchers */
export function maintenanceQuery(of: string): string {
  return `count(count_over_time(${UP_IN_MAINTENANCE}{${of}}[90d]))`;
}

/**
 * Share of a span that each service was up outside of maintenance; a service without time outside of it has none.
 * @param of matchers @param span `24h` @param isPlanned whether there may have been maintenance
 */
export function upQuery(of: string, span: string, isPlanned: boolean): string {
  if (!isPlanned) return `avg by (target) (avg_over_time(${UP}{${of}}[${span}]))`;
  const up = (fn: string) => `${fn}_over_time(${UP}{${of}}[${span}])`;
  const planned = (fn: string) => `${fn}_over_time(${UP_IN_MAINTENANCE}{${of}}[${span}])`;
  const outside = `(${up('sum')} - ${planned('sum')}) / (${up('count')} - ${planned('count')} > 0)`;
  return `avg by (target) (${outside} or (${up('avg')} unless ${planned('count')}))`;
}

/** Samples of a span outside of maintenance, by service. @param of matchers @param span `24h` */
export function measuredQuery(of: string, span: string): string {
  const [up, planned] = [UP, UP_IN_MAINTENANCE].map(name => `count_over_time(${name}{${of}}[${span}])`);
  return `max by (target) (${up} - ${planned} or ${up})`;
}

/** Share of a span that each service was in maintenance. @param of matchers @param span `24h` */
export function plannedQuery(of: string, span: string): string {
  return `max by (target) (avg_over_time(langgraph_monitor_service_maintenance{${of}}[${span}]))`;
}
