// The notification that tests a receiver: clearly no alert, and unlike any other.

import { randomUUID } from 'node:crypto';
import { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import { fingerprintOf } from '../fingerprint.js';
import type { Notification } from '../pipeline/notification.js';

const TEST_ALERT = 'TestNotification';

/** The receiver and the sender. */
interface TestMessageOptions {
  readonly receiver: string;
  /** Where people reach the monitor, without a slash at the end; may be empty. */
  readonly externalUrl: string;
  readonly at: Millis;
}

/** A test notification, and the same with its alert resolved. */
export function testNotifications({ receiver, externalUrl, at }: TestMessageOptions): {
  readonly firing: Notification;
  readonly resolved: Notification;
} {
  const groupLabels = Labels.of({ alertname: TEST_ALERT });
  // Receivers leave out what they have seen: each test is one of its own.
  const labels = Labels.of({ alertname: TEST_ALERT, severity: 'info', test_id: randomUUID() });
  const alert = {
    labels,
    annotations: {
      summary: 'Test notification from langgraph-monitor',
      description: `Test notification from langgraph-monitor to the receiver ${receiver}: nothing is wrong`,
    },
    startsAt: at,
    generatorUrl: '',
    fingerprint: fingerprintOf(labels),
  };
  const groupKey = `{}/{test="${labels.get('test_id')}"}:{alertname="${TEST_ALERT}"}`;
  const notification = { receiver, groupKey, groupLabels, externalUrl, at };
  return {
    firing: { ...notification, alerts: [{ ...alert, endsAt: at + 300_000, isResolved: false }] },
    resolved: { ...notification, alerts: [{ ...alert, endsAt: at, isResolved: true }] },
  };
}
