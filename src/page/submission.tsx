// The course of a change that a reader asks for: under way at most once, refused while fields are wrong, and what went
// wrong said in place. Forms, rows and buttons share it.

import { useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { useRef } from 'preact/hooks';

interface Change {
  /** One is under way; another is not begun meanwhile. */
  readonly isBusy: boolean;
  /** The last error, as text and as an announcement for screen readers; null where there was none. */
  readonly fault: ComponentChildren;
  /**
   * Makes a change. @param send rejects with what went wrong: a refusal, or no answer @param onDone gets the answer
   * @param failed stands before what went wrong
   */
  run<T>(send: () => Promise<T>, onDone: (answer: T) => void, failed?: string): void;
  /** What went wrong is about something else now. */
  forget(): void;
}

/** A change of the monitor's. */
export function useChange(): Change {
  const isBusy = useSignal(false);
  const problem = useSignal('');
  const run = async <T,>(send: () => Promise<T>, onDone: (answer: T) => void, failed?: string) => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    problem.value = '';
    await send().then(onDone, (error: Error) => {
      problem.value = failed === undefined ? error.message : `${failed}: ${error.message}`;
    });
    isBusy.value = false;
  };
  const fault =
    problem.value === '' ? null : (
      <p class="fault" role="alert">
        {problem.value}
      </p>
    );
  return {
    isBusy: isBusy.value,
    fault,
    run: (...args) => void run(...args),
    forget: () => {
      problem.value = '';
    },
  };
}

interface Wanted<T> {
  /** No field is wrong. */
  readonly isFaultless: boolean;
  readonly send: () => Promise<T>;
  readonly onDone: (answer: T) => void;
  /** Stands before what went wrong: `The silence was not made`. */
  readonly failed: string;
}

interface Submission<Area extends HTMLElement> extends Pick<Change, 'isBusy' | 'fault' | 'forget'> {
  /** Where the fields are. */
  readonly area: RefObject<Area | null>;
  /** It was submitted once: from then on fields say what is wrong with them. */
  readonly isTried: boolean;
  /** Sends what the fields hold, or leads the keyboard to the first that is wrong. */
  submit<T>(wanted: Wanted<T>): void;
}

/** A form's submission. */
export function useSubmission<Area extends HTMLElement>(): Submission<Area> {
  const { isBusy, fault, run, forget } = useChange();
  const isTried = useSignal(false);
  const area = useRef<Area | null>(null);
  const submit = <T,>({ isFaultless, send, onDone, failed }: Wanted<T>) => {
    isTried.value = true;
    if (isFaultless) run(send, onDone, failed);
    else focusFault(area.current);
  };
  return { isBusy, fault, forget, area, isTried: isTried.value, submit };
}

/** Moves the focus to the first field that is marked as wrong. The marks are drawn in a task of their own (browser.tsx). */
function focusFault(area: HTMLElement | null): void {
  setTimeout(() => area?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
