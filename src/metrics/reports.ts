// What becomes of reports that are sent by schedule, as metrics. Comes in: ways and attempts; goes out: counters, gauges.

import { Counter, Gauge, type Registry } from 'prom-client';
import type { Millis } from '../model/time.js';

/** A report to one integration of a receiver. */
interface ChannelLabels {
  readonly report: string;
  readonly receiver: string;
  /** Its kind; a further one of the same kind in a receiver has its number: `email[1]`. */
  readonly integration: string;
}

/** When a way's last attempts were, by earlier runs too; undefined: never. */
interface ChannelTimes {
  readonly sentAt: Millis | undefined;
  readonly failedAt: Millis | undefined;
}

type Labels = keyof ChannelLabels;
const LABELS: Labels[] = ['report', 'receiver', 'integration'];

export class ReportMetrics {
  readonly #sent: Counter<Labels>;
  readonly #failed: Counter<Labels>;
  readonly #sentAt: Gauge<Labels>;
  readonly #failedAt: Gauge<Labels>;
  #ways: readonly ChannelLabels[] = [];

  constructor(registry: Registry) {
    const shape = (name: string, help: string) => ({
      name: `langgraph_monitor_${name}`,
      help,
      labelNames: LABELS,
      registers: [registry],
    });
    this.#sent = new Counter(shape('reports_sent_total', 'Reports that a receiver took'));
    this.#failed = new Counter(
      shape('reports_failed_total', 'Attempts to make or send a report that failed'),
    );
    this.#sentAt = new Gauge(
      shape(
        'report_last_success_timestamp_seconds',
        'When a receiver last took a report, as a Unix timestamp; 0: never',
      ),
    );
    this.#failedAt = new Gauge(
      shape(
        'report_last_failure_timestamp_seconds',
        'When making or sending a report last failed, as a Unix timestamp; 0: never',
      ),
    );
  }

  /** From now on reports go these ways; their series are there before the first report. */
  initialize(ways: readonly (ChannelLabels & ChannelTimes)[]): void {
    const named = ways.map(({ report, receiver, integration }) => ({ report, receiver, integration }));
    const keys = new Set(named.map(keyOf));
    const metrics = [this.#sent, this.#failed, this.#sentAt, this.#failedAt];
    for (const way of this.#ways.filter(each => !keys.has(keyOf(each))))
      for (const metric of metrics) metric.remove({ ...way });
    const before = new Set(this.#ways.map(keyOf));
    named.forEach((way, i) => {
      if (before.has(keyOf(way))) return;
      this.#sent.inc({ ...way }, 0);
      this.#failed.inc({ ...way }, 0);
      this.#sentAt.set({ ...way }, (ways[i]?.sentAt ?? 0) / 1000);
      this.#failedAt.set({ ...way }, (ways[i]?.failedAt ?? 0) / 1000);
    });
    this.#ways = named;
  }

  sent({ report, receiver, integration }: ChannelLabels, at: Millis): void {
    this.#sent.inc({ report, receiver, integration });
    this.#sentAt.set({ report, receiver, integration }, at / 1000);
  }

  failed({ report, receiver, integration }: ChannelLabels, at: Millis): void {
    this.#failed.inc({ report, receiver, integration });
    this.#failedAt.set({ report, receiver, integration }, at / 1000);
  }
}

const keyOf = ({ report, receiver, integration }: ChannelLabels): string =>
  JSON.stringify([report, receiver, integration]);
