// Announcements: those that are shown, planned and lately ended, and the form that posts and changes one.

import './silences.css';
import './announcements.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { DRAFT_TEXT } from '../announcements/draft.js';
import { AnnouncementForm } from '../announcements/form.js';
import { AnnouncementRow } from '../announcements/row.js';
import { useModel } from '../model.js';
import { usePolledJson } from '../polled.js';
import type { Announcement } from '../state.js';
import { Link } from '../view/view-link.js';

/** Milliseconds between two looks. */
const EVERY = 5000;

export function View() {
  const model = useModel();
  const { answer, problem, reload } = usePolledJson<{ announcements: Announcement[] }>(
    'announcements?ended=true',
    EVERY,
  );
  const done = useSignal('');
  const isForm = DRAFT_TEXT.parse(model.place.value.query) !== undefined;
  const opener = useRef<HTMLParagraphElement>(null);
  const wasForm = useRef(isForm);
  useEffect(() => {
    // The keyboard goes back to the link that opened the form.
    if (wasForm.current && !isForm) opener.current?.querySelector('a')?.focus({ preventScroll: true });
    wasForm.current = isForm;
  }, [isForm]);
  useEffect(() => {
    // The overview has them at once.
    if (answer) model.announcements.value = answer.announcements.filter(({ state }) => state !== 'ended');
  }, [answer, model]);
  const changed = (text: string) => {
    done.value = text;
    reload();
  };
  const gone = (text: string) => {
    changed(text);
    // The row that had the focus goes.
    document.querySelector('main')?.focus({ preventScroll: true });
  };
  return (
    <section class="announcements js-only" aria-labelledby="announcements">
      <h1 id="announcements">Announcements</h1>
      {isForm ? (
        <AnnouncementForm
          onSaved={text => {
            changed(text);
            model.setQuery('');
          }}
          onCancel={() => model.setQuery('')}
        />
      ) : (
        <p class="toolbar" ref={opener}>
          <Link class="main-button" to={{ view: 'announcements', query: '?new=1' }}>
            New announcement
          </Link>
        </p>
      )}
      <p class="done" role="status">
        {done.value}
      </p>
      {problem === '' ? null : <p class="notice">Announcements cannot be shown: {problem}</p>}
      {answer === undefined && problem === '' ? <p class="empty">Announcements are being read.</p> : null}
      {answer === undefined ? null : <Lists all={answer.announcements} onGone={gone} />}
    </section>
  );
}

/** Each list with what is said in place of none. */
const LISTS = [
  ['active', 'Shown', 'Nothing is announced. Announcements stand above the services on the overview.'],
  ['planned', 'Planned', 'No announcement is planned.'],
  [
    'ended',
    'Ended',
    'Announcements stay here for seven days after their end; those that were removed do not.',
  ],
] as const;

interface ListsProps {
  readonly all: readonly Announcement[];
  readonly onGone: (text: string) => void;
}

function Lists({ all, onGone }: ListsProps) {
  return (
    <>
      {LISTS.map(([state, name, none]) => {
        const those = all.filter(each => each.state === state);
        return (
          <section key={state} class="news" aria-labelledby={`announcements-${state}`}>
            <h2 id={`announcements-${state}`}>
              {name} <span class="quiet">{those.length}</span>
            </h2>
            {those.length === 0 ? <p class="empty">{none}</p> : null}
            <ul>
              {those.map(each => (
                <AnnouncementRow key={each.id} announcement={each} onGone={onGone} />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}
