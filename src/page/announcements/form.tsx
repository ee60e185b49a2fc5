// The form of an announcement: a new one, or a change of one that was posted. What it holds stands in the address.

import { useEffect } from 'preact/hooks';
import { useDraft } from '../draft.js';
import { useModel } from '../model.js';
import { MomentField } from '../silences/end-choice.js';
import { StartChoice, TextField } from '../silences/fields.js';
import { useSubmission } from '../submission.js';
import { useUnsaved } from '../unsaved.js';
import { sentence } from '../words.js';
import { saveAnnouncement } from './change.js';
import { contents, DRAFT_TEXT, type Draft, type Faults, faultsOf, LEVELS } from './draft.js';

const NO_FAULTS: Faults = { title: '', message: '', start: '', end: '' };
const HOUR = 3_600_000;

interface FormProps {
  /** @param text says what was done */
  readonly onSaved: (text: string) => void;
  readonly onCancel: () => void;
}

export function AnnouncementForm({ onSaved, onCancel }: FormProps) {
  const model = useModel();
  const draft = useDraft(DRAFT_TEXT);
  useUnsaved();
  const { area, isTried, isBusy, fault, forget, submit } = useSubmission<HTMLFormElement>();
  useEffect(() => area.current?.querySelector('input')?.focus(), [area]);
  const change = (part: Partial<Draft>) => {
    draft.value = { ...draft.value, ...part };
    forget();
  };
  const { id, title, message, severity, start, end } = draft.value;
  const words = wordsOf(draft.value);
  const faults = isTried ? faultsOf(draft.value, model.now.peek()) : NO_FAULTS;
  const send = (event: Event) => {
    event.preventDefault();
    const faults = faultsOf(draft.peek(), model.now.peek());
    submit({
      isFaultless: Object.values(faults).every(fault => fault === ''),
      send: () => saveAnnouncement(id, contents(draft.peek())),
      onDone: () => onSaved(words.done),
      failed: words.failed,
    });
  };
  return (
    <form class="silence-form" aria-labelledby="announcement-form" noValidate ref={area} onSubmit={send}>
      <h2 id="announcement-form">{words.title}</h2>
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
      <StartChoice
        id="announcement"
        later={id === '' ? 'Later' : 'At …'}
        start={start}
        fault={faults.start}
        onChange={change}
      />
      <EndChoice end={end} start={start} fault={faults.end} onChange={change} />
      {fault}
      <p class="buttons">
        <button type="submit" class="main-button" aria-disabled={isBusy}>
          {words.act}
        </button>
        <button type="button" class="plain-button" onClick={onCancel}>
          Cancel
        </button>
      </p>
    </form>
  );
}

/** What the form is called, what it does, and how that is said. */
function wordsOf({ id, start }: Draft) {
  if (id !== '')
    return {
      ...{ title: 'Change announcement', act: 'Save', done: 'The announcement was changed.' },
      failed: 'The announcement was not changed',
    };
  return {
    title: start === undefined ? 'New announcement' : 'Plan announcement',
    act: start === undefined ? 'Post' : 'Plan',
    done: 'The announcement was posted.',
    failed: 'The announcement was not posted',
  };
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
