// Alerts and silences are here only while the embedded Alertmanager is in use.

import type { Notifier } from '../../alertmanager/pipeline/notifier.js';
import type { DeliveryConfig } from '../../alerts/alerting.js';
import type { ApiContext } from '../context.js';
import { Complaint } from './problem.js';

/**
 * The embedded Alertmanager.
 * @param status of the answer when there is none; `amtool` shows the words of those its description has: 500, and 404 for
 * a new silence
 * @throws Complaint that says where alerts and silences are
 */
export function notifierOf({ alerting }: Pick<ApiContext, 'alerting'>, status: 404 | 500 = 500): Notifier {
  const { notifier, delivery } = alerting;
  if (notifier) return notifier;
  throw new Complaint(status, whereTheyAre(delivery));
}

function whereTheyAre(delivery: DeliveryConfig): string {
  if (delivery.by === 'alertmanagers') {
    const urls = delivery.alertmanagers.map(({ url }) => url).join(', ');
    return `alerts and silences are not here but in the Alertmanager that monitor.yml names in alerting.alertmanagers: ask ${urls}`;
  }
  if (delivery.by === 'prometheus' && delivery.url !== undefined)
    return `alerts and silences are not here but in the Alertmanager of the Prometheus at query.url: ${delivery.url}/api/v1/alertmanagers says where`;
  return 'the configuration is being read; try again';
}
