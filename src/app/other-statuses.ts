// Asks the storage of all monitors what the rules of the others find, where each evaluates them over its own services. Comes in: an
// engine; goes out: their status in the cluster's state.

import type { SentLabels } from '../alerts/sent-labels.js';
import { STATUS_QUERIES, type StatusAnswers, statusOfOthers } from '../cluster/shard-status.js';
import type { ClusterState } from '../cluster/state.js';
import type { Clock } from '../model/time.js';
import type { QueryEngine } from '../query/engine.js';
import { OWN_TIMEOUT } from './remote-backend.js';

export interface OtherStatusesOptions {
  readonly engine: Pick<QueryEngine, 'instant'>;
  /** The label `instance` of the own samples. */
  readonly instance: () => string;
  readonly sentLabels: SentLabels;
  readonly cluster: ClusterState;
  readonly clock: Pick<Clock, 'now'>;
}

export class OtherStatuses {
  readonly #options: OtherStatusesOptions;
  #isOn = false;

  constructor(options: OtherStatusesOptions) {
    this.#options = options;
  }

  /** @param isOn whether the rules of other monitors see what those here do not */
  configure(isOn: boolean): void {
    this.#isOn = isOn;
    if (!isOn) this.#options.cluster.setOthersStatus(undefined);
  }

  /** Asks once; without an answer the last status stays. @throws QueryError */
  async ask(): Promise<void> {
    if (!this.#isOn) return;
    const { engine, clock, cluster, instance, sentLabels } = this.#options;
    const ask = async ([name, query]: [string, string]) => {
      const { samples } = await engine.instant(query, clock.now(), { timeout: OWN_TIMEOUT });
      return [name, samples];
    };
    const answers = await Promise.all(Object.entries(STATUS_QUERIES).map(ask));
    const nameOf = (id: string) => cluster.service(id)?.name;
    const status = statusOfOthers(Object.fromEntries(answers) as StatusAnswers, {
      ...{ instance: instance(), nameOf, sentLabels },
    });
    // A reload may have come meanwhile.
    if (this.#isOn) cluster.setOthersStatus(status);
  }
}
