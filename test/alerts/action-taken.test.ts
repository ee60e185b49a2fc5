import { describe, expect, test } from 'vitest';
import { actionTaken } from '../../src/alerts/action-taken.js';
import type { ActionRecord, NotificationRecord, SilenceRecord } from '../../src/alerts/history.js';

const told = (receiver: string, integration: string, error?: string): NotificationRecord => ({
  at: 1,
  receiver,
  integration,
  status: 'firing',
  ...(error === undefined ? {} : { error }),
});
const acted = (action: string, result: string): ActionRecord => ({ at: 1, action, result });
const silenced = (createdBy: string, comment: string): SilenceRecord => ({
  at: 1,
  id: 'i',
  createdBy,
  comment,
});

interface Case {
  readonly notifications?: NotificationRecord[];
  readonly actions?: ActionRecord[];
  readonly silencedBy?: SilenceRecord[];
}

describe('what was done about an alert', () => {
  test.each<[string, Case, string]>([
    ['nothing is known', {}, 'Nobody knows'],
    ['only the log heard', { notifications: [told('log', 'log')] }, 'Logged'],
    ['somebody was told', { notifications: [told('ops', 'slack')] }, 'Notification sent to ops (slack)'],
    [
      'several were told, again and again',
      {
        notifications: [
          told('ops', 'slack'),
          told('log', 'log'),
          told('oncall', 'email'),
          told('ops', 'slack'),
        ],
      },
      'Notification sent to ops (slack), oncall (email)',
    ],
    [
      'somebody was not reached',
      { notifications: [told('ops', 'slack'), told('oncall', 'email', 'refused')] },
      'Notification sent to ops (slack), notification to oncall (email) failed: refused',
    ],
    [
      'somebody was reached at last',
      { notifications: [told('ops', 'slack', 'HTTP 500'), told('ops', 'slack')] },
      'Notification sent to ops (slack)',
    ],
    [
      'nobody was reached, and the last word counts',
      { notifications: [told('ops', 'slack', 'HTTP 500'), told('ops', 'slack', 'HTTP 404')] },
      'Notification to ops (slack) failed: HTTP 404',
    ],
    [
      'an action and a message',
      { actions: [acted('restart', 'succeeded')], notifications: [told('ops', 'slack')] },
      'Restart succeeded, notification sent to ops (slack)',
    ],
    [
      'an action that ran again',
      {
        actions: [
          acted('restart', 'failed: exit code 1'),
          acted('page', 'succeeded'),
          acted('restart', 'succeeded'),
        ],
      },
      'Restart succeeded, page succeeded',
    ],
    ['a silence', { silencedBy: [silenced('ann', 'upgrade')] }, 'Silenced by ann (upgrade)'],
    [
      'a silence after a message',
      {
        notifications: [told('ops', 'slack')],
        silencedBy: [silenced('ann', 'known'), silenced('bob', 'too')],
      },
      'Notification sent to ops (slack), silenced by ann (known), silenced by bob (too)',
    ],
  ])('%s', (_, { notifications = [], actions = [], silencedBy = [] }, want) => {
    expect(actionTaken({ notifications, actions, silencedBy }, 'Nobody knows')).toBe(want);
  });

  test('nothing is known of an alert without an episode', () => {
    expect(actionTaken(undefined)).toBe('Logged');
    expect(actionTaken(undefined, 'Handed to Alertmanager')).toBe('Handed to Alertmanager');
  });
});
