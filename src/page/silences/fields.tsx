// Fields that forms share: when it starts, and a line of text.

import type { Signal } from '@preact/signals';
import { useModel } from '../model.js';
import { MomentField } from './end-choice.js';

interface StartProps {
  readonly id: string;
  /** Milliseconds since the epoch; undefined: now; NaN: not chosen yet. */
  readonly start: number | undefined;
  /** What a start at a moment is called: `Later` unless said. */
  readonly later?: string;
  readonly fault: string;
  readonly onChange: (part: { readonly start: number | undefined }) => void;
}

/** Whether it starts now or later, and when. */
export function StartChoice({ id, start, later = 'Later', fault, onChange }: StartProps) {
  const { now } = useModel();
  const choose = () => {
    const hour = 3_600_000;
    onChange({ start: start ?? (Math.floor(now.peek() / hour) + 1) * hour });
  };
  return (
    <fieldset class="choice">
      <legend>Starts</legend>
      <div class="segments">
        <button
          type="button"
          aria-pressed={start === undefined}
          onClick={() => onChange({ start: undefined })}
        >
          Now
        </button>
        <button type="button" aria-pressed={start !== undefined} onClick={choose}>
          {later}
        </button>
      </div>
      {start === undefined ? null : (
        <MomentField
          id={`${id}-start`}
          label="Starts at"
          at={start}
          fault={fault}
          onChange={at => onChange({ start: at })}
        />
      )}
    </fieldset>
  );
}

interface TextProps {
  readonly id: string;
  readonly label: string;
  readonly value: string | Signal<string>;
  readonly fault: string;
  readonly note: string;
  readonly onInput?: (text: string) => void;
}

/** A line of text with what is wrong with it, or a note, below it. */
export function TextField({ id, label, value, fault, note, onInput }: TextProps) {
  const text = typeof value === 'string' ? value : value.value;
  const isWrong = fault !== '';
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={text}
        aria-invalid={isWrong}
        aria-describedby={`${id}-note`}
        onInput={event => {
          if (typeof value !== 'string') value.value = event.currentTarget.value;
          onInput?.(event.currentTarget.value);
        }}
      />
      <p id={`${id}-note`} class={isWrong ? 'fault' : 'quiet'}>
        {isWrong ? fault : note}
      </p>
    </div>
  );
}
