// Is the cluster well? The page to leave open.

import { dashboard, linkTo, services } from './dashboard.js';
import { stat, stateTimeline, table, timeSeries } from './panels.js';
import {
  alerts,
  countOf,
  MONITOR,
  meanResponseTime,
  now,
  over,
  rows,
  SERVICES,
  serviceState,
  uptime,
  variable,
} from './query.js';
import {
  anyIs,
  CLUSTER_STATES,
  COLOUR,
  lessIsBetter,
  moreIsBetter,
  PLAIN,
  SERVICE_STATES,
  thresholds,
  WELL_OR_NOT,
} from './style.js';

const toService = linkTo('langgraph-service', 'Service', { service: variable('__field.labels.target') });
const toServiceOfRow = linkTo('langgraph-service', 'Service', { service: variable('__value.text') });
const toAlerts = linkTo('langgraph-alerts', 'Alerts and objectives');

export const cluster = dashboard({
  uid: 'langgraph-cluster',
  title: 'LangGraph / Cluster',
  question: 'Is the cluster well, and if not, who is out and why?',
  variables: [services(true)],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          5,
          stat({
            title: 'Cluster',
            description:
              'What workflows read in /cluster_health. Healthy: every critical service is up and none is slow. Degraded: at least 70 % of them are up. Unhealthy: fewer.',
            queries: [now(`langgraph:cluster_status{${MONITOR}}`, 'Cluster')],
            unit: 'none',
            mappings: CLUSTER_STATES,
            noValue: 'Unknown',
            isLoud: true,
          }),
        ],
        [
          3,
          stat({
            title: 'Services down',
            description: 'Services whose outage a second check has confirmed, critical or not.',
            queries: [now(countOf(`langgraph_monitor_service_up{${MONITOR}} == 0`), 'Down')],
            unit: 'none',
            thresholds: anyIs(COLOUR.bad),
          }),
        ],
        [
          3,
          stat({
            title: 'Services slow',
            description: 'Services that answer, but take longer than their slow_after.',
            queries: [now(countOf(`langgraph_monitor_service_slow{${MONITOR}} == 1`), 'Slow')],
            unit: 'none',
            thresholds: anyIs(COLOUR.fair),
          }),
        ],
        [
          3,
          stat({
            title: 'Critical alerts',
            description: 'Critical alerts that are firing. The dashboard of alerts says which.',
            queries: [now(countOf(alerts('firing', 'critical')), 'Critical')],
            unit: 'none',
            thresholds: anyIs(COLOUR.bad),
            links: [toAlerts],
          }),
        ],
        [
          3,
          stat({
            title: 'Warnings',
            description: 'Warnings that are firing. The dashboard of alerts says which.',
            queries: [now(countOf(alerts('firing', 'warning')), 'Warnings')],
            unit: 'none',
            thresholds: anyIs(COLOUR.fair),
            links: [toAlerts],
          }),
        ],
        [
          3,
          stat({
            title: 'Availability',
            description:
              'Share of the time range that services were up outside of maintenance, on average of all. The objective is 99.5 %.',
            queries: [now(`avg(${uptime(MONITOR)})`, 'Up')],
            unit: 'percentunit',
            decimals: 2,
            thresholds: moreIsBetter(0.99, 0.995),
          }),
        ],
        [
          4,
          stat({
            title: 'Slowest service',
            description:
              'The service with the highest 95th percentile of its response times over ten minutes.',
            queries: [now(`topk(1, langgraph:response_time_seconds:p95_10m{${MONITOR}})`, '{{target}}')],
            unit: 's',
            decimals: 2,
            thresholds: PLAIN,
            names: 'beside',
            links: [toService],
          }),
        ],
      ],
    },
    {
      height: 7,
      panels: [
        [
          24,
          stateTimeline({
            title: 'Who was out',
            description:
              'The cluster, and every service as its confirmed checks say: up, slow or down. Nothing is drawn while it is unknown. Click a service for its own dashboard.',
            queries: [
              over(`langgraph:cluster_status{${MONITOR}}`, 'The cluster'),
              over(serviceState(SERVICES), '{{target}}'),
            ],
            mappings: WELL_OR_NOT,
            links: [toService],
          }),
        ],
      ],
    },
    {
      height: 9,
      panels: [
        [
          14,
          table({
            title: 'Services',
            description:
              'Every service as it is now: its last response time, how much of the time range it was up, and why it is not well.',
            queries: [
              rows(`sum by (target, critical) ((${serviceState(SERVICES)})
                * on (job, instance, target) group_left (critical) langgraph_monitor_service_info{${SERVICES}})`),
              rows(`sum by (target) (probe_duration_seconds{${SERVICES}})`),
              rows(`avg by (target) (${uptime(SERVICES)})`),
              rows(`max by (target, error) (langgraph_monitor_service_trouble_info{${SERVICES}})`),
            ],
            columns: [
              { field: 'target', title: 'Service', width: 150, links: [toServiceOfRow] },
              {
                ...{ field: 'Value #A', title: 'State', width: 70 },
                ...{ mappings: SERVICE_STATES, isColoured: true },
              },
              { field: 'critical', title: 'Critical', width: 70 },
              { field: 'Value #B', title: 'Answers in', width: 95, unit: 's', decimals: 1 },
              {
                ...{ field: 'Value #C', title: 'Availability', width: 100, unit: 'percentunit', decimals: 2 },
                ...{ thresholds: moreIsBetter(0.99, 0.995), isColoured: true },
              },
              { field: 'error', title: 'Why' },
            ],
            sortBy: 'State',
          }),
        ],
        [
          10,
          timeSeries({
            title: 'Response time',
            description: 'How long checks took that were answered, on average. Timeouts are not in it.',
            queries: [over(meanResponseTime(SERVICES), '{{target}}')],
            unit: 's',
            min: 0,
            links: [toService],
          }),
        ],
      ],
    },
    { section: 'More' },
    {
      height: 8,
      panels: [
        [
          12,
          timeSeries({
            title: 'Failed checks',
            description:
              'Checks that failed, by service and reason. One alone is a blip; an alert wants a second.',
            queries: [
              over(
                `sum by (target, reason) (increase(langgraph_monitor_probe_failures_total{${SERVICES}}[$__rate_interval])) > 0`,
                '{{target}}: {{reason}}',
              ),
            ],
            unit: 'none',
            decimals: 1,
            min: 0,
            hasBars: true,
            isStacked: true,
            links: [toService],
          }),
        ],
        [
          12,
          timeSeries({
            title: 'Critical services',
            description:
              'How many critical services there are, are well, and are down: what the status of the cluster is made of.',
            queries: [
              over(`langgraph:critical_services:count{${MONITOR}}`, 'All'),
              over(`langgraph:critical_services_well:count{${MONITOR}}`, 'Well'),
              over(`langgraph:critical_services_down:count{${MONITOR}}`, 'Down'),
            ],
            unit: 'none',
            decimals: 0,
            min: 0,
            bounds: ['All'],
            colours: { Well: COLOUR.good, Down: COLOUR.bad },
          }),
        ],
      ],
    },
    {
      height: 7,
      panels: [
        [
          12,
          timeSeries({
            title: 'How full it is',
            description:
              'What can fill up, from 0 to 100 %: disks of the node, memory of Redis, sessions of HAProxy. Alerts begin at 80 to 95 %.',
            queries: [
              over(`langgraph:disk_usage:ratio{${MONITOR}}`, 'Disk of {{target}}'),
              over(`langgraph:redis_memory_usage:ratio{${MONITOR}}`, 'Memory of {{target}}'),
              over(`langgraph:haproxy_sessions_usage:ratio{${MONITOR}}`, 'Sessions of {{target}}, {{proxy}}'),
            ],
            unit: 'percentunit',
            min: 0,
            max: 1,
            thresholds: lessIsBetter(0.8, 0.95),
            hasLines: true,
          }),
        ],
        [
          12,
          timeSeries({
            title: 'Alerts firing',
            description: 'How many alerts fire, by severity.',
            queries: [
              over(`count by (severity) (${alerts('firing', 'critical|warning|info')})`, '{{severity}}'),
            ],
            unit: 'none',
            decimals: 0,
            min: 0,
            isStacked: true,
            thresholds: thresholds(COLOUR.plain),
            colours: { critical: COLOUR.bad, warning: COLOUR.fair, info: COLOUR.plain },
            links: [toAlerts],
          }),
        ],
      ],
    },
    { section: 'Models that are asked for a few words' },
    {
      height: 8,
      panels: [
        [
          12,
          timeSeries({
            title: 'First token',
            description:
              'How long each model took to the first token of an answer when it was last asked. Empty where no service has generate.',
            queries: [over(`llm_probe_first_token_seconds{${SERVICES}}`, '{{target}}: {{model}}')],
            unit: 's',
            min: 0,
            links: [toService],
          }),
        ],
        [
          12,
          timeSeries({
            title: 'Tokens per second',
            description:
              'How fast each model gave tokens once it had begun, when it was last asked. Empty where no service has generate.',
            queries: [over(`llm_probe_tokens_per_second{${SERVICES}}`, '{{target}}: {{model}}')],
            unit: 'none',
            decimals: 1,
            min: 0,
            links: [toService],
          }),
        ],
      ],
    },
  ],
});
