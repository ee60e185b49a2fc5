// An announcement in the list, with its removal.

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { send } from '../send.js';
import { useChange } from '../silences/row.js';
import type { Announcement } from '../state.js';
import { Notice } from '../view/news.js';
import { Link } from '../view/view-link.js';
import { again } from './draft.js';

interface RowProps {
  readonly announcement: Announcement;
  readonly onRemoved: (text: string) => void;
}

export function AnnouncementRow({ announcement, onRemoved }: RowProps) {
  const { configured, state } = announcement;
  return (
    <Notice notice={announcement}>
      <div class="buttons">
        {configured ? (
          <span class="quiet">Stands in monitor.yml</span>
        ) : (
          <Remove announcement={announcement} onRemoved={onRemoved} />
        )}
        {state === 'ended' ? (
          <Link to={{ view: 'announcements', query: again(announcement) }}>Post again</Link>
        ) : null}
      </div>
    </Notice>
  );
}

/** Removing asks once more, in place: what keeps it then stands where the finger was. */
function Remove({ announcement: { id, title }, onRemoved }: RowProps) {
  const change = useChange();
  const isAsking = useSignal(false);
  const keep = useRef<HTMLButtonElement>(null);
  const remove = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  useLayoutEffect(() => {
    if (isAsking.value) keep.current?.focus();
    else if (wasAsking.current) remove.current?.focus();
    wasAsking.current = isAsking.value;
  }, [isAsking.value]);
  if (!isAsking.value)
    return (
      <button
        type="button"
        class="plain-button"
        ref={remove}
        aria-label={`Remove the announcement ${title}`}
        onClick={() => (isAsking.value = true)}
      >
        Remove
      </button>
    );
  const path = `announcements/${encodeURIComponent(id)}`;
  return (
    <>
      <button
        type="button"
        class="plain-button danger"
        onClick={() => change.run(() => send('DELETE', path), 'The announcement was removed.', onRemoved)}
      >
        Remove now
      </button>
      <button type="button" class="plain-button" ref={keep} onClick={() => (isAsking.value = false)}>
        Keep
      </button>
      {change.fault}
    </>
  );
}
