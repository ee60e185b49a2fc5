// A view's requests to the monitor: sent when the view is shown, again after an interval, and at once when the key changes.
// The last answer stays meanwhile.

import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { getJson } from './api.js';
import { useModel } from './model.js';

/** The state of a polled request. */
export interface Polled<T> {
  /** The last answer; undefined before the first. */
  readonly answer: T | undefined;
  /** Why there is no newer one; empty while there is. */
  readonly problem: string;
  /** A request is under way. */
  readonly isLoading: boolean;
  /** Sends the request again at once. */
  readonly reload: () => void;
}

/** GET of JSON. @param every milliseconds between two requests */
export function usePolledJson<T>(path: string, every: number): Polled<T> {
  return usePolled(path, () => getJson<T>(path), every);
}

/**
 * @param key another key drops the answer and sends a request at once
 * @param load rejects when there is no answer @param every milliseconds between two requests
 */
export function usePolled<T>(key: string, load: () => Promise<T>, every: number): Polled<T> {
  const model = useModel();
  const known = useSignal<{ readonly key: string; readonly answer?: T; readonly problem: string }>({
    key,
    problem: '',
  });
  const isLoading = useSignal(false);
  const round = useRef<() => void>(() => undefined);
  useEffect(() => {
    let isOver = false;
    const next = async () => {
      // A page that is not seen keeps what it knows.
      const isKnown = known.peek().key === key && known.peek().answer !== undefined;
      if (model.isAway.peek() || (document.hidden && isKnown)) return;
      isLoading.value = true;
      const found = await load().then(
        answer => ({ key, answer, problem: '' }),
        (error: Error) => ({
          ...(known.peek().key === key ? known.peek() : { key }),
          problem: error.message,
        }),
      );
      if (isOver) return;
      known.value = found;
      isLoading.value = false;
    };
    round.current = () => void next();
    const timer = setInterval(() => void next(), every);
    // Runs once at the start, and when the monitor is back.
    const stopFollowing = effect(() => {
      if (!model.isAway.value) void next();
    });
    return () => {
      isOver = true;
      clearInterval(timer);
      stopFollowing();
    };
  }, [key, every]);
  const { answer, problem } = known.value.key === key ? known.value : { answer: undefined, problem: '' };
  return { answer, problem, isLoading: isLoading.value, reload: () => round.current() };
}
