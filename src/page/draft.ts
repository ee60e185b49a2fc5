// A form's content, which stands in the view's address: a link leads to a filled form and a reload loses nothing.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useModel } from './model.js';

/** Milliseconds without a change before the address takes what was typed. */
const SETTLE = 400;

/** How a draft stands in a query string. */
export interface DraftText<T> {
  /** Undefined where the query string does not ask for a form. */
  parse(query: string): T | undefined;
  print(draft: T): string;
}

/** A form's content. The address gets it a moment after each change; a link or a step back replaces it. */
export function useDraft<T>({ parse, print }: DraftText<T>): Signal<T> {
  const model = useModel();
  const { query } = model.place.value;
  const draft = useSignal(parse(query) ?? (parse('?new=1') as T));
  const known = useRef(query);
  useEffect(() => {
    if (query === known.current) return;
    known.current = query;
    const asked = parse(query);
    if (asked) draft.value = asked;
  }, [query, draft, parse]);
  const printed = print(draft.value);
  useEffect(() => {
    const settle = () => {
      // The newest draft, which may not be drawn yet.
      const printed = print(draft.peek());
      if (parse(model.place.peek().query) === undefined || printed === known.current) return;
      known.current = printed;
      model.setQuery(printed);
    };
    const timer = setTimeout(settle, SETTLE);
    // A click on a link takes the focus away first: the step back then leads to all that was typed.
    document.addEventListener('focusout', settle);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('focusout', settle);
    };
  }, [printed, model, parse, print, draft]);
  return draft;
}
