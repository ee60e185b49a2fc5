import { describe, expect, test } from 'vitest';
import { actionTaken } from '../../src/alerts/action-taken.js';
import type { ActionRecord, NotificationRecord, SilenceRecord } from '../../src/alerts/history.js';

const sent = (receiver: string, integration: string, error?: string): NotificationRecord => ({
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

describe('the action taken on an alert', () => {
  test.each<[string, Case, string]>([
    ['no record', {}, 'No record'],
    ['a notification to the log only', { notifications: [sent('log', 'log')] }, 'Logged'],
    ['one notification', { notifications: [sent('ops', 'slack')] }, 'Notification sent to ops (slack)'],
    [
      'several notifications, some repeated',
      {
        notifications: [
          sent('ops', 'slack'),
          sent('log', 'log'),
          sent('oncall', 'email'),
          sent('ops', 'slack'),
        ],
      },
      'Notification sent to ops (slack), oncall (email)',
    ],
    [
      'one notification failed',
      { notifications: [sent('ops', 'slack'), sent('oncall', 'email', 'refused')] },
      'Notification sent to ops (slack), notification to oncall (email) failed: refused',
    ],
    [
      'one notification succeeded after a failure',
      { notifications: [sent('ops', 'slack', 'HTTP 500'), sent('ops', 'slack')] },
      'Notification sent to ops (slack)',
    ],
    [
      'all notifications failed: the last error counts',
      { notifications: [sent('ops', 'slack', 'HTTP 500'), sent('ops', 'slack', 'HTTP 404')] },
      'Notification to ops (slack) failed: HTTP 404',
    ],
    [
      'an action and a message',
      { actions: [acted('restart', 'succeeded')], notifications: [sent('ops', 'slack')] },
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
        notifications: [sent('ops', 'slack')],
        silencedBy: [silenced('ann', 'known'), silenced('bob', 'too')],
      },
      'Notification sent to ops (slack), silenced by ann (known), silenced by bob (too)',
    ],
  ])('%s', (_, { notifications = [], actions = [], silencedBy = [] }, want) => {
    expect(actionTaken({ notifications, actions, silencedBy }, 'No record')).toBe(want);
  });

  test('an alert without an entry in the history has no record', () => {
    expect(actionTaken(undefined)).toBe('Logged');
    expect(actionTaken(undefined, 'Handed to Alertmanager')).toBe('Handed to Alertmanager');
  });
});
