// A page that is older than the monitor it is of: it loads itself again as soon as that loses nothing, and once only, so
// that two monitors behind one address, or a chunk that cannot be had at all, make no loop.

import type { Model } from './model.js';

/** Which load of the page an entry of the browser's history was already loaded again for. */
interface Entry {
  readonly reloadedFor?: string;
}

/** Takes note of the page the monitor serves now. @param build as the monitor names it; null where it names none */
export function noticeBuild(model: Model, build: string | null): void {
  model.isOutdated.value = build !== null && model.build !== '' && build !== model.build;
  if (build !== null && model.isOutdated.peek() && losesNothing(model)) reloadOnce(build);
}

/** Loads the page again. @param why of each reason once @returns false when it was for this reason already */
export function reloadOnce(why: string): boolean {
  const entry = history.state as Entry | null;
  if (entry?.reloadedFor === why) return false;
  history.replaceState({ ...entry, reloadedFor: why } satisfies Entry, '');
  location.reload();
  return true;
}

/** Text in a field may be on its way into the address, or stand nowhere else. */
function losesNothing({ unsaved }: Model): boolean {
  const focused = document.activeElement;
  const isTyping = focused?.matches('input, textarea, select') || focused?.shadowRoot;
  return unsaved.peek() === 0 && !isTyping;
}
