// Range, end and step of a panel: written as durations and moments, moved by buttons.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useModel } from '../../model.js';
import { type Panel, parseDuration, parseMoment, printDuration, printMoment, stepOf } from './panels.js';

interface Props {
  readonly panel: Panel;
  onChange(part: Partial<Panel>): void;
}

/** Seconds the buttons go through. */
const RANGES = [
  60, 300, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000,
];

export function RangeField({ panel: { range }, onChange }: Props) {
  const shorter = RANGES.findLast(each => each < range);
  const longer = RANGES.find(each => each > range);
  return (
    <span class="stepped">
      <button
        type="button"
        aria-label="Shorter range"
        disabled={shorter === undefined}
        onClick={() => shorter && onChange({ range: shorter })}
      >
        −
      </button>
      <Field
        label="Range"
        shown={printDuration(range)}
        hint="a duration such as 1h or 2d12h"
        read={parseDuration}
        onRead={value => value !== undefined && onChange({ range: value })}
      />
      <button
        type="button"
        aria-label="Longer range"
        disabled={longer === undefined}
        onClick={() => longer && onChange({ range: longer })}
      >
        +
      </button>
    </span>
  );
}

export function EndField({ panel: { end, range, tab }, onChange }: Props) {
  const model = useModel();
  const move = (by: number) => () => onChange({ end: Math.floor((end ?? model.now.peek() / 1000) + by) });
  const half = tab === 'graph' ? Math.max(1, Math.floor(range / 2)) : 60;
  return (
    <span class="stepped">
      <button type="button" aria-label="Earlier" onClick={move(-half)}>
        ‹
      </button>
      <Field
        label={tab === 'graph' ? 'End (UTC)' : 'Time (UTC)'}
        shown={end === undefined ? '' : printMoment(end)}
        placeholder={tab === 'graph' ? 'Ends now' : 'Now'}
        hint="a time such as 2024-01-15 10:30:00, or nothing for now"
        read={parseMoment}
        onRead={value => onChange({ end: value })}
        isWide
      />
      <button type="button" aria-label="Later" disabled={end === undefined} onClick={move(half)}>
        ›
      </button>
    </span>
  );
}

export function StepField({ panel, onChange }: Props) {
  const { step } = panel;
  return (
    <Field
      label="Step"
      shown={step === undefined ? '' : printDuration(step)}
      placeholder={`Step ${printDuration(stepOf(panel))}`}
      hint="a duration such as 15s, or nothing for what fits the range"
      read={text => parseDuration(text.replace(/^(\d+)$/, '$1s'))}
      onRead={value => onChange({ step: value })}
    />
  );
}

interface FieldProps {
  readonly label: string;
  readonly shown: string;
  readonly placeholder?: string;
  /** What it takes. */
  readonly hint: string;
  readonly isWide?: boolean;
  read(text: string): number | undefined;
  /** @param value undefined when the field was emptied */
  onRead(value: number | undefined): void;
}

/** A field that is read when it is left or confirmed; what cannot be read stays there and is marked. */
function Field({ label, shown, placeholder, hint, isWide, read, onRead }: FieldProps) {
  const text = useSignal(shown);
  const isBad = useSignal(false);
  useEffect(() => {
    text.value = shown;
    isBad.value = false;
  }, [shown]);
  const confirm = () => {
    if (text.value === shown) return;
    const value = text.value.trim() === '' ? undefined : read(text.value);
    isBad.value = text.value.trim() !== '' && value === undefined;
    if (!isBad.value) onRead(value);
  };
  return (
    <input
      type="text"
      class={isWide ? 'wide' : 'narrow'}
      aria-label={label}
      aria-invalid={isBad.value}
      title={isBad.value ? `Not understood: ${hint}` : hint}
      placeholder={placeholder}
      value={text.value}
      onInput={event => {
        text.value = event.currentTarget.value;
      }}
      onBlur={confirm}
      onKeyDown={event => {
        if (event.key === 'Enter') confirm();
      }}
    />
  );
}
