// Silences in the shape of /api/v2/silences, and which of them are maintenance. Pure.

import type { ApiMatcher } from './matchers.js';

/** What can be made or changed. */
export interface PostableSilence {
  /** Of the one whose place it takes. */
  readonly id?: string | undefined;
  readonly matchers: readonly ApiMatcher[];
  /** RFC 3339 */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

export interface Silence extends PostableSilence {
  readonly id: string;
  readonly status: { readonly state: 'active' | 'pending' | 'expired' };
  readonly updatedAt: string;
}

/** What a comment begins with that makes a silence a maintenance window. */
export const MAINTENANCE = 'maintenance: ';

/** As the monitor decides it. */
const BEGIN = /^\s*maintenance\b/i;

/** Whether a silence is a maintenance window. */
export function isMaintenance({ comment }: Pick<PostableSilence, 'comment'>): boolean {
  return BEGIN.test(comment);
}

/** What is maintained, without the word that says so. */
export function plainComment({ comment }: Pick<PostableSilence, 'comment'>): string {
  return comment.replace(/^\s*maintenance\s*:\s*/i, '');
}
