// In: the six services. Out: what watches them where there is no monitor: a Prometheus and its exporters.

import { get } from './loopback.mjs';
import {
  startBlackbox,
  startHaproxyExporter,
  startPrometheus,
  startRedisExporter,
  throughBlackbox,
} from './peers.mjs';

/**
 * Starts the exporters of the services and a Prometheus that scrapes them.
 * @param {{every: string, rules?: string[]}} options the interval of scrapes and rules, and rule files
 * @returns {Promise<{pids: number[], url: string}>} all processes; the URL is Prometheus'
 */
export async function startStack(bench, children, services, { every, rules = [] }) {
  const blackbox = await startBlackbox(bench, children);
  const exporters = [];
  if (services.redis.host)
    exporters.push(await startRedisExporter(children, services.redis.host.split(':')[1]));
  if (services.haproxy.stats_url)
    exporters.push(await startHaproxyExporter(children, services.haproxy.stats_url));
  const urls = Object.values(services).flatMap(service => service.url ?? []);
  const interval = { scrape_interval: every, scrape_timeout: every };
  const targets = exporters.map(({ url }) => new URL(url).host);
  const scrapes = [
    { ...throughBlackbox(blackbox, urls, 15), ...interval },
    { job_name: 'exporters', ...interval, static_configs: [{ targets }] },
  ];
  const config = { global: { evaluation_interval: every }, rule_files: rules };
  const prometheus = await startPrometheus(bench, children, scrapes, { config });
  await get(`${prometheus.url}/-/healthy`);
  return { pids: [prometheus, blackbox, ...exporters].map(({ pid }) => pid), url: prometheus.url };
}
