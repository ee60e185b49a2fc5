// What follows from the end of a scan: figures of the monitor itself, and an entry of /history. Comes in: scans; goes out: changes
// of the registry, and what is stored.

import type { ClusterSnapshot, HealthWriter } from '../cluster/health-json.js';
import type { ScanWatchdog } from '../cluster/watchdog.js';
import type { Exposition } from '../metrics/exposition.js';
import type { OwnMetrics } from '../metrics/own.js';
import type { MutedAlert } from '../model/muted.js';
import type { Clock, Millis } from '../model/time.js';
import type { Scan } from '../probes/scan.js';
import type { Store } from '../store/store.js';
import type { AlertWiring } from './alerting.js';
import type { QueryBackend } from './query-backend.js';

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

  constructor(options: ScanResultsOptions) {
    this.#options = options;
  }

  async add(scan: Scan): Promise<void> {
    const { watchdog, store, backend, health, clock } = this.#options;
    watchdog.scanEnded(clock.elapsed());
    this.#updateMetrics(scan);
    // What is remembered of a scan is what the rules say of it; results that come while they are evaluated are not part of it.
    const takeSnapshot = () => health.snapshot(clock.now(), clock.elapsed());
    let seen: ClusterSnapshot | undefined;
    await backend.evaluate(() => {
      seen = takeSnapshot();
    });
    const snapshot = seen ?? takeSnapshot();
    store.append({ at: snapshot.at, entry: health.writeEntry(snapshot, watchdog.interval) });
  }

  #updateMetrics({ lag, work }: Scan): void {
    const { own, store, backend, alerts, exposition, muted, clock } = this.#options;
    own.scans.inc();
    own.scanLag.set(lag / 1000);
    own.scanDuration.set(work / 1000);
    own.setStore(store);
    own.setSamples(backend.samples);
    alerts.updateMetrics(muted(clock.now()));
    exposition.markChanged();
  }
}
