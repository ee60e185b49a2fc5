// The alerts of a remote Prometheus, as `/api/v1/alerts` lists them.

import { z } from 'zod';
import type { Alert } from '../../model/alert.js';

/** An alert as the API returns it. */
export type RemoteAlert = Pick<Alert, 'labels' | 'annotations' | 'state' | 'activeAt'>;

const texts = z.record(z.string(), z.string());
const shape = z.object({
  alerts: z
    .array(
      z.object({
        labels: texts,
        annotations: texts.default({}),
        state: z.enum(['inactive', 'pending', 'firing']),
        activeAt: z.string().transform(text => Date.parse(text)),
      }),
    )
    // As vmalert says that there are none.
    .nullable(),
});

/** The alerts of an answer's `data`; undefined when it is something else. */
export function alertsOf(data: unknown): RemoteAlert[] | undefined {
  const result = shape.safeParse(data);
  return result.success ? (result.data.alerts ?? []) : undefined;
}
