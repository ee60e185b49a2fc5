// Schedules queries in the query thread. Comes in: requests of the main thread; goes out: events. Everything is done in
// one thread and a query cannot be left half done, so what is urgent or short is answered in the midst of one that runs.

import type { Clock, Millis } from '../../model/time.js';
import { QueryError } from '../engine.js';
import type { QueryLimits, QueryThreadEvent, QueryThreadRequest, ThreadAnswer } from '../protocol.js';
import { executeQuery } from './execute.js';
import { LimitedSource } from './limited-source.js';
import type { SeriesSource } from './lookup.js';
import type { ResponseBuffer } from './response-buffer.js';
import { textOf } from './short-answer.js';
import { type CooperativeTask, type QueryRequest, QueryTask, YieldError } from './task.js';

/** How often a running query polls for requests. */
const POLL_INTERVAL: Millis = 2;
/** A query that has run for this long will probably go on, and others are let in between. */
const YIELD_AFTER: Millis = 10;
/** What is let in between may take this long and look at this many samples; else it is begun again later. */
const NESTED_TIMEOUT: Millis = 250;
const NESTED_MAX_SAMPLES = 2_000_000;
/** Users' questions within each other; an urgent one may be within the innermost. */
const MAX_DEPTH = 4;
/** UTF-16 units of all questions that wait. One alone always may. */
const MAX_WAITING_TEXT = 16 * 1024 * 1024;
const LOST = 'the rest of the answer is lost; ask again';
// Prometheus' words.
const IN_QUEUE = 'query timed out in query queue';
const TOO_MANY = 'query processing would load too many samples into memory in query execution';

interface QuerySchedulerOptions {
  readonly source: SeriesSource;
  /** Where the rest of a long answer waits. */
  readonly responses: ResponseBuffer;
  readonly limits: QueryLimits;
  readonly clock: Clock;
  /** The next request that has come, without waiting; undefined when there is none. */
  readonly receive: () => QueryThreadRequest | undefined;
  readonly send: (send: QueryThreadEvent) => void;
  /** Requests that are no queries. */
  readonly onRequest: (
    request: Exclude<QueryThreadRequest, QueryRequest | { type: 'cancel' | 'nextChunk' }>,
  ) => void;
  /** Called before each question and every few milliseconds of one: what is no question may be done now. */
  readonly onYield?: (isQuestionRunning: boolean) => void;
}

/** Answers one question at a time, and others within it. */
export class QueryScheduler {
  readonly #options: QuerySchedulerOptions;
  readonly #urgent: QueryTask[] = [];
  readonly #waiting: QueryTask[] = [];
  /** Those being answered, each within the one before it. */
  readonly #running: QueryTask[] = [];
  #nextPollAt: Millis = 0;

  constructor(options: QuerySchedulerOptions) {
    this.#options = options;
  }

  /** Handles a request; a query is queued for the next {@link run}. */
  handle(request: QueryThreadRequest): void {
    if (request.type === 'query') this.#enqueue(request);
    else if (request.type === 'nextChunk') this.#sendNextChunk(request.id);
    else if (request.type === 'cancel') this.#cancel(request.id);
    else this.#options.onRequest(request);
  }

  /** Answers what waits until nothing does. */
  run(): void {
    for (;;) {
      this.#options.onYield?.(false);
      const task = this.#urgent.shift() ?? this.#waiting.shift();
      if (!task) return;
      this.#runTask(task);
    }
  }

  /**
   * Answers what is urgent or short within work that is no question, an evaluation of the rules say; to be called by it every
   * millisecond or so. Users' questions only: the program's background ones can wait for its end.
   */
  yieldTo(task: CooperativeTask): void {
    const now = this.#options.clock.elapsed();
    if (now < this.#nextPollAt) return;
    this.#receiveAll();
    this.#rejectExpired(now);
    this.#runNested(task, now, at => this.#nextDuringEvaluation(task, at));
  }

  /** Ends everything that runs or waits, without an answer. */
  cancelAll(): void {
    this.#urgent.length = 0;
    this.#waiting.length = 0;
    for (const task of this.#running) task.canceled = true;
  }

  #enqueue(request: QueryRequest): void {
    const task = new QueryTask(request, this.#options.clock.elapsed());
    const isRoom = this.#waiting.length < this.#options.limits.maxWaiting && !this.#isMuchText(request);
    if (request.priority === 'urgent') this.#urgent.push(task);
    else if (request.priority === 'background' || isRoom) this.#waiting.push(task);
    else {
      const reason = `too many queries: ${this.#waiting.length} wait already; ask again later`;
      this.#reject(task, new QueryError('unavailable', reason));
    }
  }

  /** Whether the texts of users' questions that wait would be too long together. */
  #isMuchText(request: QueryRequest): boolean {
    const texts = this.#waiting.reduce((sum, task) => sum + lengthOf(task.request), lengthOf(request));
    return this.#waiting.length > 0 && texts > MAX_WAITING_TEXT;
  }

  #sendNextChunk(id: number): void {
    const { responses, send } = this.#options;
    const bytes = responses.next(id);
    if (bytes) send({ type: 'chunk', id, bytes });
    else send({ type: 'error', id, errorType: 'unavailable', message: LOST });
  }

  #cancel(id: number): void {
    this.#options.responses.drop(id);
    for (const queue of [this.#urgent, this.#waiting]) {
      const at = queue.findIndex(task => task.request.id === id);
      if (at >= 0) queue.splice(at, 1);
    }
    for (const task of this.#running) if (task.request.id === id) task.canceled = true;
  }

  #runTask(task: QueryTask): void {
    const { clock, send } = this.#options;
    const begun = clock.elapsed();
    task.start(begun);
    this.#running.push(task);
    try {
      const answer = this.#execute(task, begun - task.arrived);
      if (!task.canceled) send({ type: 'answer', id: task.request.id, answer });
    } catch (error) {
      if (error instanceof YieldError) this.#requeue(task);
      else if (!task.canceled) this.#reject(task, error);
    }
    this.#running.pop();
  }

  #execute(task: QueryTask, waited: Millis): ThreadAnswer {
    const { source, responses, limits } = this.#options;
    const { query, timeout } = task.request;
    if (waited > timeout) throw new QueryError('timeout', IN_QUEUE);
    const checkpoint = () => this.#checkpoint(task);
    const mayRead = task.isNested ? NESTED_MAX_SAMPLES : limits.maxSamples;
    const tooMany = () => (task.isNested ? new YieldError() : new QueryError('execution', TOO_MANY));
    const metered = new LimitedSource(source, mayRead, checkpoint, tooMany);
    const answer = executeQuery(query, { source: metered, limits, checkpoint, waited });
    if (!('data' in answer)) return answer;
    const { data, warnings, infos } = answer;
    const first = data[0] as Uint8Array<ArrayBuffer>;
    const text = data.length === 1 ? textOf(first) : undefined;
    if (text !== undefined) return { data: text, length: text.length, warnings, infos };
    // The rest of a canceled one would never be fetched.
    if (data.length > 1 && !task.canceled) responses.add(task.request.id, data.slice(1));
    return { data: first, length: data.reduce((sum, { length }) => sum + length, 0), warnings, infos };
  }

  #requeue(task: QueryTask): void {
    task.isNested = false;
    task.tookTooLong = true;
    this.#waiting.unshift(task);
  }

  #reject(task: QueryTask, error: unknown): void {
    const { id } = task.request;
    if (error instanceof QueryError) {
      this.#options.send({ type: 'error', id, errorType: error.type, message: error.message });
      return;
    }
    const { message, stack } = error as Error;
    const fields = { err: message, stack, question: JSON.stringify(task.request.query).slice(0, 1000) };
    this.#options.send({ type: 'log', level: 'error', message: 'A query failed', fields });
    this.#options.send({ type: 'error', id, errorType: 'internal', message: `the query failed: ${message}` });
  }

  /** Called by whatever runs, every millisecond or so. */
  #checkpoint(task: QueryTask): void {
    const { clock } = this.#options;
    const now = clock.elapsed();
    if (now < this.#nextPollAt) return;
    this.#checkTimeout(task, now);
    this.#receiveAll();
    this.#options.onYield?.(true);
    this.#rejectExpired(now);
    this.#runNested(task, now, at => this.#nextNested(task, at));
    if (task.canceled) throw new QueryError('canceled', 'query was canceled in expression evaluation');
  }

  /** @param next what is to be answered before the work goes on; undefined when it goes on */
  #runNested(task: CooperativeTask, now: Millis, next: (at: Millis) => QueryTask | undefined): void {
    let at = now;
    const givenAway = () => {
      const before = at;
      at = this.#options.clock.elapsed();
      task.addYielded(at - before);
      return at;
    };
    for (let task = next(givenAway()); task; task = next(givenAway())) this.#runTask(task);
    this.#nextPollAt = at + POLL_INTERVAL;
  }

  #checkTimeout(task: QueryTask, now: Millis): void {
    const worked = task.ownTime(now);
    if (worked > task.request.timeout)
      throw new QueryError('timeout', 'query timed out in expression evaluation');
    if (task.isNested && worked > NESTED_TIMEOUT) throw new YieldError();
  }

  #receiveAll(): void {
    for (let request = this.#options.receive(); request; request = this.#options.receive())
      this.handle(request);
  }

  /** Rejects tasks that waited longer than their timeout. */
  #rejectExpired(now: Millis): void {
    for (const queue of [this.#urgent, this.#waiting]) {
      const late = queue.filter(task => now - task.arrived > task.request.timeout);
      for (const task of late) {
        queue.splice(queue.indexOf(task), 1);
        this.#reject(task, new QueryError('timeout', IN_QUEUE));
      }
    }
  }

  /** What is to be answered before the running question goes on. */
  #nextNested(task: QueryTask, now: Millis): QueryTask | undefined {
    if (task.canceled) return undefined;
    const depth = this.#running.length;
    if (task.request.priority !== 'urgent' && this.#urgent.length > 0 && depth <= MAX_DEPTH)
      return this.#urgent.shift();
    const mayStepAside = task.request.priority === 'background' || task.canYield(now, YIELD_AFTER);
    return depth < MAX_DEPTH && mayStepAside
      ? this.#dequeueShort(({ tookTooLong }) => !tookTooLong)
      : undefined;
  }

  #nextDuringEvaluation(task: CooperativeTask, now: Millis): QueryTask | undefined {
    const depth = this.#running.length;
    if (this.#urgent.length > 0 && depth <= MAX_DEPTH) return this.#urgent.shift();
    if (depth >= MAX_DEPTH || !task.canYield(now, YIELD_AFTER)) return undefined;
    return this.#dequeueShort(
      ({ tookTooLong, request }) => !tookTooLong && request.priority !== 'background',
    );
  }

  /** Takes a question out of those that wait, to be answered in between. */
  #dequeueShort(isShort: (waiting: QueryTask) => boolean): QueryTask | undefined {
    const at = this.#waiting.findIndex(isShort);
    if (at < 0) return undefined;
    const [next] = this.#waiting.splice(at, 1);
    if (next) next.isNested = true;
    return next;
  }
}

function lengthOf({ query }: QueryRequest): number {
  return 'query' in query ? query.query.length : query.match.reduce((sum, text) => sum + text.length, 0);
}
