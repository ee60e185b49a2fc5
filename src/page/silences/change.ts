// Makes, changes and ends silences, and remembers the author in this browser.

import { send } from '../send.js';
import type { PostableSilence, Silence } from './silence.js';

/** Makes a silence, or changes one. @returns its id @throws SendError */
export async function saveSilence(silence: PostableSilence): Promise<string> {
  const { silenceID } = await send<{ silenceID: string }>('POST', 'api/v2/silences', silence);
  return silenceID;
}

/** Ends a silence at once. @throws SendError */
export async function expireSilence(id: string): Promise<void> {
  await send('DELETE', `api/v2/silence/${encodeURIComponent(id)}`);
}

/** The same silence with another end. @param endsAt milliseconds since the epoch @throws SendError */
export async function extendSilence(silence: Silence, endsAt: number): Promise<string> {
  const { id, matchers, startsAt, createdBy, comment } = silence;
  const end = new Date(endsAt).toISOString();
  return saveSilence({ id, matchers, startsAt, endsAt: end, createdBy, comment });
}

const AUTHOR = 'langgraph-monitor.author';

/** The author who made the last silence in this browser; empty where there was none. */
export function rememberedAuthor(): string {
  try {
    return localStorage.getItem(AUTHOR) ?? '';
  } catch {
    return '';
  }
}

export function rememberAuthor(name: string): void {
  try {
    localStorage.setItem(AUTHOR, name);
  } catch {
    // Storage is blocked: the name is asked for again.
  }
}
