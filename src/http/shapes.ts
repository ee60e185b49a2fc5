// The JSON answers' shapes, as the document names their fields. /openapi.json is made of them, and so are the
// client's types.

import { z } from 'zod';

/** Local time without a zone, microseconds. */
export const timestamp = z.string().meta({
  description: "Local time as Python's datetime.now().isoformat() prints it",
  examples: ['2024-01-15T10:30:45.123456'],
});

export const overallStatus = z.enum(['healthy', 'degraded', 'unhealthy']);

/** An alert in one line. */
export const alertText = z.string().meta({
  description: 'SEVERITY: NAME is STATUS - REASON',
  examples: ['CRITICAL: Tools Server is timeout - Request timed out'],
});

/** A service's last check. */
export const serviceHealth = z.looseObject({
  status: z.enum(['healthy', 'degraded', 'unhealthy', 'timeout', 'error', 'unknown']),
  response_time: z.number().optional().describe('Seconds; for a timeout the timeout itself'),
  status_code: z.number().optional(),
  data: z.unknown().optional().describe('The parsed JSON body, up to 64 KiB'),
  error: z.string().optional().describe('Why the service is not healthy'),
  last_check: timestamp.optional(),
  since: timestamp.optional().describe('When the status became what it is'),
  consecutive_failures: z.number().optional(),
});

export const service = z.object({
  name: z.string(),
  critical: z.boolean(),
  group: z.string().optional().describe('What it stands under on the status page, where that is configured'),
  hidden: z.literal(true).optional().describe('The status page does not show it (`page.hide`)'),
  maintenance: z
    .object({ until: timestamp, comment: z.string() })
    .optional()
    .describe('While a silence whose comment begins with "maintenance" covers the service'),
  seen_by: z
    .object({ shard: z.number(), of: z.number() })
    .optional()
    .describe('Which monitor checks it, where several share the services (`shard`); from 0'),
  health: serviceHealth,
});

/** An alert that is not sent at the moment. */
export const mutedAlert = z.object({
  service: z.string(),
  severity: z.string(),
  message: z.string(),
  muted_by: z
    .array(z.string())
    .describe('Why: a dependency that is down, a silence, another alert, the time')
    .meta({ examples: [['silenced by ann (upgrade)']] }),
});

/** There only when status and alerts are not of this moment. */
export const rulesProblem = z
  .string()
  .describe('What keeps the rules from being asked, and how old the status and the alerts are');

/** There only when services of other shards are not as of this moment. */
export const shardsProblem = z
  .string()
  .describe('What keeps the services that other shards check from being known, and how old they are');

export const clusterHealth = z.object({
  timestamp,
  overall_status: overallStatus,
  services: z.record(z.string(), service),
  cluster_stats: z.object({
    local_node: z.object({
      cpu_percent: z.number().optional(),
      memory_percent: z.number().optional(),
      disk_percent: z.number().optional(),
    }),
    total_services: z.number(),
    monitoring_uptime: z.number().describe('Seconds since start'),
  }),
  alerts: z.array(alertText),
  muted: z.array(mutedAlert).optional().describe('Alerts that are not sent; absent when there are none'),
  rules: rulesProblem.optional(),
  shards: shardsProblem.optional(),
});

/** One of several services that can do the same, as it is right now. */
export const candidate = z.object({
  service: z.string(),
  url: z.string().describe('Its base URL'),
  status: serviceHealth.shape.status,
  p95: z
    .number()
    .optional()
    .describe('Seconds within which 95 % of the checks of the last ten minutes were answered'),
  first_token: z
    .number()
    .optional()
    .describe('Seconds to the first token of its fastest model, mean of the last half hour'),
  tokens_per_second: z.number().optional().describe('Of its fastest model, mean of the last half hour'),
});

export const bestEndpoint = z.object({
  capability: z.string(),
  endpoint: z
    .string()
    .describe('The base URL to call')
    .meta({ examples: ['http://127.0.0.1:11434'] }),
  service: z.string().describe('Whose it is; null for the fallback').nullable(),
  reason: z.string().describe('Why this one'),
  prefer: z.enum(['order', 'latency', 'first_token', 'tokens_per_second']),
  candidates: z.array(candidate).describe('The most preferred first'),
  fallback: z.string().describe('Called when no candidate is healthy').nullable(),
  latency_problem: z
    .string()
    .optional()
    .describe("Why the figures that are preferred are not known; the configuration's order holds meanwhile"),
  timestamp,
});

/** Every answer that is no 200. */
export const errorShape = z.object({ error: z.string() });

/** `/cluster_health` */
export type ClusterHealth = z.output<typeof clusterHealth>;
/** An entry of its `services`. */
export type ServiceEntry = z.output<typeof service>;
/** `/best_endpoint` */
export type BestEndpoint = z.output<typeof bestEndpoint>;
