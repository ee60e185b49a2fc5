// Posts, changes, ends and removes announcements.

import { send } from '../send.js';
import type { Announcement } from '../state.js';
import type { contents } from './draft.js';

const pathOf = (id: string) => `announcements/${encodeURIComponent(id)}`;

/** Posts one, or changes one. @param id empty for a new one @throws SendError */
export async function saveAnnouncement(id: string, said: ReturnType<typeof contents>): Promise<void> {
  await (id === '' ? send('POST', 'announcements', said) : send('PUT', pathOf(id), said));
}

/** Ends one at once; it stays listed as over. @param now the monitor's, in milliseconds since the epoch @throws SendError */
export async function endAnnouncement(announcement: Announcement, now: number): Promise<void> {
  // Other times go back as they came: the monitor reads them as it wrote them.
  await send('PUT', pathOf(announcement.id), { ...announcement, ends_at: new Date(now).toISOString() });
}

/** @throws SendError */
export async function removeAnnouncement(id: string): Promise<void> {
  await send('DELETE', pathOf(id));
}
