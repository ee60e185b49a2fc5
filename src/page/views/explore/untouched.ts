// When a field can be taken away from under its reader: not within a word that an input method composes, nor while a
// pointer selects in it.

/** Follows what is done in a field. @returns what resolves at once, or when what is under way there has ended */
export function followField(field: HTMLElement): () => Promise<void> {
  const busy = new Set<'composing' | 'pressed'>();
  const waiting = new Set<() => void>();
  const ended = (what: 'composing' | 'pressed') => {
    busy.delete(what);
    // The input event of a composed text, and the selection of a pointer, come after it.
    setTimeout(() => {
      if (busy.size > 0) return;
      for (const resolve of waiting) resolve();
      waiting.clear();
    });
  };
  field.addEventListener('compositionstart', () => busy.add('composing'));
  field.addEventListener('compositionend', () => ended('composing'));
  field.addEventListener('pointerdown', () => {
    busy.add('pressed');
    for (const name of ['pointerup', 'pointercancel'])
      addEventListener(name, () => ended('pressed'), { once: true });
  });
  return () => (busy.size === 0 ? Promise.resolve() : new Promise(resolve => waiting.add(resolve)));
}
