// The query thread: owns the samples and answers what is asked of them, so that a heavy question holds up nobody else.

import { receiveMessageOnPort } from 'node:worker_threads';
import { lowerThreadPriority } from '../../concurrency/priority.js';
import { type SupervisedEvent, supervised } from '../../concurrency/supervised-thread.js';
import { type Millis, systemClock } from '../../model/time.js';
import { SampleStore } from '../../tsdb/store.js';
import type { SamplesStatus } from '../engine.js';
import type { Order, Report, ThreadStart } from '../protocol.js';
import { type PackedScrape, unpackScrape } from '../scrape-codec.js';
import { DurableSource } from './durable-source.js';
import { Shelf } from './response-buffer.js';
import { type Judgement, Rules } from './rules.js';
import { Desk } from './scheduler.js';
import { endFormer } from './stale-series.js';

/** How long the store may tidy up at a time; a question that comes waits for it. */
const BITE: Millis = 8;
/** A question that runs goes on for so long before a scrape is kept and the rules are evaluated, which may take seconds. */
const QUESTION_FIRST: Millis = 250;
/** Between two bites while there is something to tidy up, and while there is nothing. */
const SOON: Millis = 40;
const LATER: Millis = 5000;

// Neither a check's measured time nor an answer of the main thread waits for a query.
lowerThreadPriority();

const { port, data } = supervised<ThreadStart>();
const { file, retention, maxBytes, target, ...start } = data;
const limits = { ...start.limits };

function report(what: Report | SupervisedEvent): void {
  // The array is this answer's own.
  if (what.say === 'answer' && 'data' in what.answer) port.postMessage(what, [what.answer.data.buffer]);
  else if (what.say === 'piece') port.postMessage(what, [what.bytes.buffer]);
  else port.postMessage(what);
}

let { obstacle } = start;

const store = new SampleStore({
  file,
  retention,
  maxBytes,
  obstacle: () => obstacle,
  log: (level, message, fields) => report({ say: 'log', level, message, fields }),
});

const rules = new Rules(store, limits, systemClock, work => desk.letIn(work));

const shelf = new Shelf(systemClock);

let isClosing = false;

/** A scrape is begun in the store, and the rules add to it. */
let isEvaluating = false;
/** What is to be done next, in order. */
const deferred: Deferred[] = [];

const desk = new Desk({
  source: new DurableSource(store, () => store.openAt),
  shelf,
  limits,
  clock: systemClock,
  receive: () => receiveMessageOnPort(port)?.message as Order | undefined,
  report,
  other: order => {
    // Questions are answered within an evaluation of the rules; what changes samples or rules comes after it.
    if (order.say === 'obstacle') ({ obstacle } = order);
    else if (order.say === 'ping') report({ say: 'pong' });
    else if (order.say === 'groups') report({ say: 'groups', id: order.id, groups: rules.groups() });
    else deferred.push({ order, since: systemClock.elapsed() });
  },
  between: isQuestionRunning => {
    const until = isQuestionRunning ? systemClock.elapsed() - QUESTION_FIRST : Number.POSITIVE_INFINITY;
    for (let next = deferred[0]; next && !isEvaluating && next.since <= until; next = deferred[0]) {
      deferred.shift();
      change(next.order);
    }
  },
});

type Change = Extract<Order, { say: 'append' | 'rules' | 'close' }>;

interface Deferred {
  readonly order: Change;
  readonly since: Millis;
}

function change(order: Change): void {
  if (order.say === 'append') {
    report({ say: 'judged', judgement: keepAlone(order.scrape) });
    report({ say: 'status', status: status() });
  } else if (order.say === 'rules') {
    limits.defaultInterval = order.settings.interval;
    rules.configure(order.settings);
  } else {
    isClosing = true;
    desk.clear();
  }
}

function keepAlone(scrape: PackedScrape): Judgement | undefined {
  isEvaluating = true;
  try {
    return keep(scrape);
  } finally {
    isEvaluating = false;
  }
}

/** With the first scrape ends what the program before this one had and this one has not. */
let isFirst = target !== undefined;

/** Keeps a scrape, or shows one between two of the grid, together with what the rules make of it. */
function keep(scrape: PackedScrape): Judgement | undefined {
  const { at, isInterim, clockSetBy } = scrape;
  if (clockSetBy !== 0) {
    store.carryOver(at - 1, limits.lookback);
    rules.clockSet(clockSetBy);
  }
  if (isInterim) store.preview(unpackScrape(scrape));
  else store.begin(unpackScrape(scrape));
  if (isFirst && target && !isInterim) isFirst = !endFormer(store, target, at, at - limits.lookback);
  try {
    return rules.evaluate(at, isInterim);
  } catch (error) {
    const fields = { err: (error as Error).message, stack: (error as Error).stack };
    report({ say: 'log', level: 'error', message: 'The rules could not be evaluated', fields });
    return undefined;
  } finally {
    store.commit();
  }
}

function status(): SamplesStatus {
  const { series, appended, bytes, errors, oldest, problem, damage } = store.stats();
  return { series, samplesAppended: appended, bytes, errors, oldest, problem, damage };
}

let tidying = setTimeout(tidy, SOON);

function tidy(): void {
  shelf.dropIdle();
  const isMore = store.maintain(systemClock.elapsed() + BITE);
  tidying = setTimeout(tidy, isMore ? SOON : LATER);
}

port.on('message', (order: Order) => {
  if (isClosing) return;
  desk.hear(order);
  desk.work();
  if (isClosing) close();
});

function close(): void {
  clearTimeout(tidying);
  store.close();
  port.close();
}

report({ say: 'status', status: status() });
