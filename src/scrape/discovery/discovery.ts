// All jobs' targets. Comes in: jobs; goes out: their pools, whenever one has changed.

import { serializeSecrets } from '../../config/secret-transfer.js';
import type { LogLevel } from '../../model/log.js';
import type { Millis } from '../../model/time.js';
import { RecordLookup } from '../../net/records.js';
import type { ScrapeJob, TargetGroup } from '../config/definition.js';
import type { ScrapePool } from '../target.js';
import { DnsDiscovery } from './dns.js';
import { FileDiscovery } from './file.js';
import { HttpDiscovery } from './http.js';
import { type DiscoveredPool, PoolBuilder } from './pool.js';
import type { DiscoveryProvider, OnRefresh } from './provider.js';

/** Changes that come within it are one. */
const SETTLE: Millis = 100;

type Mechanism = 'file' | 'dns' | 'http';

interface DiscoveryOptions {
  /** All pools, in the order of the jobs. */
  readonly onPools: (pools: readonly ScrapePool[]) => void;
  /** A mechanism (`file`, `dns`, `http`) could not find all targets. */
  readonly onFailure?: (mechanism: Mechanism) => void;
  readonly log: (level: LogLevel, message: string, fields: Record<string, unknown>) => void;
  /** Another file than /etc/resolv.conf. */
  readonly resolvConf?: string;
}

/** One provider of a job and what it found last. */
interface Source {
  readonly provider: DiscoveryProvider;
  groups: readonly TargetGroup[];
  /** The problem it reported last. */
  problem: string | undefined;
}

interface RunningJob {
  readonly job: ScrapeJob;
  readonly builder: PoolBuilder;
  /** By what their configuration says. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Why targets are none, as it was logged last. */
  problems: string;
}

/** Discovers the targets of all jobs. The caller must {@link close} it. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #lookup: RecordLookup;
  #jobs: readonly RunningJob[] = [];
  #pools: readonly DiscoveredPool[] = [];
  #settling: NodeJS.Timeout | undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#lookup = new RecordLookup(options.resolvConf);
  }

  /** What was found last, a pool for each job. */
  get pools(): readonly DiscoveredPool[] {
    return this.#pools;
  }

  /**
   * Takes other jobs; what static groups and files say is in the pools when it returns. A provider whose configuration
   * stays the same goes on, and keeps its targets.
   */
  configure(jobs: readonly ScrapeJob[]): void {
    const before = new Map(this.#jobs.map(running => [running.job.name, running.sources]));
    const after = jobs.map(job => this.#run(job, before.get(job.name) ?? new Map()));
    const kept = new Set(after.flatMap(({ sources }) => [...sources.values()]));
    for (const { sources } of this.#jobs)
      for (const source of sources.values()) if (!kept.has(source)) source.provider.close();
    this.#jobs = after;
    this.#update();
  }

  close(): void {
    clearTimeout(this.#settling);
    for (const { sources } of this.#jobs) for (const { provider } of sources.values()) provider.close();
    this.#jobs = [];
    this.#lookup.cancel();
  }

  #run(job: ScrapeJob, before: ReadonlyMap<string, Source>): RunningJob {
    const sources = new Map<string, Source>();
    const add = (kind: Mechanism, config: object, open: (onRefresh: OnRefresh) => DiscoveryProvider) => {
      const key = `${kind} ${JSON.stringify(serializeSecrets(config))}`;
      sources.set(key, before.get(key) ?? this.#open(job.name, kind, open));
    };
    const { file, http, dns } = job.discovery;
    for (const config of file) add('file', config, onRefresh => new FileDiscovery(config, onRefresh));
    for (const config of http) add('http', config, onRefresh => new HttpDiscovery(config, onRefresh));
    for (const config of dns)
      add('dns', config, onRefresh => new DnsDiscovery(config, this.#lookup, onRefresh));
    return { job, builder: new PoolBuilder(job), sources, problems: '' };
  }

  #open(job: string, discovery: Mechanism, open: (onRefresh: OnRefresh) => DiscoveryProvider): Source {
    const { log, onFailure } = this.#options;
    const found: Omit<Source, 'provider'> = { groups: [], problem: undefined };
    const provider = open(({ groups, problem }) => {
      if (problem !== undefined) onFailure?.(discovery);
      if (problem !== undefined && problem !== found.problem)
        log('warn', 'Service discovery failed; the targets found last stay', {
          job,
          discovery,
          err: problem,
        });
      if (problem === undefined && found.problem !== undefined)
        log('info', 'Service discovery recovered', { job, discovery });
      found.problem = problem;
      if (!groups || JSON.stringify(groups) === JSON.stringify(found.groups)) return;
      found.groups = groups;
      this.#changed();
    });
    return Object.assign(found, { provider });
  }

  #changed(): void {
    this.#settling ??= setTimeout(() => this.#update(), SETTLE);
  }

  #update(): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    this.#pools = this.#jobs.map(running => this.#build(running));
    this.#options.onPools(this.#pools.map(({ pool }) => pool));
  }

  #build(running: RunningJob): DiscoveredPool {
    const { job, builder, sources } = running;
    const groups = [...job.discovery.static, ...[...sources.values()].flatMap(source => source.groups)];
    const pool = builder.build(groups);
    const problems = pool.problems.join('\n');
    if (problems !== running.problems)
      for (const err of pool.problems)
        this.#options.log('warn', 'Target cannot be scraped', { job: job.name, err });
    running.problems = problems;
    return pool;
  }
}
