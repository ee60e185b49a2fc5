// Keeps up with the monitor. Comes in: /events, or /cluster_health again and again where no stream can be had; goes
// out: every new state, and signs that the last one still holds. It goes on until it is stopped and keeps no process
// alive meanwhile, unless an option says so.

import { type ClusterHealth, isAnswer } from './answers.js';
import { EventStreamParser } from './event-stream.js';
import type { ClientConfig } from './fetch-json.js';
import type { Origins } from './origins.js';
import { later, pause } from './pause.js';
import { clusterHealthProblem } from './shape.js';
import { cannotUnref, SocketUnref, withUnref } from './unref-socket.js';

/** How the state comes. */
export type Mode = 'connecting' | 'streaming' | 'polling';

export interface FollowOptions {
  readonly origins: Origins;
  /** Milliseconds between two questions where no stream can be had. */
  readonly pollInterval: number;
  /** Stream also where that keeps the process. */
  readonly mayHoldProcess: boolean;
  /** Milliseconds a stream may be silent; for tests, which have less time. */
  readonly silence?: { readonly first: number; readonly later: number };
}

/** Callbacks for events. */
export interface Follower {
  onHealth(health: ClusterHealth): void;
  /** What was heard last still holds. */
  onAlive(): void;
  /** The monitor answers, for the first time or again. */
  onContact(): void;
  onMode(mode: Mode): void;
}

/** Milliseconds a stream may be silent: before its first byte, and then; the monitor says something every ten seconds. */
const SILENCE = { first: 5000, later: 30_000 };
/** With several monitors: after this silence one is asked whether it is there, and how long it may take to say so. */
const QUIET = 2000;
const ANSWER_TIMEOUT = 1500;
/** Where a stream was refused, or said nothing, it is tried again after this. */
const STREAM_AGAIN = 60_000;
const FIRST_RETRY = 250;
const LAST_RETRY = 10_000;
/** A question that is asked again soon need not wait for ever. */
const POLL_TIMEOUT = 2000;
/** While polling, how often there is a new contact. */
const CONTACT_INTERVAL = 60_000;

/** After this a stream was one, and the next attempt is the first again. */
const SETTLED = 5000;

/** How a stream came to its end: it broke, or never began; or none can be had here. */
type End = 'broken' | 'none' | 'none for good';

/** Follows until the signal. */
export async function follow(options: FollowOptions, follower: Follower, signal: AbortSignal): Promise<void> {
  const { origins } = options;
  let failures = 0;
  let refused = 0;
  let lastId = '';
  let followed = origins.current;
  while (!signal.aborted) {
    const began = performance.now();
    // Each monitor has ids of its own.
    if (origins.current.url !== followed.url) lastId = '';
    followed = origins.current;
    const parser = new EventStreamParser(({ type, data }) => {
      if (type === 'health') follower.onHealth(healthOf(data));
    }, lastId);
    const end = await stream(followed, options, follower, parser, signal);
    lastId = parser.lastId;
    if (signal.aborted) return;
    origins.leave(followed);
    refused = end === 'broken' ? 0 : refused + 1;
    // Before the last of them has refused, the next is tried.
    if (end === 'none for good' || refused >= origins.count) {
      refused = 0;
      await poll(options, follower, end === 'none' ? STREAM_AGAIN : Number.POSITIVE_INFINITY, signal);
      failures = 0;
      continue;
    }
    follower.onMode('connecting');
    failures = performance.now() - began > SETTLED ? 0 : failures + 1 / origins.count;
    // Clients do not reconnect all at once when the monitor has ended all streams.
    await pause(backoff(Math.floor(failures)) * (0.5 + Math.random() / 2), signal);
  }
}

/** @throws Error for anything but a state of the cluster, which ends the stream */
function healthOf(data: string): ClusterHealth {
  const health: unknown = JSON.parse(data);
  const problem = clusterHealthProblem(health);
  if (problem !== undefined) throw new Error(problem);
  return health as ClusterHealth;
}

function backoff(failures: number): number {
  return Math.min(FIRST_RETRY * 2 ** failures, LAST_RETRY);
}

async function stream(
  config: ClientConfig,
  { origins, mayHoldProcess, silence: limits = SILENCE }: FollowOptions,
  follower: Follower,
  parser: EventStreamParser,
  signal: AbortSignal,
): Promise<End> {
  if (!mayHoldProcess && cannotUnref()) return 'none for good';
  let end: End = 'broken';
  const over = new AbortController();
  const stop = () => over.abort();
  const socketUnref = mayHoldProcess ? undefined : new SocketUnref();
  // Before anything was said, silence is a proxy that keeps the stream to itself.
  let silence = later(limits.first, () => {
    end = 'none';
    stop();
  });
  // With another one to turn to, a monitor that says nothing is asked whether it is there.
  const watch = origins.count > 1 ? watchOver(config, stop) : undefined;
  signal.addEventListener('abort', stop);
  try {
    const response = await config.fetch(`${config.url}/events`, {
      headers: {
        ...config.headers,
        accept: 'text/event-stream',
        ...(parser.lastId && { 'last-event-id': parser.lastId }),
        ...socketUnref?.headers,
      },
      signal: over.signal,
    });
    if (!isStream(response)) return 'none';
    if (socketUnref?.keepsProcessAlive) return 'none for good';
    let isFirst = true;
    for await (const bytes of pieces(response)) {
      silence();
      silence = later(limits.later, stop);
      watch?.alive();
      parser.push(bytes);
      follower.onAlive();
      if (isFirst) follower.onMode('streaming');
      if (isFirst) follower.onContact();
      isFirst = false;
    }
  } catch {
    // Whatever it was, there is another attempt.
  } finally {
    silence();
    watch?.end();
    socketUnref?.done();
    signal.removeEventListener('abort', stop);
    over.abort();
  }
  return end;
}

/** Calls a function when the monitor has been silent and does not say that it is well either. */
function watchOver(config: ClientConfig, onGone: () => void): { alive(): void; end(): void } {
  const over = new AbortController();
  const fetch = withUnref(config.fetch);
  let cancel = () => {};
  const alive = () => {
    cancel();
    if (!over.signal.aborted) cancel = later(QUIET, () => void ask());
  };
  const ask = async () => {
    const late = new AbortController();
    const stop = () => late.abort();
    const cancelLate = later(ANSWER_TIMEOUT, stop);
    over.signal.addEventListener('abort', stop);
    const isWell = await fetch(`${config.url}/health`, { headers: config.headers, signal: late.signal })
      .then(
        response => response.arrayBuffer().then(() => response.ok),
        () => false,
      )
      .catch(() => false);
    cancelLate();
    over.signal.removeEventListener('abort', stop);
    if (over.signal.aborted) return;
    if (isWell) alive();
    else onGone();
  };
  alive();
  return {
    alive,
    end() {
      cancel();
      over.abort();
    },
  };
}

function isStream(response: Response): boolean {
  return response.ok && (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
}

/** Not every browser iterates over a stream. */
async function* pieces(response: Response): AsyncGenerator<Uint8Array, void> {
  const reader = response.body?.getReader();
  if (!reader) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function poll(
  { origins, pollInterval, mayHoldProcess }: FollowOptions,
  follower: Follower,
  span: number,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + span;
  let contact = Number.NEGATIVE_INFINITY;
  let wait = pollInterval;
  const polling = (config: ClientConfig): ClientConfig => ({
    ...config,
    fetch: mayHoldProcess ? config.fetch : withUnref(config.fetch),
    timeout: Math.min(config.timeout, POLL_TIMEOUT),
  });
  while (!signal.aborted && performance.now() < end) {
    const health = await origins
      .ask<ClusterHealth>('/cluster_health', clusterHealthProblem, signal, polling)
      .catch(() => undefined);
    if (signal.aborted) return;
    if (!health || !isAnswer(health)) {
      follower.onMode('connecting');
      contact = Number.NEGATIVE_INFINITY;
      wait = Math.min(wait * 2, Math.max(LAST_RETRY, pollInterval));
    } else {
      wait = pollInterval;
      follower.onMode('polling');
      follower.onHealth(health);
      follower.onAlive();
      if (performance.now() - contact > CONTACT_INTERVAL) {
        contact = performance.now();
        follower.onContact();
      }
    }
    await pause(wait, signal);
  }
}
