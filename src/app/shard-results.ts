// Asks the storage of all monitors what the others know of the services they check, and what their rules find. Comes in: an
// engine, and which services; goes out: their results and status in the cluster's state.

import type { Refresher } from '../cluster/on-demand.js';
import { ShardMonitors } from '../cluster/shard-monitors.js';
import { monitorsQuery, reasonQuery, type ShardNews, shardQueries } from '../cluster/shard-queries.js';
import { type ShardAnswers, ShardStates } from '../cluster/shard-states.js';
import type { ClusterState, LevelChange } from '../cluster/state.js';
import { doByPieces, yieldToEventLoop } from '../concurrency/time-slicer.js';
import type { Exposition } from '../metrics/exposition.js';
import type { ShardMetrics } from '../metrics/shards.js';
import type { Shard } from '../model/service.js';
import type { Clock, Millis } from '../model/time.js';
import type { QueryEngine } from '../query/engine.js';
import type { Configuration } from './configuration.js';
import type { Logger } from './log.js';
import { OtherStatuses, type OtherStatusesOptions } from './other-statuses.js';
import { OWN_TIMEOUT } from './remote-backend.js';
import { ChangeReader, type ChangeReaderOptions } from './shard-change-reader.js';
import { areChangesWritten } from './shard-change-writer.js';

/** What a configuration without a storage leads to. */
const NO_STORAGE =
  'services of other shards are shown as unknown; set query.url to the storage that has the metrics of all';

/** What one without remote_write leads to where each monitor evaluates its own rules. */
const NO_STATUSES =
  'with query.rules: local the status and alerts of other shards are known by remote_write only; add it, to the storage at query.url';

/** Pause before the storage is asked for all services once more. */
const PAUSE: Millis = 5000;
/**
 * A storage that takes long to answer is asked less often where changes are known without it: the pause is so many times what the
 * answers took, and at most the shortest interval of checks, or this. While a service is not known it is asked at the usual pace.
 */
const PAUSE_FACTOR = 20;
const MAX_PAUSE: Millis = 30_000;
/** Services that are brought up to date in one go. */
const MAX_SHOWN = 1000;

type WarnedConfiguration = Pick<Configuration, 'elsewhere' | 'remote' | 'rulePlace' | 'remoteWrite'>;
type ShardConfiguration = WarnedConfiguration & Pick<Configuration, 'shard' | 'rules'>;

/** What of a configuration with shards will not work as it is probably meant, one line each. */
export function shardWarnings({ elsewhere, remote, rulePlace, remoteWrite }: WarnedConfiguration): string[] {
  if (elsewhere.size === 0) return [];
  if (!remote) return [NO_STORAGE];
  return rulePlace === 'local' && remoteWrite.remotes.length === 0 ? [NO_STATUSES] : [];
}

interface ShardResultsOptions extends OtherStatusesOptions, Pick<ChangeReaderOptions, 'stored'> {
  readonly engine: Pick<QueryEngine, 'instant'>;
  readonly cluster: ClusterState;
  readonly refresher: Pick<Refresher, 'resolved'>;
  readonly metrics: Pick<ShardMetrics, 'set'>;
  readonly exposition: Pick<Exposition, 'markChanged'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** The caller must {@link close} it. */
export class ShardResults {
  readonly #options: ShardResultsOptions;
  readonly #states = new ShardStates();
  #monitors = new ShardMonitors();
  #shard: Shard | undefined;
  readonly #otherStatuses: OtherStatuses;
  #intervals: ReadonlyMap<string, Millis> = new Map();
  /** Whether there is a storage that has what other monitors found. */
  #isStored = false;
  readonly #changes: ChangeReader;
  /** Whether changes are read by themselves. */
  #readsChanges = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** Why the last question was not answered. */
  #problem: string | undefined;
  /** What metrics say of other shards. */
  #shown = '[]';

  constructor(options: ShardResultsOptions) {
    this.#options = options;
    this.#otherStatuses = new OtherStatuses(options);
    this.#changes = new ChangeReader(options, (changes, at) => {
      const added = this.#states.addChanges(changes, at);
      if (added.length > 0) this.#showChanges(this.#update(added));
    });
  }

  /** Asks for the services that this configuration leaves to other monitors, and for no others. */
  configure(configuration: ShardConfiguration): void {
    const { elsewhere, remote, rulePlace, rules, shard } = configuration;
    clearTimeout(this.#timer);
    // Services that are new here may have been checked long before.
    this.#monitors = new ShardMonitors();
    this.#shard = shard;
    this.#intervals = elsewhere;
    this.#states.keep(elsewhere);
    this.#isStored = remote !== undefined;
    this.#readsChanges = areChangesWritten(configuration);
    this.#changes.configure(this.#readsChanges ? elsewhere.keys() : []);
    const areSplit = elsewhere.size > 0 && this.#isStored && rulePlace === 'local';
    this.#otherStatuses.configure(areSplit ? rules : undefined);
    for (const err of shardWarnings(configuration))
      this.#options.log.warn({ err }, 'States of other shards are not known');
    if (elsewhere.size === 0 || !this.#isStored) {
      this.#options.cluster.setShardMissing(false);
      this.#options.cluster.setShardsProblem(undefined, this.#options.clock.now());
      this.#showShards();
      return;
    }
    this.#showMissing();
    void this.ask();
  }

  /** The own rules were evaluated: what follows for the services of all shards. */
  evaluated(): void {
    void this.#otherStatuses.join();
  }

  /** Asks at once for what a caller waits for; services that are checked here are left alone. */
  refresh(ids: readonly string[]): void {
    const elsewhere = ids.filter(id => this.#intervals.has(id));
    if (elsewhere.length === 0) return;
    const asked = this.#isStored ? this.ask() : Promise.resolve();
    void asked.then(() => {
      for (const id of elsewhere) this.#options.refresher.resolved(id);
    });
  }

  /** Asks once; calls meanwhile share the answer. */
  ask(): Promise<void> {
    this.#running ??= this.#askAndRest();
    return this.#running;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#changes.close();
    this.#intervals = new Map();
  }

  async #askAndRest(): Promise<void> {
    const begun = performance.now();
    try {
      await this.#ask();
    } finally {
      this.#running = undefined;
      this.#arm(performance.now() - begun);
    }
  }

  /** @param duration of the last question */
  #arm(duration: Millis): void {
    clearTimeout(this.#timer);
    if (!this.#isStored || this.#intervals.size === 0) return;
    const longest = this.#readsChanges && this.#areAllKnown() ? this.#shortestInterval() : PAUSE;
    const pause = Math.max(PAUSE, Math.min(duration * PAUSE_FACTOR, longest));
    this.#timer = setTimeout(() => void this.ask(), pause);
  }

  #areAllKnown(): boolean {
    const { cluster } = this.#options;
    return [...this.#intervals.keys()].every(id => (cluster.result(id)?.level ?? 'unknown') !== 'unknown');
  }

  #shortestInterval(): Millis {
    return [...this.#intervals.values()].reduce((shortest, each) => Math.min(shortest, each), MAX_PAUSE);
  }

  async #ask(): Promise<void> {
    // Without an answer what is known stays: its checks become too old.
    await this.#addNews();
    // A configuration of meanwhile leaves nothing to others.
    if (!this.#isStored || this.#intervals.size === 0) return;
    await this.#showAll();
  }

  /** Some at a time, so that answers do not wait for ten thousand. */
  async #showAll(): Promise<void> {
    const ids = [...this.#intervals.keys()];
    // Answers to the questions of an earlier configuration may have come.
    this.#states.keep(this.#intervals);
    const changes: LevelChange[] = [];
    for (let i = 0; i < ids.length; i += MAX_SHOWN) {
      if (i > 0) await yieldToEventLoop();
      changes.push(...this.#update(ids.slice(i, i + MAX_SHOWN)));
    }
    this.#showChanges(changes);
  }

  /** @param ids of services that may be other than before */
  #update(ids: readonly string[]): LevelChange[] {
    const { clock, cluster } = this.#options;
    const intervals = ids.flatMap(id => {
      const interval = this.#intervals.get(id);
      return interval === undefined ? [] : [[id, interval] as const];
    });
    const results = this.#states.results(intervals, clock.now());
    return results.flatMap(result => cluster.update(result) ?? []);
  }

  #showChanges(changes: readonly LevelChange[]): void {
    this.#logChanges(changes);
    this.#showMissing();
    this.#showShards();
  }

  #showMissing(): void {
    const { cluster } = this.#options;
    const isUnknown = (id: string) => (cluster.result(id)?.level ?? 'unknown') === 'unknown';
    const missing = [...this.#intervals.keys()].some(id => cluster.service(id)?.critical && isUnknown(id));
    cluster.setShardMissing(missing);
  }

  /** A shard is seen as long as one of its services is. While the storage does not answer nothing is said of any. */
  #showShards(): void {
    const { cluster, metrics, exposition } = this.#options;
    const shards = new Map<number, boolean>();
    const isKnown = this.#isStored && this.#problem === undefined;
    for (const id of isKnown ? this.#intervals.keys() : []) {
      const shard = cluster.service(id)?.shard?.index;
      const isSeen = (cluster.result(id)?.level ?? 'unknown') !== 'unknown';
      if (shard !== undefined) shards.set(shard, isSeen || shards.get(shard) === true);
    }
    const shown = JSON.stringify([...shards]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    metrics.set(shards);
    exposition.markChanged();
  }

  /** Asks which monitors have made checks, and for those. */
  async #addNews(): Promise<void> {
    const { cluster, clock, log } = this.#options;
    const [monitors, shard] = [this.#monitors, this.#shard];
    if (!shard) return;
    try {
      const { news, gone, done } = monitors.plan(await this.#samples(monitorsQuery(shard)));
      for (const monitor of gone) this.#states.removeMonitor(monitor);
      const answers = news && (await this.#answers(news));
      if (answers) await doByPieces(this.#states.adding(answers));
      done(answers?.checked ?? []);
      await this.#otherStatuses.ask();
      if (this.#monitors !== monitors) return;
      this.#problem = undefined;
      cluster.setShardsProblem(undefined, clock.now());
    } catch (error) {
      // A configuration of meanwhile asks other questions, or none.
      if (this.#monitors !== monitors) return;
      const { message } = error as Error;
      if (message !== this.#problem)
        log.warn({ err: message }, 'The storage does not say how services of other shards are');
      this.#problem = message;
      cluster.setShardsProblem(message, clock.now());
    }
  }

  /** One after the other: a storage answers few at a time, and not to this monitor alone. @throws QueryError */
  async #answers(news: ShardNews): Promise<ShardAnswers> {
    const answers: Partial<Record<keyof ShardAnswers, ShardAnswers['checked']>> = {};
    for (const [name, query] of Object.entries(shardQueries(news)) as [keyof ShardAnswers, string][])
      answers[name] = await this.#samples(query);
    const query = reasonQuery(news, answers.failures ?? []);
    answers.reason = query === undefined ? [] : await this.#samples(query);
    return answers as ShardAnswers;
  }

  async #samples(query: string) {
    const { engine, clock } = this.#options;
    return (await engine.instant(query, clock.now(), { timeout: OWN_TIMEOUT })).samples;
  }

  /** Each monitor logs its own services; here only whether other monitors are seen, a line for each. */
  #logChanges(changes: readonly LevelChange[]): void {
    const { log } = this.#options;
    const lost = countByShard(changes.filter(({ to }) => to === 'unknown'));
    const found = countByShard(changes.filter(({ from }) => from === 'unknown'));
    for (const [shard, services] of lost) log.warn({ shard, services }, 'No recent checks of another shard');
    for (const [shard, services] of found) log.info({ shard, services }, 'Checks of another shard are seen');
  }
}

function countByShard(changes: readonly LevelChange[]): Map<number | undefined, number> {
  const counts = new Map<number | undefined, number>();
  for (const { service } of changes) {
    const shard = service.shard?.index;
    counts.set(shard, (counts.get(shard) ?? 0) + 1);
  }
  return counts;
}
