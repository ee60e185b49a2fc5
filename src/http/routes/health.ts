// GET /health: is the monitor itself at work? HAProxy checks this.

import { z } from 'zod';
import { problemText } from '../../cluster/health-json.js';
import { isoLocal, type Millis } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { lazily } from '../lazily.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';

const shape = lazily(() =>
  z.object({
    status: z.enum(['healthy', 'unhealthy']),
    monitoring_node: z.string(),
    services_monitored: z.number(),
    last_check: timestamp.nullable(),
    alerts_count: z.number(),
    store: z
      .string()
      .describe(
        '`ok`, or what keeps scans from being written (they wait in memory meanwhile), or what was found damaged within the last hour',
      ),
    samples: z
      .string()
      .optional()
      .describe(
        'The same of the samples that PromQL and the rules see; absent where another server keeps them',
      ),
    remote_write: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'Receivers of `remote_write` by name: `ok`, or what keeps samples from them; absent without any',
      ),
    rules: z.string().describe('`ok`, or what keeps the rules from being asked and how old the status is'),
    shards: z
      .string()
      .optional()
      .describe(
        'What keeps services of other shards from being known, and how old they are; absent otherwise',
      ),
    ha: z
      .object({
        replica: z.string(),
        peers: z.array(
          z.object({
            url: z.string(),
            replica: z.string().nullable(),
            status: z.string().describe('`ok`, or what is wrong with it'),
          }),
        ),
        lease: z
          .object({
            state: z.enum(['held', 'standby', 'unavailable', 'none']),
            holder: z.string().nullable().describe('The monitor that holds it'),
            is_sending: z.boolean().describe('Whether this monitor sends notifications'),
            status: z.string().describe('`ok`, or what keeps it from being certain'),
          })
          .optional(),
      })
      .optional()
      .describe('The other monitors; absent without a section `ha`'),
    reason: z.string().optional().describe('Why the status is unhealthy'),
  }),
);

/** Damage is reported this long. */
const DAMAGE_SHOWN: Millis = 3_600_000;

interface Storage {
  readonly problem: string | undefined;
  readonly damage: { readonly rows: number; readonly at: Millis | undefined };
}

function storageText({ problem, damage: { rows, at } }: Storage, now: Millis): string {
  if (problem !== undefined) return problem;
  if (at === undefined || now - at > DAMAGE_SHOWN) return 'ok';
  return `damage was found at ${isoLocal(at)}, ${rows} rows were left out; the log names them`;
}

export const health = route({
  method: 'GET',
  path: '/health',
  summary: "The monitor's own health; 503 when its scan loop has stalled",
  answer: shape,
  others: { 503: { when: 'The scan loop has stalled', answer: shape } },
  handle(
    _,
    {
      cluster,
      watchdog,
      store,
      node,
      clock,
      prometheus,
      ha,
    }: Pick<ApiContext, 'cluster' | 'watchdog' | 'store' | 'node' | 'clock' | 'prometheus' | 'ha'>,
  ) {
    const samples = prometheus.samples();
    const reason = watchdog.problem(clock.elapsed());
    const last = cluster.lastCheck;
    return {
      status: reason ? 503 : 200,
      body: {
        status: reason ? 'unhealthy' : 'healthy',
        monitoring_node: node(),
        services_monitored: cluster.services.length,
        last_check: last === undefined ? null : isoLocal(last),
        alerts_count: cluster.status.alerts.length,
        store: storageText(store, clock.now()),
        samples: samples && storageText(samples, clock.now()),
        remote_write: prometheus.remoteWrite.health(),
        rules: cluster.rulesProblem ? problemText(cluster.rulesProblem, clock.now()) : 'ok',
        shards: cluster.shardsProblem && problemText(cluster.shardsProblem, clock.now()),
        ha: ha.status,
        reason,
      },
    };
  },
});
