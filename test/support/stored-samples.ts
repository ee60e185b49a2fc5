// All samples that a Prometheus, a VictoriaMetrics or a monitor has, to be compared.

import type { RunningMonitor } from './monitor.js';

interface Matrix {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [number, string])[];
  }[];
}

/** All samples of the last ten minutes up to a moment, by series. @param isSent without the external labels */
export async function samplesOf(url: string, at: number, isSent = false): Promise<Map<string, string[]>> {
  const parameters = new URLSearchParams({ query: '{__name__!=""}[10m]', time: String(at) });
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body: parameters });
  const { data } = (await answer.json()) as { data: Matrix };
  return new Map(
    data.result
      .map(({ metric, values }) => {
        const labels = Object.entries(metric).filter(
          ([name, value]) => !(isSent && (name === 'cluster' || value === 'never')),
        );
        const key = JSON.stringify(labels.sort(([a], [b]) => (a < b ? -1 : 1)));
        return [key, values.map(([time, value]) => `${time} ${number(value)}`)] as [string, string[]];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const number = (text: string): number =>
  /inf/i.test(text) ? Number(text.replace(/\+?inf/i, 'Infinity')) : Number(text);

/** When the newest sample was taken that a receiver has acknowledged, in seconds since the epoch; 0 before the first. */
export async function sentTo(monitor: RunningMonitor, name: string): Promise<number> {
  const text = await (await monitor.get('/metrics')).text();
  const line = text
    .split('\n')
    .find(each =>
      each.startsWith(`prometheus_remote_storage_queue_highest_sent_timestamp_seconds{remote_name="${name}"`),
    );
  return Number(line?.split(' ')[1] ?? 0);
}

/** Samples with a value: VictoriaMetrics shows stale markers as NaN. */
export function withValues(samples: Map<string, string[]>): Map<string, string[]> {
  const left = [...samples].map(
    ([series, values]) => [series, values.filter(each => !each.endsWith('NaN'))] as [string, string[]],
  );
  return new Map(left.filter(([, values]) => values.length > 0));
}

/** The same with the other's values where they differ by no more than VictoriaMetrics' decimals do. */
export function like(other: Map<string, string[]>, samples: Map<string, string[]>): Map<string, string[]> {
  const all = [...withValues(samples)].map(([series, values]) => {
    const known = other.get(series) ?? [];
    return [
      series,
      values.map((each, i) => (isNear(each, known[i] ?? '') ? (known[i] as string) : each)),
    ] as [string, string[]];
  });
  return new Map(all);
}

function isNear(a: string, b: string): boolean {
  const [[at, value], [otherAt, otherValue]] = [a, b].map(each => each.split(' ').map(Number)) as [
    [number, number],
    [number, number],
  ];
  return at === otherAt && Math.abs(value - otherValue) <= 1e-9 * Math.abs(value);
}
