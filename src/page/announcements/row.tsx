// An announcement in the list: it can be changed, ended and removed.

import { useSignal } from '@preact/signals';
import { ConfirmButton } from '../confirm-button.js';
import { useModel } from '../model.js';
import type { Announcement } from '../state.js';
import { Notice } from '../view/news.js';
import { Link } from '../view/view-link.js';
import { endAnnouncement, removeAnnouncement } from './change.js';
import { again, changing } from './draft.js';

interface RowProps {
  readonly announcement: Announcement;
  /** The row goes, or goes to another list. @param text says what was done */
  readonly onGone: (text: string) => void;
}

export function AnnouncementRow({ announcement, onGone }: RowProps) {
  const { configured, state } = announcement;
  return (
    <Notice notice={announcement}>
      {configured ? (
        <p class="quiet">
          Changed and removed in <code>page.announcements</code> of <code>monitor.yml</code>, in force after a
          reload.
        </p>
      ) : (
        <Actions announcement={announcement} onGone={onGone} />
      )}
      {configured && state === 'ended' ? (
        <p class="buttons">
          <Again announcement={announcement} />
        </p>
      ) : null}
    </Notice>
  );
}

function Actions({ announcement, onGone }: RowProps) {
  const model = useModel();
  const asking = useSignal('');
  const { id, title, state } = announcement;
  return (
    <div class="buttons">
      {asking.value !== '' ? null : (
        <Link
          class="plain-button"
          to={{ view: 'announcements', query: changing(announcement, local => model.epoch(local)) }}
        >
          Change<span class="hidden"> the announcement {title}</span>
        </Link>
      )}
      {state === 'active' ? (
        <ConfirmButton
          asking={asking}
          label="End now"
          name={`End the announcement ${title} now`}
          sure="End it now"
          send={() => endAnnouncement(announcement, model.now.peek())}
          onDone={() => onGone('The announcement has ended.')}
        />
      ) : null}
      <ConfirmButton
        asking={asking}
        label="Remove"
        name={`Remove the announcement ${title}`}
        sure="Remove now"
        send={() => removeAnnouncement(id)}
        onDone={() => onGone('The announcement was removed.')}
      />
      {state === 'ended' && asking.value === '' ? <Again announcement={announcement} /> : null}
    </div>
  );
}

function Again({ announcement }: Pick<RowProps, 'announcement'>) {
  return <Link to={{ view: 'announcements', query: again(announcement) }}>Post again</Link>;
}
