// What of a configuration for several monitors will not work as it is probably meant.

import { makeSentLabels } from '../alerts/sent-labels.js';
import { type Configuration, OWN_JOB } from './configuration.js';

/** Labels of which each monitor has its own value. */
const OWN_LABELS = ['replica', 'instance'] as const;

/** One line each. */
export function haWarnings({
  ha,
  delivery,
  scrape,
  alertRelabelConfigs,
}: Pick<Configuration, 'ha' | 'delivery' | 'scrape' | 'alertRelabelConfigs'>): string[] {
  if (!ha || delivery.by === 'prometheus') return [];
  const { externalLabels } = scrape.global;
  const sentLabels = makeSentLabels({ externalLabels, relabelConfigs: alertRelabelConfigs });
  const sent = sentLabels({
    alertname: 'ServiceDown',
    job: OWN_JOB,
    instance: 'localhost:8083',
    target: 'a',
  });
  const kept = OWN_LABELS.filter(name => sent?.[name]);
  return [
    ...(kept.length > 0
      ? [
          `alerting.alert_relabel_configs: alerts keep ${kept.join(' and ')}, of which each monitor has its own, so that notifications come from each; drop them, or leave alert_relabel_configs out`,
        ]
      : []),
    ...(delivery.by === 'embedded' && !ha.lease
      ? ['ha: without a lease every monitor sends each notification; set ha.lease, or alerting.alertmanagers']
      : []),
  ];
}
