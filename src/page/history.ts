// Fills the cards' history by PromQL: for visible services only, some at a time, one query after the other, so that a
// thousand services cost the monitor no more than a screen of them.

import type { BarSpan } from './address.js';
import { instant, range, type Series, targets } from './api.js';
import type { History, Model, Tick } from './model.js';
import type { Status } from './state.js';
import { statusRank } from './status.js';
import { maintenanceQuery, plannedQuery, upQuery } from './uptime.js';

/** Services queried at a time; a day of samples each is a lot. */
const BATCH: Readonly<Record<BarSpan, number>> = { '90min': 24, '90h': 16, '90d': 8 };
/** Seconds a tick stands for, and as PromQL writes it. */
const TICK: Readonly<Record<BarSpan, readonly [number, string]>> = {
  '90min': [60, '1m'],
  '90h': [3600, '1h'],
  '90d': [86_400, '1d'],
};
const TICKS = 90;
const SPARK_POINTS = 60;
const SPARK_STEP = 60;
/** A tick of an hour or a day with an outage no longer than this share of it is degraded, not unhealthy. */
const BRIEF = 0.05;
/** Milliseconds after which a part is queried again. */
const FRESH = { recent: 60_000, uptime: 600_000 };
/** The same for a part whose query failed. */
const AGAIN = 10_000;
const UPTIME_SPANS = ['24h', '7d', '30d'];

interface FetchTimes {
  bars: BarSpan;
  recentAt: number;
  uptimeAt: number;
}

export class Histories {
  readonly #model: Model;
  readonly #fetched = new Map<string, FetchTimes>();
  #seen: ReadonlySet<string> = new Set();
  #isBusy = false;

  constructor(model: Model) {
    this.#model = model;
  }

  /** These services are in sight now. */
  see(ids: ReadonlySet<string>): void {
    this.#seen = ids;
    void this.refresh();
  }

  /** Queries what is missing or old of the visible services. */
  async refresh(): Promise<void> {
    if (this.#isBusy || document.hidden || this.#model.isAway.peek()) return;
    this.#isBusy = true;
    try {
      for (let batch = this.#due(); batch.length > 0; batch = this.#due()) {
        await this.#fill(batch);
        this.#model.historyProblem.value = '';
      }
    } catch (error) {
      this.#model.historyProblem.value = (error as Error).message;
    } finally {
      this.#isBusy = false;
    }
  }

  #due(): string[] {
    const { bars } = this.#model.view.peek();
    const now = performance.now();
    const isDue = (id: string) => {
      const fetched = this.#fetched.get(id);
      return fetched?.bars !== bars || now - fetched.recentAt > FRESH.recent;
    };
    return [...this.#seen].filter(isDue).slice(0, BATCH[bars]);
  }

  async #fill(ids: readonly string[]): Promise<void> {
    const { bars } = this.#model.view.peek();
    const now = performance.now();
    const uptimeAt = (id: string) => this.#fetched.get(id)?.uptimeAt ?? Number.NEGATIVE_INFINITY;
    const needUptime = ids.filter(id => now - uptimeAt(id) > FRESH.uptime);
    // Set before the queries: one that fails is repeated after a while, not at once.
    for (const id of ids)
      this.#fetched.set(id, { bars, recentAt: now + AGAIN - FRESH.recent, uptimeAt: uptimeAt(id) });
    const isPlanned = (await instant(maintenanceQuery(targets(ids)))).length > 0;
    await this.#fillTicks(ids, bars, isPlanned);
    await this.#fillSparklines(ids);
    if (needUptime.length > 0) await this.#fillUptime(needUptime, isPlanned);
    for (const id of ids)
      this.#fetched.set(id, { bars, recentAt: now, uptimeAt: needUptime.includes(id) ? now : uptimeAt(id) });
  }

  async #fillTicks(ids: readonly string[], bars: BarSpan, isPlanned: boolean): Promise<void> {
    const [step, window] = TICK[bars];
    const end = Math.ceil(this.#model.now.peek() / 1000 / step) * step;
    const points = (query: string) => range(query, end, step, TICKS);
    const of = targets(ids);
    const up = await points(upQuery(of, window, isPlanned));
    const planned = isPlanned ? await points(plannedQuery(of, window)) : [];
    const slowest = await points(`max by (target) (max_over_time(probe_duration_seconds{${of}}[${window}]))`);
    const states =
      bars === '90min'
        ? await points(
            `max by (target, status) (max_over_time(langgraph_monitor_service_status{${of}}[${window}])) == 1`,
          )
        : [];
    for (const id of ids) {
      const own = (series: readonly Series[]) => series.filter(({ metric }) => metric.target === id);
      const places = { end, step };
      const lines = { up: own(up)[0], planned: own(planned)[0], slowest: own(slowest)[0] };
      this.#update(id, { ticks: ticksOf(places, lines, own(states)) });
    }
  }

  async #fillSparklines(ids: readonly string[]): Promise<void> {
    const end = Math.floor(this.#model.now.peek() / 1000 / SPARK_STEP) * SPARK_STEP;
    const of = targets(ids);
    const quantile = (q: number) =>
      range(
        `max by (target) (quantile_over_time(${q}, probe_duration_seconds{${of}}[2m]))`,
        end,
        SPARK_STEP,
        SPARK_POINTS,
      );
    const [median, p95] = [await quantile(0.5), await quantile(0.95)];
    const usual = await instant(`max by (target) (langgraph:response_time_seconds:avg1d{${of}})`);
    const places = { end, step: SPARK_STEP };
    for (const id of ids) {
      const own = (series: readonly Series[]) => series.find(({ metric }) => metric.target === id);
      const line = (series: readonly Series[]) => pointsOf(places, SPARK_POINTS, own(series));
      this.#update(id, { median: line(median), p95: line(p95), usual: numberOf(own(usual)) });
    }
  }

  async #fillUptime(ids: readonly string[], isPlanned: boolean): Promise<void> {
    const shares: (readonly Series[])[] = [];
    for (const span of UPTIME_SPANS) shares.push(await instant(upQuery(targets(ids), span, isPlanned)));
    for (const id of ids) {
      const own = (series: readonly Series[]) => numberOf(series.find(({ metric }) => metric.target === id));
      this.#update(id, { uptime: shares.map(own) });
    }
  }

  #update(id: string, part: History): void {
    const history = this.#model.history(id);
    history.value = { ...history.peek(), ...part };
  }
}

/** Where the points of a range are: the last one, and seconds between two. */
interface Places {
  readonly end: number;
  readonly step: number;
}

function pointsOf({ end, step }: Places, points: number, series: Series | undefined): number[] {
  const line = new Array<number>(points).fill(Number.NaN);
  for (const [at, value] of series?.values ?? []) {
    const place = points - 1 - Math.round((end - at) / step);
    if (place >= 0 && place < points) line[place] = Number(value);
  }
  return line;
}

/** Of one service. */
interface TickLines {
  readonly up: Series | undefined;
  readonly planned: Series | undefined;
  readonly slowest: Series | undefined;
}

function ticksOf(places: Places, { up, planned, slowest }: TickLines, states: readonly Series[]): Tick[] {
  const shares = pointsOf(places, TICKS, up);
  const maintained = pointsOf(places, TICKS, planned);
  const slow = pointsOf(places, TICKS, slowest);
  const lines = states
    .map(series => ({
      status: series.metric.status as Status,
      points: pointsOf(places, TICKS, series),
    }))
    .sort((a, b) => statusRank(a.status) - statusRank(b.status));
  return shares.map((share, i) => {
    const measured = Number.isFinite(share) ? share : undefined;
    const found = lines.filter(({ points }) => points[i] === 1).map(({ status }) => status);
    // A time that began before the first check is what the checks then found.
    const worst = found.find(status => status !== 'unknown') ?? found[0];
    return {
      at: (places.end - (TICKS - 1 - i) * places.step) * 1000,
      status: worst ?? (states.length > 0 ? undefined : statusOf(measured)),
      up: measured,
      planned: maintained[i] || 0,
      slowest: Number.isFinite(slow[i]) ? slow[i] : undefined,
    };
  });
}

/** What a longer time was like, by the share of it that a service was up. */
function statusOf(share: number | undefined): Status | undefined {
  if (share === undefined) return undefined;
  if (share >= 1) return 'healthy';
  return share >= 1 - BRIEF ? 'degraded' : 'unhealthy';
}

function numberOf(series: Series | undefined): number | undefined {
  const number = Number(series?.value[1] ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}
