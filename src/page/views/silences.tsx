// Silences: those that are active, planned and lately expired, and the form that makes one.

import './silences.css';
import { useSignal } from '@preact/signals';
import { useAnswer } from '../ask.js';
import { useModel } from '../model.js';
import { maintenanceDraft, parseDraft, printDraft } from '../silences/draft.js';
import { SilenceForm } from '../silences/form.js';
import { SilenceRow } from '../silences/row.js';
import type { Silence } from '../silences/silence.js';
import { Link } from '../view/view-link.js';

/** Milliseconds between two looks. */
const EVERY = 5000;
/** Expired ones that are shown before a button shows all. */
const EXPIRED = 10;

export function View() {
  const model = useModel();
  const { query } = model.place.value;
  const { answer, problem, again } = useAnswer<Silence[]>('api/v2/silences', EVERY);
  const done = useSignal('');
  const chosen = new URLSearchParams(query).get('id') ?? '';
  const isForm = parseDraft(query) !== undefined;
  const changed = (text: string) => {
    done.value = text;
    again();
  };
  return (
    <section class="silences js-only" aria-labelledby="silences">
      <h1 id="silences">Silences</h1>
      {isForm ? (
        <SilenceForm
          onSaved={id => {
            changed('The silence was made.');
            model.ask(`?id=${encodeURIComponent(id)}`);
          }}
          onCancel={() => model.ask('')}
        />
      ) : (
        <p class="toolbar">
          <Link class="main-button" to={{ view: 'silences', query: '?new=1' }}>
            New silence
          </Link>
          <Link
            class="plain-button"
            to={{ view: 'silences', query: printDraft(maintenanceDraft(model.now.peek())) }}
          >
            Plan maintenance
          </Link>
        </p>
      )}
      <p class="done" role="status">
        {done.value}
      </p>
      {problem === '' ? null : <p class="notice">Silences cannot be shown: {problem}</p>}
      {answer === undefined && problem === '' ? <p class="empty">Silences are being read.</p> : null}
      {answer === undefined ? null : <Lists silences={answer} chosen={chosen} onChanged={changed} />}
    </section>
  );
}

interface ListsProps {
  readonly silences: readonly Silence[];
  /** The id of one that is marked. */
  readonly chosen: string;
  readonly onChanged: (text: string) => void;
}

function Lists({ silences, chosen, onChanged }: ListsProps) {
  const isAll = useSignal(false);
  const those = (state: Silence['status']['state']) =>
    silences.filter(({ status }) => status.state === state);
  const expired = those('expired');
  const isLong = !isAll.value && expired.length > EXPIRED;
  const list = (name: string, part: readonly Silence[], empty: string) => (
    <section aria-labelledby={`silences-${name}`}>
      <h2 id={`silences-${name}`}>
        {name} <span class="quiet">{part.length}</span>
      </h2>
      {part.length === 0 ? <p class="empty">{empty}</p> : null}
      <ul class="rows">
        {(name === 'Expired' && isLong ? part.slice(0, EXPIRED) : part).map(silence => (
          <SilenceRow
            key={silence.id}
            silence={silence}
            isChosen={silence.id === chosen}
            onChanged={onChanged}
          />
        ))}
      </ul>
    </section>
  );
  return (
    <>
      {list('Active', those('active'), 'No silence is active: every alert is sent.')}
      {list('Planned', those('pending'), 'No silence is planned.')}
      {list('Expired', expired, 'Silences stay here for five days after their end.')}
      {isLong ? (
        <button
          type="button"
          class="fold"
          onClick={() => {
            isAll.value = true;
          }}
        >
          Show {expired.length - EXPIRED} more
        </button>
      ) : null}
    </>
  );
}
