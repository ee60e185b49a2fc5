// Starts the editor piece by piece: loaded, taken in and put together in one task it would hold up the page for longer
// than a reader overlooks. Until it is whole a plain field stands in its place.

import type { Editor, Listener } from './view.js';

/** Milliseconds that an idle moment is waited for. */
const LONGEST_WAIT = 1000;

/** In the order in which they stand on each other. */
const PIECES = [
  () => import('./colors.js'),
  () => import('./commands.js'),
  () => import('./completion.js'),
  () => import('./promql.js'),
] as const;

/**
 * An editor that is whole, and nowhere yet. @param isWanted it is waited for: only what is under way comes before it
 * @returns undefined when it was given up meanwhile @throws Error when a piece cannot be loaded
 */
export async function startEditor(
  expression: string,
  label: string,
  listener: Listener,
  { isWanted, isOver }: { readonly isWanted: () => boolean; readonly isOver: () => boolean },
): Promise<Editor | undefined> {
  await rest(isWanted);
  const { makeEditor } = await import('./view.js');
  await rest(isWanted);
  if (isOver()) return undefined;
  const editor = makeEditor(expression, label, listener);
  try {
    for (const load of PIECES) {
      await rest(isWanted);
      const { extension } = await load();
      await rest(isWanted);
      if (isOver()) break;
      editor.add(extension());
    }
  } catch (error) {
    editor.close();
    throw error;
  }
  await rest(isWanted);
  if (!isOver()) return editor;
  editor.close();
  return undefined;
}

/** Ends the task, and waits for an idle moment unless it is urgent. */
function rest(isUrgent: () => boolean): Promise<void> {
  return new Promise(resolve => {
    // Not every browser knows idle moments.
    if (isUrgent() || !('requestIdleCallback' in globalThis)) setTimeout(resolve);
    else requestIdleCallback(() => resolve(), { timeout: LONGEST_WAIT });
  });
}
