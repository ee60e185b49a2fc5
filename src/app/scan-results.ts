// What follows from the end of a scan: figures of the monitor itself, and an entry of /history. Comes in: scans; goes out: changes
// of the registry, and what is stored.

import type { ClusterSnapshot, HealthWriter } from '../cluster/health-json.js';
import type { ScanWatchdog } from '../cluster/watchdog.js';
import type { Exposition } from '../metrics/exposition.js';
import type { OwnMetrics } from '../metrics/own.js';
import type { MutedAlert } from '../model/muted.js';
import type { Clock, Millis } from '../model/time.js';
import type { Scan } from '../probes/scan.js';
import { deflatedScan } from '../store/scans.js';
import type { Store } from '../store/store.js';
import type { AlertWiring } from './alerting.js';
import type { QueryBackend } from './query-backend.js';

/**
 * Characters of the history in a millisecond, a tenth of which is on disk: of ten thousand services there is an entry every two
 * minutes. One for each scan would take gigabytes a day.
 */
const HISTORY_RATE = 25;

interface ScanResultsOptions {
  readonly watchdog: ScanWatchdog;
  readonly own: OwnMetrics;
  readonly store: Store;
  readonly backend: Pick<QueryBackend, 'samples' | 'evaluate'>;
  readonly alerts: Pick<AlertWiring, 'updateMetrics'>;
  readonly exposition: Exposition;
  readonly health: HealthWriter;
  /** Alerts that are not sent at a moment. */
  readonly muted: (at: Millis) => readonly MutedAlert[];
  readonly clock: Clock;
}

/** Takes the ends of scans. */
export class ScanResults {
  readonly #options: ScanResultsOptions;
  /** How long the last entry of the history stands for at least, and when the next one may be, by the monotonic clock. */
  #entryLength: Millis = 0;
  #nextEntryAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: ScanResultsOptions) {
    this.#options = options;
  }

  async add(scan: Scan): Promise<void> {
    const { watchdog, backend, health, clock } = this.#options;
    watchdog.scanEnded(clock.elapsed());
    this.#updateMetrics(scan);
    const isRemembered = clock.elapsed() >= this.#nextEntryAt;
    // What is remembered of a scan is what the rules say of it; results that come while they are evaluated are not part of it.
    const takeSnapshot = () => health.snapshot(clock.now(), clock.elapsed());
    let seen: ClusterSnapshot | undefined;
    await backend.evaluate(() => {
      if (isRemembered) seen = takeSnapshot();
    });
    if (isRemembered) await this.#remember(seen ?? takeSnapshot());
  }

  async #remember(snapshot: ClusterSnapshot): Promise<void> {
    const { health, store, watchdog } = this.#options;
    const entry = health.writeEntry(snapshot, Math.max(watchdog.interval, this.#entryLength));
    this.#entryLength = entry.length / HISTORY_RATE;
    this.#nextEntryAt = snapshot.elapsed + this.#entryLength;
    store.append(await deflatedScan({ at: snapshot.at, entry }));
  }

  #updateMetrics({ lag, lags, work }: Scan): void {
    const { own, store, backend, alerts, exposition, muted, clock } = this.#options;
    own.scans.inc();
    own.scanLag.set(lag / 1000);
    for (const each of lags) own.checkStartLag.observe(each / 1000);
    own.scanDuration.set(work / 1000);
    own.setStore(store);
    own.setSamples(backend.samples);
    alerts.updateMetrics(muted(clock.now()));
    exposition.markChanged();
  }
}
