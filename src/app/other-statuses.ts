// Asks the storage of all monitors what the rules of the others find, where each evaluates them over its own services. Comes in: an
// engine over all samples and one over the own; goes out: the status of all services in the cluster's state.

import type { SentLabels } from '../alerts/sent-labels.js';
import { STATUS_QUERIES, type StatusAnswers, statusOfOthers, togetherOf } from '../cluster/shard-status.js';
import type { ClusterState } from '../cluster/state.js';
import { CLUSTER_STATUS, type ClusterStatus } from '../cluster/status.js';
import type { Clock } from '../model/time.js';
import type { QueryEngine } from '../query/engine.js';
import type { AllShardsRules } from '../rules/all-shards.js';
import type { InstantSample } from '../rules/query-func.js';
import type { TransferredRuleFile } from '../rules/transfer.js';
import { OWN_TIMEOUT } from './remote-backend.js';

export interface OtherStatusesOptions {
  readonly engine: Pick<QueryEngine, 'instant'>;
  /** Over the samples of this monitor; undefined where rules are evaluated elsewhere. */
  readonly ruleEngine: () => Pick<QueryEngine, 'instant'> | undefined;
  /** The label `instance` of the own samples. */
  readonly instance: () => string;
  readonly sentLabels: SentLabels;
  readonly cluster: ClusterState;
  readonly clock: Pick<Clock, 'now'>;
}

export class OtherStatuses {
  readonly #options: OtherStatusesOptions;
  /** Undefined where the rules here see what those of other monitors do. */
  #rules: Promise<AllShardsRules | undefined> | undefined;
  /** The last answers: the status of the others, and what their rules have recorded for those of all shards. */
  #theirs: ClusterStatus | undefined;
  #recorded: readonly InstantSample[] = [];
  /** What the rules of all shards found last. */
  #value: number | undefined;
  /** Counts what was begun, so that an older outcome does not replace a newer one. */
  #turn = 0;

  constructor(options: OtherStatusesOptions) {
    this.#options = options;
  }

  /** @param rules the rule files of every monitor, where each evaluates them over its own samples; else undefined */
  configure(rules: readonly TransferredRuleFile[] | undefined): void {
    this.#turn++;
    this.#rules = rules && allShardsRules(rules);
    this.#value = undefined;
    if (rules) return;
    this.#theirs = undefined;
    this.#options.cluster.setOthersStatus(undefined);
  }

  /** Asks once; without an answer the last status stays. @throws QueryError */
  async ask(): Promise<void> {
    const configured = this.#rules;
    if (!configured) return;
    const rules = await configured;
    const { cluster, instance, sentLabels } = this.#options;
    const queries = { ...STATUS_QUERIES, ...(rules && { recorded: rules.query }) };
    const asked = Object.entries(queries).map(async ([name, query]) => [name, await this.#samples(query)]);
    const answers = Object.fromEntries(await Promise.all(asked)) as StatusAnswers & {
      readonly recorded?: readonly InstantSample[];
    };
    // A reload may have come meanwhile.
    if (this.#rules !== configured) return;
    const nameOf = (id: string) => cluster.service(id)?.name;
    const own = instance();
    this.#theirs = statusOfOthers(answers, { instance: own, nameOf, sentLabels });
    this.#recorded = (answers.recorded ?? []).filter(({ labels }) => labels.get('instance') !== own);
    await this.join();
  }

  /** Evaluates the rules of all shards again: after an answer, and after what the own rules have found. */
  async join(): Promise<void> {
    const turn = ++this.#turn;
    const rules = await this.#rules;
    const value = rules && (await this.#valueOf(rules));
    // A reload or a newer evaluation may have come meanwhile.
    if (turn !== this.#turn || !this.#theirs) return;
    this.#value = value;
    this.#options.cluster.setOthersStatus({ together: togetherOf(value), theirs: this.#theirs });
  }

  /** Of the own samples, which are newer here than in the storage, and those of the others. */
  async #valueOf(rules: AllShardsRules): Promise<number | undefined> {
    const { ruleEngine, clock } = this.#options;
    const at = clock.now();
    try {
      const own = await ruleEngine()?.instant(rules.query, at, { timeout: OWN_TIMEOUT });
      return own && rules.value([...own.samples, ...this.#recorded], at);
    } catch {
      // It stays, as all does that the rules have found: that the own samples cannot be read is shown as their problem.
      return this.#value;
    }
  }

  async #samples(query: string): Promise<readonly InstantSample[]> {
    const { engine, clock } = this.#options;
    return (await engine.instant(query, clock.now(), { timeout: OWN_TIMEOUT })).samples;
  }
}

/** The evaluator is loaded where it is needed only: elsewhere it is in the thread of the queries alone. */
async function allShardsRules(files: readonly TransferredRuleFile[]): Promise<AllShardsRules | undefined> {
  const { AllShardsRules } = await import('../rules/all-shards.js');
  return AllShardsRules.of(files, CLUSTER_STATUS);
}
