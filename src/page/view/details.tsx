// Details that open and close; which are open stands in the address.

import type { ComponentChildren } from 'preact';
import { type Model, useModel } from '../model.js';
import { openName, openOf, withOpen } from '../open.js';

/**
 * Whether details are open, and what opens and closes them. @param key of all details of a view only these have it
 * @param isOpenFirst an address that names them closes them
 */
export function useOpen(key: string, isOpenFirst = false): { readonly isOpen: boolean; toggle(): void } {
  const model = useModel();
  const name = openName(key);
  return {
    isOpen: openOf(model.place.value.query).includes(name) !== isOpenFirst,
    toggle: () => toggle(model, name),
  };
}

function toggle(model: Model, name: string): void {
  const { query } = model.place.peek();
  const open = openOf(query);
  const changed = open.includes(name) ? open.filter(each => each !== name) : [...open, name];
  model.place.value = { ...model.place.peek(), query: withOpen(query, changed) };
}

interface DetailsProps {
  /** See {@link useOpen}. */
  readonly of: string;
  readonly summary: ComponentChildren;
  /** What assistive technology reads in place of the summary. */
  readonly label?: string;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

/** Details below a summary, drawn once they are open. */
export function Details({ of, summary, label, children, ...rest }: DetailsProps) {
  const { isOpen, toggle: change } = useOpen(of);
  return (
    <details
      {...rest}
      open={isOpen}
      onToggle={event => {
        if (event.currentTarget.open !== isOpen) change();
      }}
    >
      <summary aria-label={label}>{summary}</summary>
      {isOpen ? children : null}
    </details>
  );
}
