// Reloads a page that is older than its monitor, as soon as no input is lost by it, and once for each reason, so that two
// monitors behind one address, or a chunk that cannot be loaded, cause no loop.

import type { Model } from './model.js';

/** State of an entry of the browser's history: the reason it was already reloaded for. */
interface Entry {
  readonly reloadedFor?: string;
}

/** Compares the page with the build the monitor serves now. @param build null where the monitor does not say */
export function noticeBuild(model: Model, build: string | null): void {
  model.isOutdated.value = build !== null && model.build !== '' && build !== model.build;
  if (build !== null && model.isOutdated.peek() && losesNothing(model)) reloadOnce(build);
}

/** Reloads the page, once for each reason. @returns false when it was already reloaded for this one */
export function reloadOnce(why: string): boolean {
  const entry = history.state as Entry | null;
  if (entry?.reloadedFor === why) return false;
  history.replaceState({ ...entry, reloadedFor: why } satisfies Entry, '');
  location.reload();
  return true;
}

/** Whether no input is lost: text in a focused field may not be in the URL yet, or nowhere else. */
function losesNothing({ unsaved }: Model): boolean {
  const focused = document.activeElement;
  const isTyping = focused?.matches('input, textarea, select') || focused?.shadowRoot;
  return unsaved.peek() === 0 && !isTyping;
}
