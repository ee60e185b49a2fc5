// In: a monitor or an exporter that watches the delay server. Out: how far each response time it reports is from the
// true one, in milliseconds.

import { setTimeout as sleep } from 'node:timers/promises';
import { get, getJson } from './loopback.mjs';
import { httpServices } from './monitor.mjs';

/** Enough of them that the pages are not small; at 50 samples a second a thousand take 20 s. */
const SERVICES = 50;
const EVERY = 1000;
const POLL = 250;

/** How services are checked: below ten connections a host, so that no check waits for one. */
export const WATCH = { services: SERVICES, every: EVERY, concurrent: 5 };

/** @param port the delay server's */
export function watchConfig(port) {
  const every = `${EVERY}ms`;
  return {
    scan: { intervals: { critical: every, other: every }, max_concurrent_checks: WATCH.concurrent },
    services: httpServices([port], SERVICES),
  };
}

/**
 * Reads every check's reported time and the truth about it, which the target put into the body, once each.
 * @param url of a program that has /cluster_health
 */
export async function errorsOnPage(url, seconds) {
  const errors = new Map();
  await every(POLL, seconds, async () => {
    const { services } = await getJson(`${url}/cluster_health`);
    for (const { health } of Object.values(services)) {
      if (!health.data) continue;
      const { sequence, actual_us } = health.data;
      errors.set(sequence, Math.abs(health.response_time * 1000 - actual_us / 1000));
    }
  });
  return [...errors.values()];
}

/**
 * Has blackbox_exporter ask the delay server at `port`, as often as a monitor does.
 * @returns a function that does so for a number of seconds
 */
export function blackboxErrors(url, port) {
  let next = 0;
  return async seconds => {
    const errors = [];
    await every(EVERY / SERVICES, seconds, async () => {
      const target = `http://127.0.0.1:${port}`;
      const record = next++;
      const probe = `${url}/probe?module=http_2xx&target=${encodeURIComponent(`${target}/probe/${record}`)}`;
      const page = (await get(probe)).body.toString();
      const reported = Number(/^probe_duration_seconds (\S+)/m.exec(page)[1]) * 1000;
      errors.push(Math.abs(reported - (await getJson(`${target}/actual/${record}`)).actual_us / 1000));
    });
    return errors;
  };
}

/** Does `work` at a steady pace, in milliseconds, for a number of seconds; a late turn is not made up for. */
export async function every(pace, seconds, work) {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const next = performance.now() + pace;
    await work();
    const rest = next - performance.now();
    if (rest > 0) await sleep(rest);
  }
}
