// A button that asks once more, in place, before something is changed.

import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useChange } from './submission.js';
import { useUnsaved } from './unsaved.js';

interface Props {
  /** The label of the button that asks at the moment; empty while none does. Buttons of a row share it. */
  readonly asking: Signal<string>;
  /** As shown first. */
  readonly label: string;
  /** Its name for screen readers, which do not show what it stands beside. */
  readonly name: string;
  /** Of the button that does it. */
  readonly sure: string;
  readonly send: () => Promise<unknown>;
  readonly onDone: () => void;
}

/** The keyboard goes to what keeps everything as it is, and back to what asked. Hidden while another of its row asks. */
export function ConfirmButton({ asking, label, name, sure, send, onDone }: Props) {
  const { fault, run } = useChange();
  const keep = useRef<HTMLButtonElement>(null);
  const ask = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  const isAsking = asking.value === label;
  useUnsaved(isAsking);
  // Before a list is read again, which may take the row away.
  useLayoutEffect(() => {
    if (isAsking) keep.current?.focus();
    else if (wasAsking.current) ask.current?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);
  if (asking.value !== '' && !isAsking) return null;
  if (!isAsking)
    return (
      <button
        type="button"
        class="plain-button"
        ref={ask}
        aria-label={name}
        onClick={() => {
          asking.value = label;
        }}
      >
        {label}
      </button>
    );
  return (
    <>
      <button type="button" class="plain-button danger" onClick={() => run(send, onDone)}>
        {sure}
      </button>
      <button
        type="button"
        class="plain-button"
        ref={keep}
        onClick={() => {
          asking.value = '';
        }}
      >
        Keep
      </button>
      {fault}
    </>
  );
}
