// Plays the timetable on a cluster. In: the time passed. Out: conditions set, and a line for each incident that begins
// or ends.

import type { Millis } from '../model/time.js';
import { type Cluster, SERVICE_IDS } from './cluster.js';
import { OK } from './fault.js';
import { INCIDENTS, type Incident, incidentsAt } from './incidents.js';

/** The begin or end of an incident, to be printed. */
export interface ScenarioEvent {
  readonly incident: Incident;
  readonly what: 'begins' | 'ends';
}

/** Brings the cluster to the state the timetable has for a moment. */
export class Scenario {
  readonly #cluster: Cluster;
  readonly #timetable: readonly Incident[];
  #active: readonly Incident[] = [];

  /** Incidents of services that do not run are left out. */
  constructor(cluster: Cluster, timetable: readonly Incident[] = INCIDENTS) {
    this.#cluster = cluster;
    this.#timetable = timetable.filter(({ service }) => cluster[service] !== undefined);
  }

  /** Sets what changed since the last call; resolves with it when it holds, ends before beginnings. Not twice at once. */
  async advance(elapsed: Millis): Promise<ScenarioEvent[]> {
    const before = this.#active;
    const now = incidentsAt(elapsed, this.#timetable);
    const ended = before.filter(incident => !now.includes(incident));
    const begun = now.filter(incident => !before.includes(incident));
    for (const id of SERVICE_IDS) {
      const next = begun.find(({ service }) => service === id);
      if (next) await this.#cluster.set(id, next.condition);
      else if (ended.some(({ service }) => service === id)) await this.#cluster.set(id, OK);
    }
    this.#active = now;
    return [
      ...ended.map(incident => ({ incident, what: 'ends' }) as const),
      ...begun.map(incident => ({ incident, what: 'begins' }) as const),
    ];
  }
}
