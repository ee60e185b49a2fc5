// Services that the page does not show, though they are checked: what is about them is left out everywhere.

import type { ClusterHealth } from '../client/answers.js';

/** What stands in the place of a reason that is not shown. */
const NOT_SHOWN = 'A service that is not shown here is not healthy.';

/** Ids of the services that are not shown. */
export function hiddenOf({ services }: ClusterHealth): ReadonlySet<string> {
  return new Set(Object.keys(services).filter(id => services[id]?.hidden));
}

/** The same health without them. */
export function withoutHidden(health: ClusterHealth): ClusterHealth {
  // Nearly always none is hidden, and of a thousand none is copied.
  if (Object.values(health.services).every(({ hidden }) => !hidden)) return health;
  const all = Object.entries(health.services);
  const shown = all.filter(([, { hidden }]) => !hidden);
  const ids = new Set(shown.map(([id]) => id));
  const isTrouble = all.some(
    ([
      ,
      {
        hidden,
        health: { status },
      },
    ]) => hidden && status !== 'healthy',
  );
  return {
    ...health,
    services: Object.fromEntries(shown),
    // Lines of alerts have a service's name only; what is shown of alerts comes with its id.
    alerts: isTrouble ? [NOT_SHOWN] : [],
    ...(health.muted && { muted: health.muted.filter(({ service }) => ids.has(service)) }),
  };
}

/** The reason for a state that no service that is shown has; undefined where none is left out. */
export function hiddenReason({ alerts }: ClusterHealth): string | undefined {
  return alerts.includes(NOT_SHOWN) ? NOT_SHOWN : undefined;
}

interface OfService {
  readonly service: string;
}

/** The alerts that are about none of them. */
export function alertsWithout<Detail extends OfService, Muted extends OfService>(
  { details, muted }: { readonly details: readonly Detail[]; readonly muted: readonly Muted[] },
  hidden: ReadonlySet<string>,
) {
  const isShown = ({ service }: OfService) => !hidden.has(service);
  return { details: details.filter(isShown), muted: muted.filter(isShown) };
}
