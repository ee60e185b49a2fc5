// How long a silence lasts: by a button, or until a date and time.

import { useModel } from '../model.js';
import { fieldOf, ofField, SPAN_NAMES } from './draft.js';

interface EndProps {
  readonly id: string;
  readonly label: string;
  /** A name of {@link SPAN_NAMES}; empty where `end` says it. */
  readonly span: string;
  /** Milliseconds since the epoch; NaN where it is not chosen. */
  readonly end: number;
  readonly fault: string;
  readonly onChange: (part: { readonly span: string; readonly end: number }) => void;
}

export function EndChoice({ id, label, span, end, fault, onChange }: EndProps) {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <div class="segments">
        {Object.entries(SPAN_NAMES).map(([key, name]) => (
          <button
            key={key}
            type="button"
            aria-pressed={span === key}
            onClick={() => onChange({ span: key, end: Number.NaN })}
          >
            {name}
          </button>
        ))}
        <button type="button" aria-pressed={span === ''} onClick={() => onChange({ span: '', end })}>
          Until …
        </button>
      </div>
      {span === '' ? (
        <MomentField
          id={`${id}-end`}
          label="Ends at"
          at={end}
          fault={fault}
          onChange={at => onChange({ span: '', end: at })}
        />
      ) : null}
    </fieldset>
  );
}

interface MomentFieldProps {
  readonly id: string;
  readonly label: string;
  /** Milliseconds since the epoch; NaN where it is not chosen. */
  readonly at: number;
  readonly fault: string;
  readonly onChange: (at: number) => void;
}

/** A date and a time in the reader's zone, with the monitor's beside it. */
export function MomentField({ id, label, at, fault, onChange }: MomentFieldProps) {
  const model = useModel();
  const isWrong = fault !== '';
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="datetime-local"
        value={fieldOf(at)}
        aria-invalid={isWrong}
        aria-describedby={`${id}-note`}
        onInput={event => onChange(ofField(event.currentTarget.value))}
      />
      <p id={`${id}-note`} class={isWrong ? 'fault' : 'quiet'}>
        {isWrong ? fault : Number.isFinite(at) ? model.print(at).full : 'In your time.'}
      </p>
    </div>
  );
}
