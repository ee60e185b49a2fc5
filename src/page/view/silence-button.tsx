// Silencing an alert in two taps: this button, then how long. What it opens is loaded when it is tapped first.

import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { ComponentChildren, FunctionComponent } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { QuickProps, SilenceTarget } from '../alerts/silence-target.js';
import { checkMonitor } from '../api.js';
import { useModel } from '../model.js';
import { reloadOnce } from '../newer.js';
import { useOpen } from './details.js';

interface Loaded {
  readonly Quick: FunctionComponent<QuickProps>;
}

interface SilenceParts {
  readonly button: ComponentChildren;
  /** Below the row while it is open. */
  readonly panel: ComponentChildren;
}

/** The button of a row and what it opens. @param onDone called when a silence was made */
export function useSilenceButton(target: SilenceTarget, onDone?: () => void): SilenceParts {
  const model = useModel();
  const loaded = useSignal<Loaded | undefined>(undefined);
  const { alertname, service, message, fingerprint } = target;
  const { isOpen, toggle } = useOpen(`silence ${fingerprint ?? `${alertname} ${service} ${message}`}`);
  const text = useSignal('');
  const button = useRef<HTMLButtonElement>(null);
  // While the row is still there.
  useLayoutEffect(() => () => leave(button.current), []);
  const isShown = isOpen && !model.isReadOnly;
  useEffect(() => {
    if (!isShown || loaded.peek()) return;
    text.value = '';
    import('../alerts/quick-silence.js').then(
      ({ QuickSilence }) => {
        loaded.value = { Quick: QuickSilence };
      },
      async () => {
        // A monitor that answers was replaced since the page was loaded; the open form stands in the address.
        if ((await checkMonitor()) !== undefined && reloadOnce('chunk')) return;
        text.value = 'The form cannot be loaded: the monitor does not answer.';
        toggle();
      },
    );
  }, [isShown]);
  if (model.isReadOnly) return { button: null, panel: null };
  const close = () => {
    if (isOpen) toggle();
    button.current?.focus();
  };
  const press = () => {
    if (isOpen) return close();
    text.value = '';
    toggle();
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
        aria-expanded={isOpen}
        aria-label={`Silence ${target.alertname}${target.service === '' ? '' : ` of ${target.service}`}`}
        onClick={press}
      >
        Silence
      </button>
    ),
    panel: (
      <Panel
        loaded={isOpen ? loaded.value : undefined}
        text={text}
        target={target}
        onDone={done}
        onCancel={close}
      />
    ),
  };
}

/**
 * An alert that is silenced leaves its list: the keyboard goes on with the next one there. Where the list changes before the answer
 * to the silence arrives, the focus is still in the panel.
 */
function leave(button: HTMLButtonElement | null): void {
  if (!button?.closest('li')?.contains(document.activeElement)) return;
  const all = [...document.querySelectorAll<HTMLElement>('.silence-button')];
  const at = all.indexOf(button);
  const next = all[at + 1] ?? all[at - 1];
  // Once the others have their places: what is moved loses the focus.
  setTimeout(() =>
    (next?.isConnected ? next : document.querySelector('main'))?.focus({ preventScroll: true }),
  );
}

interface PanelProps extends QuickProps {
  /** Undefined while it is closed, or not there yet. */
  readonly loaded: Loaded | undefined;
  readonly text: ReadonlySignal<string>;
}

function Panel({ loaded, text, ...rest }: PanelProps) {
  const Quick = loaded?.Quick;
  if (Quick) return <Quick {...rest} />;
  return text.value === '' ? null : (
    <p class="quick-done" role="status">
      {text.value}
    </p>
  );
}
