// A storage that keeps less than a report asks for.

import { afterEach, expect, test, vi } from 'vitest';
import { startMonitor } from '../support/monitor.js';
import { startVictoriaMetrics, type VictoriaMetricsServer } from '../support/victoria-metrics.js';

const DAY = 86_400;
const DAYS = 4;

interface Analysis {
  readonly performance_metrics: { readonly uptime_percentage: number; readonly coverage: number };
}

let storage: VictoriaMetricsServer | undefined;
afterEach(() => storage?.close());

test('a report says how much of the period was seen, and is about that', async () => {
  const end = Math.floor(Date.now() / 1000) - 60;
  const lines: string[] = [];
  for (let at = end - DAYS * DAY; at < end; at += 60)
    lines.push(
      `langgraph_monitor_service_up{job="langgraph-monitor",instance="m",target="a"} 1 ${at}`,
      `langgraph_monitor_probes_total{job="langgraph-monitor",instance="m",target="a"} ${at - end + DAYS * DAY} ${at}`,
    );
  storage = await startVictoriaMetrics(`${lines.join('\n')}\n`, { flags: { '-retentionPeriod': '1d' } });
  const { url } = storage;
  const services = { a: { url: 'http://127.0.0.1:1/' } };
  await using monitor = await startMonitor({ host: { enabled: false }, query: { url }, services });
  await vi.waitFor(
    async () => {
      const { a } = await monitor.json<Record<string, Analysis>>(`/performance_analysis?days=${DAYS}`);
      // A day of four.
      expect(a?.performance_metrics.coverage).toBeGreaterThan(0.2);
      expect(a?.performance_metrics.coverage).toBeLessThan(0.3);
      expect(a?.performance_metrics.uptime_percentage).toBe(100);
    },
    { timeout: 60_000, interval: 500 },
  );
});
