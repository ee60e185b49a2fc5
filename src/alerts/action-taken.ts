// What was done about an alert, in the document's words: "Automatic restart attempted, notification sent". Comes in: an
// history entry; goes out: one line.

import type { AlertHistoryEntry, NotificationRecord } from './history.js';

/** The log has every alert anyway. */
const LOG = 'log';

/**
 * Actions with what came of them, which receivers were notified, the author of its silence.
 * @param otherwise when nothing of that is known
 */
export function actionTaken(
  episode: Pick<AlertHistoryEntry, 'actions' | 'notifications' | 'silencedBy'> | undefined,
  otherwise = 'Logged',
): string {
  if (!episode) return otherwise;
  const { actions, notifications, silencedBy } = episode;
  // Of an action that was there several times the last word counts.
  const results = new Map(actions.map(({ action, result }) => [action, result]));
  const parts = [
    ...[...results].map(([action, result]) => `${action} ${result}`),
    ...notificationLines(notifications.filter(({ integration }) => integration !== LOG)),
    ...silencedBy.map(({ createdBy, comment }) => `silenced by ${createdBy} (${comment})`),
  ];
  if (parts.length > 0) return capitalized(parts.join(', '));
  return notifications.some(({ integration }) => integration === LOG) ? 'Logged' : otherwise;
}

function notificationLines(notes: readonly NotificationRecord[]): string[] {
  const last = new Map(notes.map(note => [nameOf(note), note]));
  const reached = new Set(notes.filter(({ error }) => error === undefined).map(nameOf));
  const failed = [...last].filter(([name]) => !reached.has(name));
  return [
    ...(reached.size > 0 ? [`notification sent to ${[...reached].join(', ')}`] : []),
    ...failed.map(([name, { error }]) => `notification to ${name} failed: ${error}`),
  ];
}

/** `ops (slack)` */
function nameOf({ receiver, integration }: NotificationRecord): string {
  return `${receiver} (${integration})`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
