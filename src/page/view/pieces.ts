// Long lists are drawn piece by piece: what fits a screen at once, the rest each in a task of its own, so that the page
// answers a finger meanwhile.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Rows or cards of the first view, and of each piece after it. */
const FIRST = 24;
const PIECE = 12;

/** How many of the wanted ones are drawn now; all of them, soon. The server draws those of the first view. */
export function usePieces(wanted: number): number {
  const drawn = useSignal(FIRST);
  const now = drawn.value;
  useEffect(() => {
    if (now >= wanted) return;
    const timer = setTimeout(() => {
      drawn.value = now + PIECE;
    });
    return () => clearTimeout(timer);
  }, [now, wanted, drawn]);
  return Math.min(now, wanted);
}
