// Answers from our own samples. Comes in: questions and scrapes; goes out: answers. A thread owns the samples and does
// the work; this keeps it alive and carries between it and whoever asks. Made by monitor.ts.

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { LifeSigns } from '../concurrency/life-signs.js';
import { Labels } from '../model/labels.js';
import type { Scrape } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import { apiAlerts, apiRules, ParameterError } from '../rules/api.js';
import type { RuleGroupView } from '../rules/view.js';
import { FetchedBytes } from './chunked-answer.js';
import {
  type ApiAnswer,
  type ApiQuestion,
  type FamilyMetadata,
  type InstantAnswer,
  type OwnQuestionOptions,
  QueryError,
  type QuestionOptions,
  type RangeAnswer,
  type SamplesStatus,
  type SamplingEngine,
} from './engine.js';
import { describeFamilies } from './metadata.js';
import type {
  BegunAnswer,
  Order,
  PlainAnswer,
  Rank,
  Report,
  ThreadAnswer,
  ThreadQuestion,
  ThreadStart,
} from './protocol.js';
import { buffersOf, packScrape } from './scrape-codec.js';
import type { Judgement, RuleSettings } from './thread/rules.js';

/** The first death is taken for a query's fault and does not hold up the next one. */
const FIRST_BACKOFF: Millis = 0;
const SECOND_BACKOFF: Millis = 1000;
const LONGEST_BACKOFF: Millis = 60_000;
/** A thread that has lived this long is sound. */
const SOUND: Millis = 60_000;
const PING_EVERY: Millis = 10_000;
/** What the thread's garbage may take before it is collected, in MiB: V8's own limit is sixteen times as much at rest. */
const NURSERY = 8;
/** How long the thread may take to write what waits when the monitor stops. */
const CLOSE_PATIENCE: Millis = 5000;

export interface EmbeddedOptions extends Omit<ThreadStart, 'port'> {
  /** How long a query may take when it does not say less. */
  readonly timeout: Millis;
  /** The families there are now, for `metadata`. */
  readonly metadata: () => readonly FamilyMetadata[];
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
  /** The thread has died and begins anew: the next scrape has to tell everything. */
  readonly onRestart?: () => void;
  /** What the thread may have of JavaScript's heap, in MiB; samples are beside it. */
  readonly heapLimit?: number;
  /** What the thread runs: the compiled thread.js unless a test names another. */
  readonly threadFile?: URL;
  /** How often the thread is asked for a sign of life. */
  readonly pingEvery?: Millis;
}

/** Orders that something comes back for. */
type Asking = Extract<Order, { say: 'ask' | 'groups' | 'more' }>;
type Answered = ThreadAnswer | readonly RuleGroupView[] | Uint8Array;

interface Asker {
  resolve(answer: Answered): void;
  reject(error: QueryError): void;
}

/** The engine over our own samples. */
export class EmbeddedEngine implements SamplingEngine {
  readonly #options: EmbeddedOptions;
  readonly #askers = new Map<number, Asker>();
  readonly #watch: NodeJS.Timeout;
  #lastId = 0;
  #rules: RuleSettings | undefined;
  /** Who waits for the rules' word on a scrape, in the order of the scrapes. */
  #unjudged: ((judgement: Judgement | undefined) => void)[] = [];
  #port: MessagePort;
  #worker: Worker | undefined;
  #startedAt: Millis = 0;
  #backoff = FIRST_BACKOFF;
  /** When the thread starts again; undefined while it runs or is about to. */
  #startsAt: Millis | undefined;
  #restart: NodeJS.Timeout | undefined;
  readonly #signs: LifeSigns;
  /** Why the thread ended or is being ended. */
  #reason: string | undefined;
  #closed = false;
  /** Scrapes are packed by pieces, one after the other. */
  #packing: Promise<unknown> = Promise.resolve();
  #status: SamplesStatus = {
    series: 0,
    samplesAppended: 0,
    bytes: 0,
    errors: 0,
    oldest: undefined,
    problem: undefined,
    damage: { rows: 0, at: undefined },
  };

  #obstacle: string | undefined;

  /** Starts the thread. */
  constructor(options: EmbeddedOptions) {
    this.#options = options;
    const pingEvery = options.pingEvery ?? PING_EVERY;
    this.#signs = new LifeSigns(pingEvery);
    this.#obstacle = options.obstacle;
    this.#port = this.#start();
    this.#watch = setInterval(() => this.#ping(), pingEvery);
  }

  get status(): SamplesStatus {
    return this.#status;
  }

  async append(scrape: Scrape): Promise<Judgement | undefined> {
    if (this.#closed) return undefined;
    const packing = this.#packing.then(() => packScrape(scrape));
    this.#packing = packing;
    const packed = await packing;
    if (this.#closed) return undefined;
    return new Promise(resolve => {
      this.#unjudged.push(resolve);
      // While the thread is down this waits in the channel of the next one.
      this.#port.postMessage({ say: 'append', scrape: packed } satisfies Order, buffersOf(packed));
    });
  }

  setRules(settings: RuleSettings): void {
    this.#rules = settings;
    this.#post({ say: 'rules', settings });
  }

  /** @param obstacle why the samples' file must not be touched, one line; undefined when it may be */
  setObstacle(obstacle: string | undefined): void {
    if (obstacle === this.#obstacle) return;
    this.#obstacle = obstacle;
    this.#post({ say: 'obstacle', obstacle });
  }

  async rules(parameters: URLSearchParams): Promise<ApiAnswer> {
    try {
      return plainAnswer(apiRules(await this.#groups(), parameters));
    } catch (error) {
      throw error instanceof ParameterError ? new QueryError('bad_data', error.message) : error;
    }
  }

  async alerts(): Promise<ApiAnswer> {
    return plainAnswer(apiAlerts(await this.#groups()));
  }

  #groups(): Promise<readonly RuleGroupView[]> {
    return this.#exchange({ say: 'groups', id: ++this.#lastId });
  }

  async answer(question: ApiQuestion, options: QuestionOptions = {}): Promise<ApiAnswer> {
    if (question.ask === 'metadata') return describeFamilies(this.#options.metadata(), question);
    const id = ++this.#lastId;
    const { data, length, ...notes } = await this.#ask<BegunAnswer>(id, question, 'user', options);
    if (data.length === length) return { data, ...notes };
    return { data: this.#fetched(id, data, length, options.signal), ...notes };
  }

  /** What is left of an answer is kept by the thread until it is fetched, or the signal is aborted. */
  #fetched(id: number, first: Uint8Array, length: number, signal: AbortSignal | undefined): FetchedBytes {
    const leave = () => {
      signal?.removeEventListener('abort', leave);
      this.#cancel(id);
    };
    signal?.addEventListener('abort', leave);
    if (signal?.aborted) leave();
    return new FetchedBytes(first, length, {
      more: () => this.#exchange({ say: 'more', id }, signal),
      leave,
    });
  }

  async instant(query: string, at: Millis, options?: OwnQuestionOptions): Promise<InstantAnswer> {
    const { series, ...rest } = await this.#askValues({ ask: 'instant_value', query, time: at }, options);
    const samples = series.map(({ names, labelValues, values }) => ({
      labels: Labels.sorted(names, labelValues),
      value: values[0] as number,
    }));
    return { samples, ...rest };
  }

  async range(
    query: string,
    { from: start, to: end, step }: { from: Millis; to: Millis; step: Millis },
    options?: OwnQuestionOptions,
  ): Promise<RangeAnswer> {
    const { series, ...rest } = await this.#askValues(
      { ask: 'range_value', query, start, end, step },
      options,
    );
    return {
      series: series.map(({ names, labelValues, times, values }) => ({
        labels: Labels.sorted(names, labelValues),
        times,
        values,
      })),
      ...rest,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#restart);
    this.#refuseAll(new QueryError('unavailable', 'the monitor is stopping'));
    for (const resolve of this.#unjudged.splice(0)) resolve(undefined);
    const worker = this.#worker;
    if (worker) {
      const ended = new Promise(resolve => worker.once('exit', resolve));
      this.#post({ say: 'close' });
      const patience = setTimeout(() => void worker.terminate(), CLOSE_PATIENCE);
      await ended;
      clearTimeout(patience);
    }
    this.#port.close();
  }

  #askValues(
    question: ThreadQuestion,
    { isBackground = false }: OwnQuestionOptions = {},
  ): Promise<PlainAnswer> {
    return this.#ask(++this.#lastId, question, isBackground ? 'background' : 'urgent', {});
  }

  #ask<T extends ThreadAnswer>(
    id: number,
    question: ThreadQuestion,
    rank: Rank,
    { signal, timeout = Number.POSITIVE_INFINITY }: QuestionOptions,
  ): Promise<T> {
    const shortest = Math.min(timeout, this.#options.timeout);
    return this.#exchange({ say: 'ask', id, question, rank, timeout: shortest }, signal);
  }

  #exchange<T extends Answered>(order: Asking, signal?: AbortSignal): Promise<T> {
    const { id } = order;
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal(signal);
      if (refusal) return reject(refusal);
      const cancel = () => this.#cancel(id);
      const done = () => {
        this.#askers.delete(id);
        signal?.removeEventListener('abort', cancel);
      };
      this.#askers.set(id, {
        resolve: answer => [done(), resolve(answer as T)],
        reject: error => [done(), reject(error)],
      });
      signal?.addEventListener('abort', cancel);
      this.#post(order);
    });
  }

  #cancel(id: number): void {
    this.#post({ say: 'cancel', id });
    this.#askers.get(id)?.reject(canceled());
  }

  /** Why nothing can be asked at this moment. */
  #refusal(signal: AbortSignal | undefined): QueryError | undefined {
    if (this.#closed) return new QueryError('unavailable', 'the monitor is stopping');
    if (signal?.aborted) return canceled();
    if (this.#startsAt === undefined) return undefined;
    const seconds = Math.max(1, Math.ceil((this.#startsAt - performance.now()) / 1000));
    return new QueryError('unavailable', `the query thread died and starts again; ask again in ${seconds} s`);
  }

  #refuseAll(error: QueryError): void {
    for (const asker of [...this.#askers.values()]) asker.reject(error);
  }

  #post(order: Order): void {
    this.#port.postMessage(order);
  }

  /** Starts a thread now, or later: what is posted meanwhile waits for it. @returns where to post */
  #start(after: Millis = 0): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (report: Report) => this.#hear(report));
    this.#startsAt = after > 0 ? performance.now() + after : undefined;
    if (after > 0) this.#restart = setTimeout(() => this.#run(port2), after);
    else this.#run(port2);
    return port1;
  }

  #run(port: MessagePort): void {
    const { file, retention, maxBytes, limits, target, heapLimit = 512 } = this.#options;
    const worker = new Worker(this.#options.threadFile ?? new URL('./thread/thread.js', import.meta.url), {
      name: 'queries',
      workerData: {
        ...{ port, file, retention, maxBytes, limits, target },
        obstacle: this.#obstacle,
      } satisfies ThreadStart,
      transferList: [port],
      resourceLimits: { maxOldGenerationSizeMb: heapLimit, maxYoungGenerationSizeMb: NURSERY },
    });
    this.#worker = worker;
    this.#startsAt = undefined;
    this.#startedAt = performance.now();
    this.#signs.begin();
    this.#reason = undefined;
    worker.on('error', error => {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#reason = code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : message;
    });
    worker.on('exit', code => {
      this.#worker = undefined;
      if (!this.#closed) this.#down(this.#reason || `exit code ${code}`);
    });
  }

  #hear(report: Report): void {
    if (report.say === 'begun') {
      this.#signs.named(report.thread);
      return;
    }
    this.#signs.heard();
    if (report.say === 'answer') this.#askers.get(report.id)?.resolve(report.answer);
    else if (report.say === 'refusal')
      this.#askers.get(report.id)?.reject(new QueryError(report.type, report.message));
    else if (report.say === 'piece') this.#askers.get(report.id)?.resolve(report.bytes);
    else if (report.say === 'status') this.#status = report.status;
    else if (report.say === 'judged') this.#unjudged.shift()?.(report.judgement);
    else if (report.say === 'groups') this.#askers.get(report.id)?.resolve(report.groups);
    else if (report.say === 'log') this.#options.log(report.level, report.message, report.fields);
  }

  #down(reason: string): void {
    if (performance.now() - this.#startedAt >= SOUND) this.#backoff = FIRST_BACKOFF;
    const wait = this.#backoff;
    this.#backoff = Math.min(Math.max(wait * 2, SECOND_BACKOFF), LONGEST_BACKOFF);
    this.#options.log('error', 'The thread that answers queries died; it is started again', {
      err: reason,
      in: `${wait / 1000}s`,
    });
    this.#port.close();
    this.#port = this.#start(wait);
    for (const resolve of this.#unjudged.splice(0)) resolve(undefined);
    if (this.#rules) this.#post({ say: 'rules', settings: this.#rules });
    this.#refuseAll(
      new QueryError('execution', `the query thread died: ${reason}; try a smaller query, or ask again`),
    );
    this.#options.onRestart?.();
  }

  #ping(): void {
    if (!this.#worker) return;
    const problem = this.#signs.pinged();
    if (problem) {
      this.#reason = problem;
      void this.#worker.terminate();
      return;
    }
    this.#post({ say: 'ping' });
  }
}

function plainAnswer(data: unknown): ApiAnswer {
  return { data: Buffer.from(JSON.stringify(data)), warnings: [], infos: [] };
}

function canceled(): QueryError {
  return new QueryError('canceled', 'query was canceled in expression evaluation');
}
