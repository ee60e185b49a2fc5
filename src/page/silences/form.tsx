// The form of a silence: a new one, or one that takes the place of another. What it holds stands in the address.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useDraft } from '../draft.js';
import { useModel } from '../model.js';
import { useSubmission } from '../submission.js';
import { useUnsaved } from '../unsaved.js';
import { At } from '../view/time.js';
import { rememberAuthor, rememberedAuthor, saveSilence } from './change.js';
import {
  type Draft,
  endOf,
  type Faults,
  faultsOf,
  isFaultless,
  parseDraft,
  postable,
  printDraft,
} from './draft.js';
import { EndChoice } from './end-choice.js';
import { StartChoice, TextField } from './fields.js';
import { MatcherEditor } from './matcher-editor.js';
import { Preview, useCoverage } from './preview.js';
import { isMaintenance } from './silence.js';

const DRAFT_TEXT = { parse: parseDraft, print: printDraft };
const NO_FAULTS: Faults = { matchers: [], start: '', end: '', author: '', comment: '' };

interface FormProps {
  readonly onSaved: (id: string) => void;
  readonly onCancel: () => void;
}

export function SilenceForm({ onSaved, onCancel }: FormProps) {
  const model = useModel();
  const draft = useDraft(DRAFT_TEXT);
  useUnsaved();
  const author = useSignal('');
  const { area, isTried, isBusy, fault, forget, submit } = useSubmission<HTMLFormElement>();
  const covered = useCoverage(draft.value.matchers);
  useEffect(() => {
    author.value = rememberedAuthor();
    area.current?.querySelector<HTMLElement>('input')?.focus();
  }, [author, area]);
  const change = (part: Partial<Draft>) => {
    draft.value = { ...draft.value, ...part };
    forget();
  };
  const { id, matchers, start, span, end, comment } = draft.value;
  const shown = isTried ? faultsOf(draft.value, author.value, model.now.peek()) : NO_FAULTS;
  const send = (event: Event) => {
    event.preventDefault();
    const now = model.now.peek();
    const faults = faultsOf(draft.peek(), author.peek(), now);
    submit({
      isFaultless: isFaultless(faults) && covered.faults.every(fault => fault === ''),
      send: () => {
        rememberAuthor(author.peek().trim());
        return saveSilence(postable(draft.peek(), author.peek(), now));
      },
      onDone: onSaved,
      failed: id === '' ? 'The silence was not made' : 'The silence was not changed',
    });
  };
  return (
    <form class="silence-form" aria-labelledby="silence-form" noValidate ref={area} onSubmit={send}>
      <h2 id="silence-form">{titleOf(draft.value)}</h2>
      <MatcherEditor
        id="matcher"
        matchers={matchers}
        faults={matchers.map((_, i) => covered.faults[i] || shown.matchers[i] || '')}
        onChange={edit => change({ matchers: edit(draft.peek().matchers) })}
      />
      <Preview covered={covered} />
      <StartChoice id="silence" start={start} fault={shown.start} onChange={change} />
      <EndChoice
        id="silence"
        label={start === undefined ? 'For' : 'For, from then on'}
        span={span}
        end={end}
        fault={shown.end}
        onChange={change}
      />
      <p class="quiet ends">
        <Ends draft={draft.value} />
      </p>
      <TextField
        id="silence-author"
        label="Author"
        value={author}
        fault={shown.author}
        note="Kept in this browser."
      />
      <TextField
        id="silence-comment"
        label="Comment"
        value={comment}
        fault={shown.comment}
        note={
          isMaintenance({ comment })
            ? 'It begins with maintenance: and makes this a maintenance window.'
            : 'Begin with maintenance: to make this a maintenance window.'
        }
        onInput={text => change({ comment: text })}
      />
      {fault}
      <p class="buttons">
        <button type="submit" class="main-button" aria-disabled={isBusy}>
          {id === '' ? (start === undefined ? 'Silence' : 'Plan silence') : 'Save'}
        </button>
        <button type="button" class="plain-button" onClick={onCancel}>
          Cancel
        </button>
      </p>
    </form>
  );
}

function titleOf(draft: Draft): string {
  if (draft.id !== '') return 'Change silence';
  if (isMaintenance(draft)) return 'Plan maintenance';
  return draft.start === undefined ? 'New silence' : 'Plan silence';
}

/** A moment for the end in the reader's eye: a silence that starts now goes on being planned while it is typed. */
function Ends({ draft }: { draft: Draft }) {
  const model = useModel();
  const end = endOf(draft, Math.floor(model.now.value / 60_000) * 60_000);
  if (!Number.isFinite(end)) return null;
  return (
    <>
      Ends <At at={end} />
    </>
  );
}
