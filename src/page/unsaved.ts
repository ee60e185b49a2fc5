// What a reload of the page would lose: forms that are open, and text that is typed but not asked for.

import { useEffect } from 'preact/hooks';
import { useModel } from './model.js';

/** Counts something as unsaved while it is. */
export function useUnsaved(isUnsaved = true): void {
  const { unsaved } = useModel();
  useEffect(() => {
    if (!isUnsaved) return;
    unsaved.value++;
    return () => {
      unsaved.value--;
    };
  }, [isUnsaved, unsaved]);
}
