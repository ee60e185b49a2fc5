// In: nothing. Out: a HAProxy with a thousand servers, and the program watching it and nothing else, scanning only when
// it is asked to.

import { setTimeout as sleep } from 'node:timers/promises';
import { get, getJson } from './loopback.mjs';
import { startMonitor } from './monitor.mjs';
import { startHaproxy, startHealthServer } from './targets.mjs';

export const SIZE = { backends: 100, servers: 10 };

export async function startLargeHaproxy(bench, children) {
  const [serverPort] = await startHealthServer(children, 1);
  return await startHaproxy(bench, children, { ...SIZE, serverPort });
}

/**
 * @returns {Promise<{pid, url, scan}>} `scan()` resolves when a scan that began after its call has been taken
 * in.
 */
export async function watch(bench, children, haproxy) {
  const { pid, url } = await startMonitor(bench, children, {
    scan: { intervals: { critical: '1h', other: '1h' } },
    // As little as may be happens by itself: what is measured is what a scan causes.
    query: { scrape_interval: '2m' },
    services: {
      haproxy: {
        name: 'HAProxy',
        kind: 'haproxy',
        url: haproxy.healthUrl,
        stats_url: haproxy.statsUrl,
        critical: true,
        timeout: 5,
      },
    },
  });
  let last;
  const scan = async () => {
    // A result is fresh for a millisecond: wait until the last one is not.
    await sleep(20);
    const { services } = await getJson(`${url}/cluster_health?max_age=0.001`);
    const { status, last_check } = services.haproxy.health;
    if (status !== 'healthy') throw new Error(`HAProxy is ${status}: ${services.haproxy.health.error}`);
    if (last_check === last) throw new Error('max_age=0.001 did not cause a scan');
    last = last_check;
  };
  return { pid, url, scan };
}

/** Requests to every backend, three each: their numbers change, and those of a third of the servers. */
export async function traffic({ trafficUrl }) {
  for (let b = 0; b < SIZE.backends; b++) {
    await Promise.all([1, 2, 3].map(() => get(`${trafficUrl}/backend/${b}`)));
  }
}
