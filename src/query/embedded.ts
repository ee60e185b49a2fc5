// Answers from our own samples. Comes in: questions and scrapes; goes out: answers. A thread owns the samples and does
// the work; this supervises it and passes queries and answers.

import type { MessagePort } from 'node:worker_threads';
import type { CancelSignal } from '../concurrency/cancel-signal.js';
import { SupervisedWorker } from '../concurrency/supervised-worker.js';
import { Labels } from '../model/labels.js';
import type { Scrape } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import { apiAlerts, apiRules, ParameterError } from '../rules/api.js';
import type { RuleGroupView } from '../rules/view.js';
import { ChunkedAnswer } from './chunked-answer.js';
import {
  type ApiAnswer,
  type ApiQuery,
  type FamilyMetadata,
  type InstantAnswer,
  type InternalQueryOptions,
  QueryError,
  type QueryOptions,
  type RangeAnswer,
  type SamplesStatus,
  type SamplingEngine,
} from './engine.js';
import { describeFamilies } from './metadata.js';
import type {
  FirstChunk,
  PlainAnswer,
  Priority,
  QueryThreadEvent,
  QueryThreadRequest,
  ThreadAnswer,
  ThreadOptions,
  ThreadQuery,
} from './protocol.js';
import { HEAP_LIMIT, type PreparedQueryThread, QUERY_THREAD } from './query-thread.js';
import type { RuleEvaluation, RuleSettings } from './rule-evaluation.js';
import { buffersOf, packScrape } from './scrape-codec.js';
import type { Target } from './thread/stale-series.js';

/**
 * How long the thread may take to write what waits when the monitor stops. On a machine that is busy with other programs it gets
 * little of a processor; what is not closed by then cannot be read from a disk that has become full or read-only.
 */
const CLOSE_TIMEOUT: Millis = 20_000;

export interface EmbeddedOptions extends ThreadOptions {
  /** How long a query may take when it does not say less. */
  readonly timeout: Millis;
  /** What all scrapes are of; undefined where they may be of several. */
  readonly target?: Target | undefined;
  /** The families there are now, for `metadata`. */
  readonly metadata: () => readonly FamilyMetadata[];
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
  /** The thread has died and restarts: the next scrape must have all series. */
  readonly onRestart?: () => void;
  /** What the thread may have of JavaScript's heap, in MiB; samples are beside it. */
  readonly heapLimit?: number;
  /** The first thread, if it was started before; what it was given must be for the same file. */
  readonly prepared?: PreparedQueryThread | undefined;
  /** What the thread runs: the compiled thread.js unless a test names another. */
  readonly threadFile?: URL;
  /** How often the thread is pinged. */
  readonly pingEvery?: Millis;
}

/** Orders that something comes back for. */
type AnsweredRequest = Extract<QueryThreadRequest, { type: 'query' | 'groups' | 'nextChunk' }>;
type ResponseValue = ThreadAnswer | readonly RuleGroupView[] | Uint8Array;

interface PendingRequest {
  resolve(answer: ResponseValue): void;
  reject(error: QueryError): void;
}

/** The engine over our own samples. */
export class EmbeddedEngine implements SamplingEngine {
  readonly #options: EmbeddedOptions;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #worker: SupervisedWorker<ThreadOptions, QueryThreadRequest, QueryThreadEvent>;
  #lastId = 0;
  #rules: RuleSettings | undefined;
  /** Undefined: what is queued stays as it is. */
  #queues: readonly string[] | undefined;
  /** Callers that wait for the evaluation of a scrape, in the order of the scrapes. */
  #pendingScrapes: ((judgement: RuleEvaluation | undefined) => void)[] = [];
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
    this.#obstacle = options.obstacle;
    const { file, retention, maxBytes, limits, heapLimit = HEAP_LIMIT, pingEvery, prepared } = options;
    this.#worker = new SupervisedWorker<ThreadOptions, QueryThreadRequest, QueryThreadEvent>({
      name: QUERY_THREAD.name,
      file: options.threadFile ?? QUERY_THREAD.file,
      data: () => ({ file, retention, maxBytes, limits, obstacle: this.#obstacle }),
      ...{ heapLimit, pingEvery, prepared },
      // The first death is taken for a query's fault and does not hold up the next one.
      firstBackoff: 0,
      onEvent: event => this.#handle(event),
      onDown: (reason, wait) => this.#onWorkerDown(reason, wait),
    });
    // The prepared thread may have been given another.
    if (prepared) this.#worker.post({ type: 'obstacle', obstacle: this.#obstacle });
    this.#postTarget();
  }

  #postTarget(): void {
    const { target } = this.#options;
    if (target) this.#worker.post({ type: 'target', target });
  }

  get status(): SamplesStatus {
    return this.#status;
  }

  async append(scrape: Scrape): Promise<RuleEvaluation | undefined> {
    if (this.#closed) return undefined;
    const packing = this.#packing.then(() => packScrape(scrape));
    this.#packing = packing;
    const packed = await packing;
    if (this.#closed) return undefined;
    return new Promise(resolve => {
      this.#pendingScrapes.push(resolve);
      // While the thread is down this waits in the channel of the next one.
      this.#worker.post({ type: 'append', scrape: packed }, buffersOf(packed));
    });
  }

  connectStreams(port: MessagePort): void {
    if (this.#closed) port.close();
    else this.#worker.post({ type: 'streams', port }, [port]);
  }

  /** Scrapes are queued to be sent to these and no others. */
  setQueues(names: readonly string[]): void {
    this.#queues = names;
    this.#worker.post({ type: 'queues', names });
  }

  /** What is queued is read through a port from now on. */
  connectQueues(port: MessagePort): void {
    if (this.#closed) port.close();
    else this.#worker.post({ type: 'queuePort', port }, [port]);
  }

  setRules(settings: RuleSettings): void {
    this.#rules = settings;
    this.#worker.post({ type: 'rules', settings });
  }

  /** @param obstacle why the samples' file must not be touched, one line; undefined when it may be */
  setObstacle(obstacle: string | undefined): void {
    if (obstacle === this.#obstacle) return;
    this.#obstacle = obstacle;
    this.#worker.post({ type: 'obstacle', obstacle });
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
    return this.#send({ type: 'groups', id: ++this.#lastId });
  }

  async answer(query: ApiQuery, options: QueryOptions = {}): Promise<ApiAnswer> {
    if (query.type === 'metadata') return describeFamilies(this.#options.metadata(), query);
    const id = ++this.#lastId;
    const first = await this.#query<FirstChunk>(id, query, 'user', options);
    const { data, length, warnings, infos } = first;
    if (typeof data === 'string' || data.length === length) return first as ApiAnswer;
    return { data: this.#fetched(id, data, length, options.signal), warnings, infos };
  }

  /** What is left of an answer is kept by the thread until it is fetched, or the signal is aborted. */
  #fetched(id: number, first: Uint8Array, length: number, signal: CancelSignal | undefined): ChunkedAnswer {
    const leave = () => {
      signal?.removeEventListener('abort', leave);
      this.#cancel(id);
    };
    signal?.addEventListener('abort', leave);
    if (signal?.aborted) leave();
    return new ChunkedAnswer(first, length, {
      next: () => this.#send({ type: 'nextChunk', id }, signal),
      cancel: leave,
    });
  }

  async instant(query: string, at: Millis, options?: InternalQueryOptions): Promise<InstantAnswer> {
    const { series, ...rest } = await this.#queryValues({ type: 'instant_value', query, time: at }, options);
    const samples = series.map(({ names, labelValues, values }) => ({
      labels: Labels.sorted(names, labelValues),
      value: values[0] as number,
    }));
    return { samples, ...rest };
  }

  async range(
    query: string,
    { from: start, to: end, step }: { from: Millis; to: Millis; step: Millis },
    options?: InternalQueryOptions,
  ): Promise<RangeAnswer> {
    const { series, ...rest } = await this.#queryValues(
      { type: 'range_value', query, start, end, step },
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
    this.#rejectAll(new QueryError('unavailable', 'the monitor is stopping'));
    this.#loseScrapes();
    await this.#worker.close(CLOSE_TIMEOUT);
  }

  #queryValues(
    query: ThreadQuery,
    { isBackground = false, ...options }: InternalQueryOptions = {},
  ): Promise<PlainAnswer> {
    return this.#query(++this.#lastId, query, isBackground ? 'background' : 'urgent', options);
  }

  #query<T extends ThreadAnswer>(
    id: number,
    query: ThreadQuery,
    priority: Priority,
    { signal, timeout = Number.POSITIVE_INFINITY }: QueryOptions,
  ): Promise<T> {
    const shortest = Math.min(timeout, this.#options.timeout);
    return this.#send({ type: 'query', id, query, priority, timeout: shortest }, signal);
  }

  #send<T extends ResponseValue>(request: AnsweredRequest, signal?: CancelSignal): Promise<T> {
    const { id } = request;
    return new Promise((resolve, reject) => {
      const error = this.#unavailableReason(signal);
      if (error) return reject(error);
      const cancel = () => this.#cancel(id);
      const done = () => {
        this.#pending.delete(id);
        signal?.removeEventListener('abort', cancel);
      };
      this.#pending.set(id, {
        resolve: answer => {
          done();
          resolve(answer as T);
        },
        reject: error => {
          done();
          reject(error);
        },
      });
      signal?.addEventListener('abort', cancel);
      this.#worker.post(request);
    });
  }

  #cancel(id: number): void {
    this.#worker.post({ type: 'cancel', id });
    this.#pending.get(id)?.reject(canceled());
  }

  /** Why nothing can be asked at this moment. */
  #unavailableReason(signal: CancelSignal | undefined): QueryError | undefined {
    if (this.#closed) return new QueryError('unavailable', 'the monitor is stopping');
    if (signal?.aborted) return canceled();
    const { startsIn } = this.#worker;
    if (startsIn === undefined) return undefined;
    const seconds = Math.max(1, Math.ceil(startsIn / 1000));
    return new QueryError('unavailable', `the query thread died and starts again; ask again in ${seconds} s`);
  }

  #rejectAll(error: QueryError): void {
    for (const request of [...this.#pending.values()]) request.reject(error);
  }

  #loseScrapes(): void {
    for (const resolve of this.#pendingScrapes.splice(0)) resolve(undefined);
  }

  #handle(event: QueryThreadEvent): void {
    if (event.type === 'text') this.#pending.get(event.id)?.resolve(answerOf(event.text));
    else if (event.type === 'answer') this.#pending.get(event.id)?.resolve(event.answer);
    else if (event.type === 'error')
      this.#pending.get(event.id)?.reject(new QueryError(event.errorType, event.message));
    else if (event.type === 'chunk') this.#pending.get(event.id)?.resolve(event.bytes);
    else if (event.type === 'status') this.#status = event.status;
    else if (event.type === 'evaluated') {
      this.#status = event.status ?? this.#status;
      this.#pendingScrapes.shift()?.(event.evaluation);
    } else if (event.type === 'groups') this.#pending.get(event.id)?.resolve(event.groups);
    else if (event.type === 'log') this.#options.log(event.level, event.message, event.fields);
  }

  #onWorkerDown(reason: string, wait: Millis): void {
    this.#options.log('error', 'The thread that answers queries died; it is started again', {
      err: reason,
      in: `${wait / 1000}s`,
    });
    this.#loseScrapes();
    this.#postTarget();
    if (this.#queues) this.#worker.post({ type: 'queues', names: this.#queues });
    if (this.#rules) this.#worker.post({ type: 'rules', settings: this.#rules });
    this.#rejectAll(
      new QueryError('execution', `the query thread died: ${reason}; try a smaller query, or ask again`),
    );
    this.#options.onRestart?.();
  }
}

function answerOf(text: string): FirstChunk {
  return { data: text, length: text.length, warnings: NONE, infos: NONE };
}

const NONE: readonly string[] = [];

function plainAnswer(data: unknown): ApiAnswer {
  return { data: Buffer.from(JSON.stringify(data)), warnings: [], infos: [] };
}

function canceled(): QueryError {
  return new QueryError('canceled', 'query was canceled in expression evaluation');
}
