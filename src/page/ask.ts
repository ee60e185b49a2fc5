// A view's questions to the monitor: asked when the view is shown, again after a while, and at once when something
// else is asked for. What was known stays shown meanwhile.

import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { getJson } from './api.js';
import { useModel } from './model.js';

/** What is known of an answer. */
export interface Asked<T> {
  /** The last answer; undefined before the first. */
  readonly answer: T | undefined;
  /** Why there is no newer one; empty while there is. */
  readonly problem: string;
  /** A question is on its way. */
  readonly isAsking: boolean;
  /** Asks again at once. */
  readonly again: () => void;
}

/** GET of JSON. @param every milliseconds between two questions */
export function useAnswer<T>(path: string, every: number): Asked<T> {
  return useQuestion(path, () => getJson<T>(path), every);
}

/**
 * @param key names the question; another one is asked at once, and the former answer is forgotten
 * @param ask throws where there is no answer @param every milliseconds between two questions
 */
export function useQuestion<T>(key: string, ask: () => Promise<T>, every: number): Asked<T> {
  const model = useModel();
  const known = useSignal<{ readonly key: string; readonly answer?: T; readonly problem: string }>({
    key,
    problem: '',
  });
  const isAsking = useSignal(false);
  const round = useRef<() => void>(() => undefined);
  useEffect(() => {
    let isOver = false;
    const next = async () => {
      // A page that is not seen keeps what it knows.
      const isKnown = known.peek().key === key && known.peek().answer !== undefined;
      if (model.isAway.peek() || (document.hidden && isKnown)) return;
      isAsking.value = true;
      const found = await ask().then(
        answer => ({ key, answer, problem: '' }),
        (error: Error) => ({
          ...(known.peek().key === key ? known.peek() : { key }),
          problem: error.message,
        }),
      );
      if (isOver) return;
      known.value = found;
      isAsking.value = false;
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
  return { answer, problem, isAsking: isAsking.value, again: () => round.current() };
}
