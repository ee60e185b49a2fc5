// Long lists come by pages: so many rows, then a button for more. Where the last page is shown, a line says so in the
// button's place and takes its focus.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { usePieces } from './pieces.js';

/** Rows or cards of a page. */
export const PAGE = 60;

interface Wanted {
  /** Rows of the first page. */
  readonly first?: number;
  /** Rows that are shown in any case: what an address names is among them. */
  readonly atLeast?: number;
}

interface More {
  /** How many rows are drawn now. */
  readonly drawn: number;
  /** What stands below them. */
  readonly button: ComponentChildren;
}

/** @param total rows there are @param what they are called, in the plural */
export function useMore(total: number, what: string, { first = PAGE, atLeast = 0 }: Wanted = {}): More {
  const limit = useSignal(first);
  const end = useRef<HTMLParagraphElement>(null);
  const shown = Math.max(limit.value, atLeast);
  const drawn = usePieces(Math.min(total, shown));
  const rest = total - shown;
  const isEnd = rest <= 0 && limit.value > first;
  useEffect(() => {
    if (isEnd) end.current?.focus();
  }, [isEnd]);
  if (isEnd)
    return {
      drawn,
      button: (
        <p class="quiet" tabIndex={-1} ref={end}>
          All {total} {what} are shown.
        </p>
      ),
    };
  if (rest <= 0) return { drawn, button: null };
  const more = () => {
    limit.value = shown + PAGE;
  };
  return {
    drawn,
    button: (
      <button type="button" class="fold" onClick={more}>
        Show {Math.min(rest, PAGE)} of {rest} more
      </button>
    ),
  };
}

/** How many rows of each group are among the first so many. @param sizes rows of each group */
export function firstRows(sizes: readonly number[], limit: number): number[] {
  let room = limit;
  return sizes.map(size => {
    const rows = Math.min(size, room);
    room -= rows;
    return rows;
  });
}
