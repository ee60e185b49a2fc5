// Which services are in maintenance, kept up to date. Comes in: silences and services; goes out: a change, at the
// moment it happens. The caller must close it.

import { maintenanceAt, maintenanceChangesAt } from '../alertmanager/mute/maintenance.js';
import type { Silences } from '../alertmanager/mute/silences.js';
import type { Labels } from '../model/labels.js';
import type { Maintenance } from '../model/maintenance.js';
import type { Service } from '../model/service.js';
import { type Clock, MAX_WAIT } from '../model/time.js';

interface MaintainingOptions {
  readonly silences: Pick<Silences, 'all'>;
  /** All services there are. */
  readonly services: () => readonly Service[];
  /** The labels of a service's own alert, as it is sent. */
  readonly alertLabels: (service: Service) => Labels;
  /** Takes the services that are in maintenance, by id. */
  readonly onChange: (now: ReadonlyMap<string, Maintenance>) => void;
  readonly clock: Clock;
}

export class Maintaining {
  readonly #options: MaintainingOptions;
  #now: ReadonlyMap<string, Maintenance> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MaintainingOptions) {
    this.#options = options;
  }

  /** Looks at all silences and services again; to be called when one of either has changed. */
  update(): void {
    clearTimeout(this.#timer);
    const { silences, services, alertLabels, onChange, clock } = this.#options;
    const [all, at] = [silences.all(), clock.now()];
    const now = new Map<string, Maintenance>();
    for (const service of services()) {
      const maintenance = maintenanceAt(all, alertLabels(service), at);
      const before = this.#now.get(service.id);
      const isSame = before?.until === maintenance?.until && before?.comment === maintenance?.comment;
      // The same object, so that what was made of it is still right.
      if (maintenance) now.set(service.id, isSame && before ? before : maintenance);
    }
    const isSame = now.size === this.#now.size && [...now].every(([id, each]) => this.#now.get(id) === each);
    this.#now = now;
    if (!isSame) onChange(now);
    const next = maintenanceChangesAt(all, at);
    if (next === undefined) return;
    // A timer may fire a moment early by the wall clock.
    this.#timer = setTimeout(() => this.update(), Math.min(next - at + 1, MAX_WAIT));
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
