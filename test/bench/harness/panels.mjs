// In: names of shipped dashboards. Out: what Grafana asks of Prometheus for their panels.

import { readFileSync } from 'node:fs';
import { SCRAPE } from './live-history.mjs';

/** Points of a panel, unless it says so itself: as wide as a third of a screen. */
const POINTS = 600;

/**
 * The questions of the first `count` panels, all of one window as long as `hours`.
 * @returns {import('./answers.mjs').Question[]}
 */
export function questionsOf(dashboards, { count, end, hours, instance }) {
  const panels = dashboards.flatMap(panelsOf).slice(0, count);
  return panels.flatMap(panel =>
    panel.targets.map(target => questionOf(panel, target, { end, seconds: hours * 3600, instance })),
  );
}

function panelsOf(name) {
  const url = new URL(`../../../grafana/dashboards/${name}.json`, import.meta.url);
  const { panels } = JSON.parse(readFileSync(url, 'utf8'));
  return panels.flatMap(panel => [panel, ...(panel.panels ?? [])]).filter(panel => panel.targets);
}

function questionOf({ maxDataPoints = POINTS }, { expr, instant }, { end, seconds, instance }) {
  const step = Math.max(SCRAPE, Math.ceil(seconds / maxDataPoints / SCRAPE) * SCRAPE);
  const query = filled(expr, {
    __rate_interval: `${Math.max(step + SCRAPE, 4 * SCRAPE)}s`,
    __interval: `${step}s`,
    __range: `${seconds}s`,
    instance,
  });
  return instant ? { query, time: end } : { query, start: end - seconds, end, step };
}

/** A variable that selects some of many stands for all of them. */
function filled(expr, values) {
  return expr.replace(/\$\{?(\w+)\}?/g, (_, name) => values[name] ?? '.+');
}
