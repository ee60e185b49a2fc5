// The query thread: owns the samples and answers what is asked of them, so that a heavy query does not block the main thread.

import { receiveMessageOnPort } from 'node:worker_threads';
import { lowerThreadPriority } from '../../concurrency/priority.js';
import { type SupervisedEvent, supervised } from '../../concurrency/supervised-thread.js';
import { type Millis, systemClock } from '../../model/time.js';
import { SampleStore } from '../../tsdb/store.js';
import type { SamplesStatus } from '../engine.js';
import type { QueryThreadEvent, QueryThreadRequest, ThreadAnswer, ThreadOptions } from '../protocol.js';
import type { RuleEvaluation } from '../rule-evaluation.js';
import { type PackedScrape, unpackScrape } from '../scrape-codec.js';
import { DurableSource } from './durable-source.js';
import { QueueServer } from './queue-server.js';
import { ResponseBuffer } from './response-buffer.js';
import { Rules } from './rules.js';
import { QueryScheduler } from './scheduler.js';
import { markStale, type Target } from './stale-series.js';
import { StreamReceiver } from './stream-receiver.js';
import { warmUp } from './warm-up.js';

/** How long the store may tidy up at a time; a question that comes waits for it. */
const MAINTENANCE_SLICE: Millis = 8;
/** A question that runs goes on for so long before a scrape is kept and the rules are evaluated, which may take seconds. */
const MAX_DELAY_BY_QUERY: Millis = 250;
/** Between two bites while there is something to tidy up, and while there is nothing. */
const BUSY_INTERVAL: Millis = 40;
const IDLE_INTERVAL: Millis = 5000;
/**
 * Times as long as a bite took, for what is urgent and what is not: after a start with a hundred thousand new series everything else
 * begins, too.
 */
const REST = 9;
const LONG_REST = 49;

// Neither a check's measured time nor an answer of the main thread waits for a query.
lowerThreadPriority();

const { port, data } = supervised<ThreadOptions>(warmUp);
const { file, retention, maxBytes, ...start } = data;
const limits = { ...start.limits };

function send(event: QueryThreadEvent | SupervisedEvent): void {
  if (event.type === 'answer') sendAnswer(event.id, event.answer);
  else if (event.type === 'chunk') port.postMessage(event, [event.bytes.buffer]);
  else port.postMessage(event);
}

function sendAnswer(id: number, answer: ThreadAnswer): void {
  const data = 'data' in answer ? answer.data : undefined;
  // Each object in a message takes both threads longer than copying the text.
  if (typeof data === 'string' && answer.warnings.length === 0 && answer.infos.length === 0)
    port.postMessage({ type: 'text', id, text: data } satisfies QueryThreadEvent);
  else {
    const event = { type: 'answer', id, answer } satisfies QueryThreadEvent;
    // The array is this answer's own.
    if (data instanceof Uint8Array) port.postMessage(event, [data.buffer]);
    else port.postMessage(event);
  }
}

let { obstacle } = start;

const store = new SampleStore({
  file,
  retention,
  maxBytes,
  obstacle: () => obstacle,
  onQueued: () => queues.stored(),
  log: (level, message, fields) => send({ type: 'log', level, message, fields }),
});

const queues = new QueueServer(store);

const rules = new Rules(store, limits, systemClock, task => scheduler.yieldTo(task));

const responses = new ResponseBuffer(systemClock);

const streams = new StreamReceiver({
  store,
  clock: systemClock,
  onReceived: () => {
    if (!isClosing) scheduler.run();
  },
});

let isClosing = false;

/** A scrape is begun in the store and the rules add to it, or rules are read: questions are answered meanwhile, and nothing else. */
let isChanging = false;
/** What is to be done next, in order. */
const deferred: Deferred[] = [];

const scheduler = new QueryScheduler({
  source: new DurableSource(store, () => store.openAt),
  responses,
  limits,
  clock: systemClock,
  receive: () => {
    streams.poll();
    return receiveMessageOnPort(port)?.message as QueryThreadRequest | undefined;
  },
  send,
  onRequest: request => {
    // Questions are answered within an evaluation of the rules and while some are read; what changes samples or rules comes after it.
    if (request.type === 'obstacle') ({ obstacle } = request);
    else if (request.type === 'target') ({ target } = request);
    else if (request.type === 'ping') send({ type: 'pong' });
    else if (request.type === 'groups') send({ type: 'groups', id: request.id, groups: rules.groups() });
    else if (request.type === 'streams') streams.connect(request.port);
    else if (request.type === 'queues') queues.setNames(request.names);
    else if (request.type === 'queuePort') queues.connect(request.port);
    else deferred.push({ request, since: systemClock.elapsed() });
  },
  onYield: isQuestionRunning => {
    const until = isQuestionRunning ? systemClock.elapsed() - MAX_DELAY_BY_QUERY : Number.POSITIVE_INFINITY;
    for (let next = deferred[0]; next && !isChanging && next.since <= until; next = deferred[0]) {
      deferred.shift();
      apply(next.request);
    }
    if (!isChanging) streams.append(until);
  },
});

type DeferredRequest = Extract<QueryThreadRequest, { type: 'append' | 'rules' | 'close' }>;

interface Deferred {
  readonly request: DeferredRequest;
  readonly since: Millis;
}

function apply(request: DeferredRequest): void {
  if (request.type === 'append') {
    const evaluation = change(() => appendAndEvaluate(request.scrape));
    // Of what is shown between two scrapes nothing is kept.
    send({ type: 'evaluated', evaluation, status: request.scrape.isInterim ? undefined : status() });
  } else if (request.type === 'rules') {
    limits.defaultInterval = request.settings.interval;
    change(() => rules.configure(request.settings));
  } else {
    isClosing = true;
    scheduler.cancelAll();
  }
}

function change<T>(action: () => T): T {
  isChanging = true;
  try {
    return action();
  } finally {
    isChanging = false;
  }
}

/** What all scrapes are of. */
let target: Target | undefined;
/** With the first scrape ends what the program before this one had and this one has not. */
let isFirst = true;

/** Keeps a scrape, or shows one between two of the grid, together with what the rules make of it. */
function appendAndEvaluate(scrape: PackedScrape): RuleEvaluation | undefined {
  const { at, isInterim, clockSetBy } = scrape;
  if (clockSetBy !== 0) {
    store.carryOver(at - 1, limits.lookback);
    rules.clockSet(clockSetBy);
  }
  if (isInterim) store.showInterim(unpackScrape(scrape));
  else store.beginScrape(unpackScrape(scrape));
  if (isFirst && target && !isInterim) isFirst = !markStale(store, target, at, at - limits.lookback);
  try {
    return rules.evaluate(at, isInterim);
  } catch (error) {
    const fields = { err: (error as Error).message, stack: (error as Error).stack };
    send({ type: 'log', level: 'error', message: 'The rules could not be evaluated', fields });
    return undefined;
  } finally {
    store.commit();
  }
}

function status(): SamplesStatus {
  const { series, appended, bytes, errors, oldest, problem, damage } = store.stats();
  return { series, samplesAppended: appended, bytes, errors, oldest, problem, damage };
}

let maintenanceTimer = setTimeout(maintain, BUSY_INTERVAL);

function maintain(): void {
  responses.dropIdle();
  const begun = systemClock.elapsed();
  const isMore = store.maintain(begun + MAINTENANCE_SLICE);
  const times = store.isMaintenanceUrgent ? REST : LONG_REST;
  const rest = Math.max(BUSY_INTERVAL, times * (systemClock.elapsed() - begun));
  maintenanceTimer = setTimeout(maintain, isMore ? rest : IDLE_INTERVAL);
}

port.on('message', (request: QueryThreadRequest) => {
  if (isClosing) return;
  scheduler.handle(request);
  scheduler.run();
  if (isClosing) close();
});

function close(): void {
  clearTimeout(maintenanceTimer);
  store.close();
  streams.close();
  queues.close();
  port.close();
}

send({ type: 'status', status: status() });
