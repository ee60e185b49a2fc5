// Queries that give nothing after a run of the demo, each with its reason. A query that gives something must not be here.

/** `file: title, letter` and why it is empty. */
export const EMPTY: Readonly<Record<string, string>> = {
  ...delivery(),
};

// Delivery: nobody delivers yet. To be taken away with the first notification.
function delivery(): Record<string, string> {
  const panels = [
    'Notifications',
    'Notifications that failed',
    'How long delivery takes',
    'Alerts in Alertmanager',
    'Silences',
    'Notifications held back',
  ];
  const reason = 'These are the metrics of Alertmanager, and none is part of the demo.';
  return Object.fromEntries(panels.map(title => [`alerts.json: ${title}, A`, reason]));
}

/** Metrics that only somebody else's /metrics has, and whose. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  alertmanager_notifications_total: 'Alertmanager',
  alertmanager_notifications_failed_total: 'Alertmanager',
  alertmanager_notification_latency_seconds_bucket: 'Alertmanager',
  alertmanager_alerts: 'Alertmanager',
  alertmanager_silences: 'Alertmanager',
  alertmanager_notifications_suppressed_total: 'Alertmanager',
};
