// Silencing an alert in two taps: this button, then how long. What it opens is loaded when it is tapped first.

import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { ComponentChildren, FunctionComponent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useModel } from '../model.js';

/** An alert that can be silenced. */
export interface SilenceTarget {
  readonly alertname: string;
  /** A service's id, or what the alert is about. */
  readonly service: string;
  readonly message: string;
  readonly fingerprint: string | undefined;
}

export interface QuickProps {
  readonly target: SilenceTarget;
  /** @param text what was done */
  readonly onDone: (text: string) => void;
  readonly onCancel: () => void;
}

interface SilenceParts {
  readonly button: ComponentChildren;
  /** Below the row while it is open. */
  readonly panel: ComponentChildren;
}

/** The button of a row and what it opens. @param onDone called when a silence was made */
export function useSilenceButton(target: SilenceTarget, onDone?: () => void): SilenceParts {
  const model = useModel();
  const panel = useSignal<{ readonly Quick: FunctionComponent<QuickProps> } | undefined>(undefined);
  const text = useSignal('');
  const button = useRef<HTMLButtonElement>(null);
  // While the row is still there.
  useLayoutEffect(() => () => leave(button.current), []);
  if (model.isReadOnly) return { button: null, panel: null };
  const close = () => {
    panel.value = undefined;
    button.current?.focus();
  };
  const open = async () => {
    if (panel.peek()) return close();
    text.value = '';
    await import('../alerts/quick-silence.js').then(
      ({ QuickSilence }) => {
        panel.value = { Quick: QuickSilence };
      },
      () => {
        text.value = 'The form cannot be loaded: the monitor does not answer.';
      },
    );
  };
  const done = (said: string) => {
    text.value = said;
    close();
    onDone?.();
  };
  return {
    button: (
      <button
        type="button"
        class="plain-button small silence-button"
        ref={button}
        aria-expanded={panel.value !== undefined}
        aria-label={`Silence ${target.alertname}${target.service === '' ? '' : ` of ${target.service}`}`}
        onClick={() => void open()}
      >
        Silence
      </button>
    ),
    panel: <Panel panel={panel} text={text} target={target} onDone={done} onCancel={close} />,
  };
}

/** An alert that is silenced leaves its list: the keyboard goes on with the next one there. */
function leave(button: HTMLButtonElement | null): void {
  if (button === null || document.activeElement !== button) return;
  const all = [...document.querySelectorAll<HTMLElement>('.silence-button')];
  const at = all.indexOf(button);
  const next = all[at + 1] ?? all[at - 1];
  // Once the others have their places: what is moved loses the focus.
  setTimeout(() =>
    (next?.isConnected ? next : document.querySelector('main'))?.focus({ preventScroll: true }),
  );
}

interface PanelProps extends QuickProps {
  readonly panel: ReadonlySignal<{ readonly Quick: FunctionComponent<QuickProps> } | undefined>;
  readonly text: ReadonlySignal<string>;
}

function Panel({ panel, text, ...rest }: PanelProps) {
  const Quick = panel.value?.Quick;
  if (Quick) return <Quick {...rest} />;
  return text.value === '' ? null : (
    <p class="quick-done" role="status">
      {text.value}
    </p>
  );
}
