// The form of an announcement. What it holds stands in the address.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useDraft } from '../draft.js';
import { useModel } from '../model.js';
import { send } from '../send.js';
import { MomentField } from '../silences/end-choice.js';
import { StartChoice, TextField } from '../silences/fields.js';
import { focusFault } from '../silences/focus.js';
import { sentence } from '../words.js';
import { DRAFT_TEXT, type Draft, type Faults, faultsOf, LEVELS, postable } from './draft.js';

const NO_FAULTS: Faults = { title: '', message: '', start: '', end: '' };
const HOUR = 3_600_000;

interface FormProps {
  readonly onPosted: (id: string) => void;
  readonly onCancel: () => void;
}

export function AnnouncementForm({ onPosted, onCancel }: FormProps) {
  const model = useModel();
  const draft = useDraft(DRAFT_TEXT);
  const isTried = useSignal(false);
  const isBusy = useSignal(false);
  const problem = useSignal('');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const change = (part: Partial<Draft>) => {
    draft.value = { ...draft.value, ...part };
    problem.value = '';
  };
  const { title, message, severity, start, end } = draft.value;
  const faults = isTried.value ? faultsOf(draft.value, model.now.peek()) : NO_FAULTS;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isTried.value = true;
    if (Object.values(faultsOf(draft.peek(), model.now.peek())).some(fault => fault !== '')) {
      focusFault(form.current);
      return;
    }
    isBusy.value = true;
    await send<{ id: string }>('POST', 'announcements', postable(draft.peek())).then(
      ({ id }) => onPosted(id),
      (error: Error) => {
        problem.value = error.message;
      },
    );
    isBusy.value = false;
  };
  return (
    <form class="silence-form" aria-labelledby="announcement-form" noValidate ref={form} onSubmit={submit}>
      <h2 id="announcement-form">{start === undefined ? 'New announcement' : 'Plan announcement'}</h2>
      <TextField
        id="announcement-title"
        label="Title"
        value={title}
        fault={faults.title}
        note="One line."
        onInput={text => change({ title: text })}
      />
      <MessageField value={message} fault={faults.message} onInput={text => change({ message: text })} />
      <fieldset class="choice">
        <legend>Level</legend>
        <div class="segments">
          {LEVELS.map(each => (
            <button
              key={each}
              type="button"
              aria-pressed={each === severity}
              onClick={() => change({ severity: each })}
            >
              {sentence(each)}
            </button>
          ))}
        </div>
      </fieldset>
      <StartChoice id="announcement" start={start} fault={faults.start} onChange={change} />
      <EndChoice end={end} start={start} fault={faults.end} onChange={change} />
      {problem.value === '' ? null : (
        <p class="fault" role="alert">
          The announcement was not posted: {problem.value}
        </p>
      )}
      <p class="buttons">
        <button type="submit" class="main-button" aria-disabled={isBusy.value}>
          {start === undefined ? 'Post' : 'Plan'}
        </button>
        <button type="button" class="plain-button" onClick={onCancel}>
          Cancel
        </button>
      </p>
    </form>
  );
}

interface MessageProps {
  readonly value: string;
  readonly fault: string;
  readonly onInput: (text: string) => void;
}

function MessageField({ value, fault, onInput }: MessageProps) {
  const isWrong = fault !== '';
  return (
    <div class="field">
      <label for="announcement-message">Message</label>
      <textarea
        id="announcement-message"
        rows={4}
        value={value}
        aria-invalid={isWrong}
        aria-describedby="announcement-message-note"
        onInput={event => onInput(event.currentTarget.value)}
      />
      <p id="announcement-message-note" class={isWrong ? 'fault' : 'quiet'}>
        {isWrong ? fault : 'Plain text, with lines as you write them. All readers of the page see it.'}
      </p>
    </div>
  );
}

interface EndProps {
  readonly end: number | undefined;
  readonly start: number | undefined;
  readonly fault: string;
  readonly onChange: (part: Pick<Draft, 'end'>) => void;
}

function EndChoice({ end, start, fault, onChange }: EndProps) {
  const { now } = useModel();
  const suggested = () => {
    const from = start === undefined || Number.isNaN(start) ? now.peek() : start;
    return (Math.floor(from / HOUR) + 2) * HOUR;
  };
  return (
    <fieldset class="choice">
      <legend>Ends</legend>
      <div class="segments">
        <button type="button" aria-pressed={end === undefined} onClick={() => onChange({ end: undefined })}>
          When it is removed
        </button>
        <button
          type="button"
          aria-pressed={end !== undefined}
          onClick={() => onChange({ end: end ?? suggested() })}
        >
          Until …
        </button>
      </div>
      {end === undefined ? null : (
        <MomentField
          id="announcement-end"
          label="Ends at"
          at={end}
          fault={fault}
          onChange={at => onChange({ end: at })}
        />
      )}
    </fieldset>
  );
}
