// What matchers cover at this moment: alerts that fire, and services of which alerts would be silenced.

import { getJson, instant } from '../api.js';
import type { ApiAlert } from './api-alert.js';
import { type MatcherText, printMatcher } from './matchers.js';

export interface Coverage {
  readonly alerts: readonly ApiAlert[];
  /** Ids. */
  readonly services: readonly string[];
  /** What else an alert of these services has to fit; empty when all of their alerts do. */
  readonly rest: readonly MatcherText[];
  /** What the monitor says is wrong with each matcher; empty texts where nothing is. */
  readonly faults: readonly string[];
}

/** Labels of alerts that are the service's own. */
const OF_SERVICE = new Set(['target', 'name', 'job', 'instance']);

/** @throws Error where the monitor does not answer, or alerts are not there */
export async function coverage(matchers: readonly MatcherText[]): Promise<Coverage> {
  try {
    const alerts = await alertsOf(matchers);
    const own = matchers.filter(({ name }) => OF_SERVICE.has(name));
    const rest = matchers.filter(({ name }) => !OF_SERVICE.has(name));
    return { alerts, services: await servicesOf(own), rest, faults: matchers.map(() => '') };
  } catch (error) {
    const faults = await faultsOf(matchers);
    if (faults.every(fault => fault === '')) throw error;
    return { alerts: [], services: [], rest: [], faults };
  }
}

function alertsOf(matchers: readonly MatcherText[]): Promise<ApiAlert[]> {
  const query = new URLSearchParams(matchers.map(each => ['filter', printMatcher(each)]));
  return getJson<ApiAlert[]>(`api/v2/alerts?${query}`);
}

async function servicesOf(matchers: readonly MatcherText[]): Promise<string[]> {
  const texts = matchers.map(({ name, operator, value }) => `${name}${operator}${JSON.stringify(value)}`);
  const series = await instant(`count by (target) (langgraph_monitor_service_info{${texts.join(', ')}})`);
  return series.map(({ metric }) => metric.target ?? '').sort();
}

/** Asks about each matcher alone: of several the monitor does not say which one is wrong. */
async function faultsOf(matchers: readonly MatcherText[]): Promise<string[]> {
  return Promise.all(
    matchers.map(each =>
      alertsOf([each]).then(
        () => '',
        (error: Error) => error.message,
      ),
    ),
  );
}
