// Which cards are seen: history is asked for these alone.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

interface Watcher {
  /** Notes when the card of a service comes into sight and leaves it; returns what ends that. */
  watch(element: Element, id: string): () => void;
}

const WatcherContext = createContext<Watcher | undefined>(undefined);

export const WatcherProvider = WatcherContext.Provider;

/** Undefined on the server. */
export function useWatcher(): Watcher | undefined {
  return useContext(WatcherContext);
}

/** Cards up to so far below the screen count as seen. */
const AHEAD = '200px';

/** Milliseconds: cards come into sight many at a time. */
const SETTLE = 50;

/** @param onChange gets the ids of the services in sight, a moment after they have changed */
export function watchCards(onChange: (ids: ReadonlySet<string>) => void): Watcher {
  const ids = new WeakMap<Element, string>();
  const seen = new Set<string>();
  let isDue = false;
  const changed = () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      onChange(seen);
    }, SETTLE);
  };
  const observer = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) {
        const id = ids.get(target);
        if (id === undefined) continue;
        if (isIntersecting) seen.add(id);
        else seen.delete(id);
      }
      changed();
    },
    { rootMargin: AHEAD },
  );
  return {
    watch(element, id) {
      ids.set(element, id);
      observer.observe(element);
      return () => {
        observer.unobserve(element);
        seen.delete(id);
        changed();
      };
    },
  };
}
