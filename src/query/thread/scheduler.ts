// Whose turn it is in the query thread. Comes in: orders of the main thread; goes out: reports. Everything is done in
// one thread and a query cannot be left half done, so what is urgent or short is answered in the midst of one that runs.

import type { Clock, Millis } from '../../model/time.js';
import { QueryError } from '../engine.js';
import type { Order, QueryLimits, Report, ThreadAnswer } from '../protocol.js';
import { solve } from './execute.js';
import { MeteredSource } from './limited-source.js';
import type { SeriesSource } from './lookup.js';
import type { Shelf } from './response-buffer.js';
import { type Asked, NotShort, Turn, type Work } from './task.js';

/** How often a running query looks for orders. */
const LOOK_EVERY: Millis = 2;
/** A query that has run for this long will probably go on, and others are let in between. */
const LONG: Millis = 10;
/** What is let in between may take this long and look at this many samples; else it is begun again later. */
const SHORT: Millis = 250;
const FEW_SAMPLES = 2_000_000;
/** Users' questions within each other; an urgent one may be within the innermost. */
const MAX_DEPTH = 4;
const LOST = 'the rest of the answer is lost; ask again';
// Prometheus' words.
const IN_QUEUE = 'query timed out in query queue';
const TOO_MANY = 'query processing would load too many samples into memory in query execution';

export interface DeskOptions {
  readonly source: SeriesSource;
  /** Where the rest of a long answer waits. */
  readonly shelf: Shelf;
  readonly limits: QueryLimits;
  readonly clock: Clock;
  /** The next order that has come, without waiting; undefined when there is none. */
  readonly receive: () => Order | undefined;
  readonly report: (report: Report) => void;
  /** Orders that are no questions. */
  readonly other: (order: Exclude<Order, Asked | { say: 'cancel' | 'more' }>) => void;
  /** Called before each question and every few milliseconds of one: what is no question may be done now. */
  readonly between?: (isQuestionRunning: boolean) => void;
}

/** Answers one question at a time, and others within it. */
export class Desk {
  readonly #options: DeskOptions;
  readonly #urgent: Turn[] = [];
  readonly #waiting: Turn[] = [];
  /** Those being answered, each within the one before it. */
  readonly #running: Turn[] = [];
  #lookAt: Millis = 0;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Takes an order; what it asks is answered by the next {@link work}. */
  hear(order: Order): void {
    if (order.say === 'ask') this.#take(order);
    else if (order.say === 'more') this.#more(order.id);
    else if (order.say === 'cancel') this.#cancel(order.id);
    else this.#options.other(order);
  }

  /** Answers what waits until nothing does. */
  work(): void {
    for (;;) {
      this.#options.between?.(false);
      const turn = this.#urgent.shift() ?? this.#waiting.shift();
      if (!turn) return;
      this.#run(turn);
    }
  }

  /**
   * Answers what is urgent or short within work that is no question, an evaluation of the rules say; to be called by it every
   * millisecond or so. Users' questions only: the program's background ones can wait for its end.
   */
  letIn(work: Work): void {
    const now = this.#options.clock.elapsed();
    if (now < this.#lookAt) return;
    this.#hearAll();
    this.#refuseLate(now);
    this.#runWithin(work, now, at => this.#nextWithinWork(work, at));
  }

  /** Ends everything that runs or waits, without an answer. */
  clear(): void {
    this.#urgent.length = 0;
    this.#waiting.length = 0;
    for (const turn of this.#running) turn.canceled = true;
  }

  #take(asked: Asked): void {
    const turn = new Turn(asked, this.#options.clock.elapsed());
    const isRoom = this.#waiting.length < this.#options.limits.maxWaiting;
    if (asked.rank === 'urgent') this.#urgent.push(turn);
    else if (asked.rank === 'background' || isRoom) this.#waiting.push(turn);
    else {
      const reason = `too many queries: ${this.#waiting.length} wait already; ask again later`;
      this.#refuse(turn, new QueryError('unavailable', reason));
    }
  }

  #more(id: number): void {
    const { shelf, report } = this.#options;
    const bytes = shelf.next(id);
    if (bytes) report({ say: 'piece', id, bytes });
    else report({ say: 'refusal', id, type: 'unavailable', message: LOST });
  }

  #cancel(id: number): void {
    this.#options.shelf.drop(id);
    for (const queue of [this.#urgent, this.#waiting]) {
      const at = queue.findIndex(turn => turn.asked.id === id);
      if (at >= 0) queue.splice(at, 1);
    }
    for (const turn of this.#running) if (turn.asked.id === id) turn.canceled = true;
  }

  #run(turn: Turn): void {
    const { clock, report } = this.#options;
    const begun = clock.elapsed();
    turn.begin(begun);
    this.#running.push(turn);
    try {
      const answer = this.#answer(turn, begun - turn.arrived);
      if (!turn.canceled) report({ say: 'answer', id: turn.asked.id, answer });
    } catch (error) {
      if (error instanceof NotShort) this.#putOff(turn);
      else if (!turn.canceled) this.#refuse(turn, error);
    }
    this.#running.pop();
  }

  #answer(turn: Turn, waited: Millis): ThreadAnswer {
    const { source, shelf, limits } = this.#options;
    const { question, timeout } = turn.asked;
    if (waited > timeout) throw new QueryError('timeout', IN_QUEUE);
    const checkpoint = () => this.#checkpoint(turn);
    const mayRead = turn.isBetween ? FEW_SAMPLES : limits.maxSamples;
    const tooMany = () => (turn.isBetween ? new NotShort() : new QueryError('execution', TOO_MANY));
    const metered = new MeteredSource(source, mayRead, checkpoint, tooMany);
    const answer = solve(question, { source: metered, limits, checkpoint, waited });
    if (!('data' in answer)) return answer;
    const { data, ...notes } = answer;
    const [first, ...rest] = data as [Uint8Array<ArrayBuffer>, ...Uint8Array<ArrayBuffer>[]];
    // One that was canceled meanwhile nobody would fetch.
    if (rest.length > 0 && !turn.canceled) shelf.put(turn.asked.id, rest);
    return { data: first, length: data.reduce((sum, { length }) => sum + length, 0), ...notes };
  }

  #putOff(turn: Turn): void {
    turn.isBetween = false;
    turn.isLong = true;
    this.#waiting.unshift(turn);
  }

  #refuse(turn: Turn, error: unknown): void {
    const { id } = turn.asked;
    if (error instanceof QueryError) {
      this.#options.report({ say: 'refusal', id, type: error.type, message: error.message });
      return;
    }
    const { message, stack } = error as Error;
    const fields = { err: message, stack, question: JSON.stringify(turn.asked.question).slice(0, 1000) };
    this.#options.report({ say: 'log', level: 'error', message: 'A query failed', fields });
    this.#options.report({ say: 'refusal', id, type: 'internal', message: `the query failed: ${message}` });
  }

  /** Called by whatever runs, every millisecond or so. */
  #checkpoint(turn: Turn): void {
    const { clock } = this.#options;
    const now = clock.elapsed();
    if (now < this.#lookAt) return;
    this.#endIfOver(turn, now);
    this.#hearAll();
    this.#options.between?.(true);
    this.#refuseLate(now);
    this.#runWithin(turn, now, at => this.#nextWithin(turn, at));
    if (turn.canceled) throw new QueryError('canceled', 'query was canceled in expression evaluation');
  }

  /** @param next what is to be answered before the work goes on; undefined when it goes on */
  #runWithin(work: Work, now: Millis, next: (at: Millis) => Turn | undefined): void {
    let at = now;
    const givenAway = () => {
      const before = at;
      at = this.#options.clock.elapsed();
      work.gaveAway(at - before);
      return at;
    };
    for (let turn = next(givenAway()); turn; turn = next(givenAway())) this.#run(turn);
    this.#lookAt = at + LOOK_EVERY;
  }

  #endIfOver(turn: Turn, now: Millis): void {
    const worked = turn.worked(now);
    if (worked > turn.asked.timeout)
      throw new QueryError('timeout', 'query timed out in expression evaluation');
    if (turn.isBetween && worked > SHORT) throw new NotShort();
  }

  #hearAll(): void {
    for (let order = this.#options.receive(); order; order = this.#options.receive()) this.hear(order);
  }

  /** Nobody is kept waiting for longer than they wanted. */
  #refuseLate(now: Millis): void {
    for (const queue of [this.#urgent, this.#waiting]) {
      const late = queue.filter(turn => now - turn.arrived > turn.asked.timeout);
      for (const turn of late) {
        queue.splice(queue.indexOf(turn), 1);
        this.#refuse(turn, new QueryError('timeout', IN_QUEUE));
      }
    }
  }

  /** What is to be answered before the running question goes on. */
  #nextWithin(turn: Turn, now: Millis): Turn | undefined {
    if (turn.canceled) return undefined;
    const depth = this.#running.length;
    if (turn.asked.rank !== 'urgent' && this.#urgent.length > 0 && depth <= MAX_DEPTH)
      return this.#urgent.shift();
    const mayStepAside = turn.asked.rank === 'background' || turn.canStepAside(now, LONG);
    return depth < MAX_DEPTH && mayStepAside ? this.#shortOne(({ isLong }) => !isLong) : undefined;
  }

  #nextWithinWork(work: Work, now: Millis): Turn | undefined {
    const depth = this.#running.length;
    if (this.#urgent.length > 0 && depth <= MAX_DEPTH) return this.#urgent.shift();
    if (depth >= MAX_DEPTH || !work.canStepAside(now, LONG)) return undefined;
    return this.#shortOne(({ isLong, asked }) => !isLong && asked.rank !== 'background');
  }

  /** Takes a question out of those that wait, to be answered in between. */
  #shortOne(isShort: (waiting: Turn) => boolean): Turn | undefined {
    const at = this.#waiting.findIndex(isShort);
    if (at < 0) return undefined;
    const [next] = this.#waiting.splice(at, 1);
    if (next) next.isBetween = true;
    return next;
  }
}
