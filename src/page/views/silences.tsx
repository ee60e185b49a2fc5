// Silences: those that are active, planned and lately expired, and the form that makes one.

import './silences.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useModel } from '../model.js';
import { usePolledJson } from '../polled.js';
import { maintenanceDraft, parseDraft, printDraft } from '../silences/draft.js';
import { SilenceForm } from '../silences/form.js';
import { SilenceRow } from '../silences/row.js';
import { isMaintenance, type Silence } from '../silences/silence.js';
import { PAGE, useMore } from '../view/more.js';
import { Link } from '../view/view-link.js';

/** Milliseconds between two looks. */
const EVERY = 5000;
/** Expired ones that are shown before a button shows all. */
const EXPIRED = 10;

export function View() {
  const model = useModel();
  const { query } = model.place.value;
  const { answer, problem, reload } = usePolledJson<Silence[]>('api/v2/silences', EVERY);
  const done = useSignal('');
  const chosen = new URLSearchParams(query).get('id') ?? '';
  const draft = parseDraft(query);
  const isForm = draft !== undefined;
  const links = useRef<HTMLParagraphElement>(null);
  // The link that opened the form: the keyboard goes back to it.
  const opener = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (draft) opener.current = isMaintenance(draft) ? 1 : 0;
    else if (opener.current !== undefined) {
      links.current?.querySelectorAll('a')[opener.current]?.focus({ preventScroll: true });
      opener.current = undefined;
    }
  }, [draft]);
  const changed = (text: string) => {
    done.value = text;
    reload();
  };
  return (
    <section class="silences js-only" aria-labelledby="silences">
      <h1 id="silences">Silences</h1>
      {isForm ? (
        <SilenceForm
          onSaved={id => {
            changed('The silence was made.');
            model.setQuery(`?id=${encodeURIComponent(id)}`);
          }}
          onCancel={() => model.setQuery('')}
        />
      ) : (
        <p class="toolbar" ref={links}>
          <Link class="main-button" to={{ view: 'silences', query: '?new=1' }}>
            New silence
          </Link>
          <Link
            class="plain-button"
            to={{ view: 'silences', query: printDraft(maintenanceDraft(model.now.peek())) }}
          >
            Plan maintenance
          </Link>
          <span class="spring" />
          <Link to={{ view: 'announcements' }}>Announcements</Link>
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
  const those = (state: Silence['status']['state']) =>
    silences.filter(({ status }) => status.state === state);
  const rest = { chosen, onChanged };
  return (
    <>
      <List name="Active" silences={those('active')} {...rest}>
        No silence is active: every alert is sent.
      </List>
      <List name="Planned" silences={those('pending')} {...rest}>
        No silence is planned.
      </List>
      <List name="Expired" silences={those('expired')} first={EXPIRED} {...rest}>
        Silences stay here for five days after their end.
      </List>
    </>
  );
}

interface ListProps extends ListsProps {
  readonly name: string;
  /** Rows of the first page. */
  readonly first?: number;
  /** What is said in place of none. */
  readonly children: string;
}

function List({ name, silences, first = PAGE, chosen, onChanged, children }: ListProps) {
  const atLeast = silences.findIndex(({ id }) => id === chosen) + 1;
  const { drawn, button } = useMore(silences.length, 'silences', { first, atLeast });
  return (
    <section aria-labelledby={`silences-${name}`}>
      <h2 id={`silences-${name}`}>
        {name} <span class="quiet">{silences.length}</span>
      </h2>
      {silences.length === 0 ? <p class="empty">{children}</p> : null}
      <ul class="rows">
        {silences.slice(0, drawn).map(silence => (
          <SilenceRow
            key={silence.id}
            silence={silence}
            isChosen={silence.id === chosen}
            onChanged={onChanged}
          />
        ))}
      </ul>
      {button}
    </section>
  );
}
