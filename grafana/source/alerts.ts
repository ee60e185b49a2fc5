// What is wrong now, and are the objectives kept?

import { dashboard, labelValues, linkTo, services } from './dashboard.js';
import { bars, stat, stateTimeline, table, timeSeries } from './panels.js';
import {
  alertsHere,
  alerts as alertsOf,
  countOf,
  MONITOR,
  now,
  over,
  rows,
  SERVICES,
  variable,
} from './query.js';
import { ALERT_STATES, anyIs, COLOUR, lessIsBetter, moreIsBetter, thresholds, words } from './style.js';

const toServiceOfRow = linkTo('langgraph-service', 'Service', { service: variable('__value.text') });
const toService = linkTo('langgraph-service', 'Service', { service: variable('__field.labels.target') });

/** Alerts of the severities and services chosen, and of no service: those go by their instance. */
const chosen = (state: 'firing' | 'pending') => {
  const selector = `alertstate="${state}", severity=~"$severity", escalation=""`;
  const ofNone = alertsHere(`${selector}, target="", instance!=""`);
  return `(${alertsHere(`${selector}, target=~"$service"`)} or label_join(${ofNone}, "target", "", "instance"))`;
};

/** How many times faster than allowed the error budget is spent. */
const burnRate = (window: string) => `
  langgraph:unavailability:ratio${window}{${SERVICES}}
    / on (job, instance, target) (1 - langgraph:availability_objective:ratio{${SERVICES}})`;

export const alerts = dashboard({
  uid: 'langgraph-alerts',
  title: 'LangGraph / Alerts and objectives',
  question: 'What is wrong now, are the objectives kept, and do alerts get through?',
  variables: [
    labelValues('severity', {
      ...{ label: 'Severity', selector: 'ALERTS{severity!="none"}', of: 'severity', isMulti: true },
    }),
    services(true),
  ],
  from: 'now-12h',
  rows: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'Critical',
            description: 'Critical alerts that are firing.',
            queries: [now(countOf(alertsOf('firing', 'critical')), 'Critical')],
            unit: 'none',
            thresholds: anyIs(COLOUR.bad),
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Warnings',
            description: 'Warnings that are firing.',
            queries: [now(countOf(alertsOf('firing', 'warning')), 'Warnings')],
            unit: 'none',
            thresholds: anyIs(COLOUR.fair),
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Pending',
            description: 'Alerts whose condition holds, though not yet for long enough.',
            queries: [now(countOf(alertsOf('pending', '.+')), 'Pending')],
            unit: 'none',
            thresholds: anyIs(COLOUR.plain),
          }),
        ],
        [
          4,
          stat({
            title: 'Escalated',
            description: 'Alerts that were not resolved for 5 or 15 minutes and have gone to the next level.',
            queries: [now(countOf(alertsHere('alertstate="firing", escalation!=""')), 'Escalated')],
            unit: 'none',
            thresholds: anyIs(COLOUR.bad),
          }),
        ],
        [
          4,
          stat({
            title: 'Least error budget left',
            description:
              'Of the outage that its objective allows in 30 days, at the service that has least left. Below zero the objective is missed.',
            queries: [now(`bottomk(1, langgraph:error_budget_remaining:ratio30d{${MONITOR}})`, '{{target}}')],
            unit: 'percentunit',
            decimals: 0,
            thresholds: moreIsBetter(0, 0.25),
            names: 'beside',
            links: [toService],
          }),
        ],
        [
          4,
          stat({
            title: 'Rules',
            description: 'Whether alerts are evaluated at all: the heartbeat fires always.',
            queries: [now('count(ALERTS{alertname="Heartbeat", alertstate="firing"})', 'Heartbeat')],
            unit: 'none',
            mappings: words({ 1: ['Evaluated', COLOUR.good] }),
            thresholds: thresholds(COLOUR.good),
            noValue: 'Not evaluated',
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          14,
          table({
            title: 'What is wrong now',
            description:
              'Alerts that fire or are pending, of the severities and services chosen, and of scraped targets.',
            queries: [
              rows(`max by (severity, alertname, target) (${chosen('firing')} * 2 or ${chosen('pending')})`),
            ],
            noValue: 'Nothing',
            columns: [
              { ...{ field: 'Value', title: 'State', width: 90 }, mappings: ALERT_STATES, isColoured: true },
              { field: 'severity', title: 'Severity', width: 90 },
              { field: 'alertname', title: 'Alert' },
              { field: 'target', title: 'Service or target', width: 160, links: [toServiceOfRow] },
            ],
            sortBy: '-State',
          }),
        ],
        [
          10,
          bars({
            title: 'Error budget left',
            description:
              'How much of the outage that its objective (99.5 % of 30 days) allows each service has left.',
            queries: [
              now(
                `sort(clamp_min(langgraph:error_budget_remaining:ratio30d{${SERVICES}}, -1))`,
                '{{target}}',
              ),
            ],
            unit: 'percentunit',
            decimals: 0,
            min: -1,
            max: 1,
            thresholds: moreIsBetter(0, 0.25),
            links: [toService],
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          24,
          stateTimeline({
            title: 'When it was wrong',
            description:
              'Every alert of the severities and services chosen: when it was pending and when it fired.',
            queries: [
              over(
                `max by (alertname, target) (${chosen('firing')} * 2 or ${chosen('pending')})`,
                '{{alertname}} {{target}}',
              ),
            ],
            mappings: ALERT_STATES,
            noValue: 'Nothing',
          }),
        ],
      ],
    },
    { section: 'Objectives' },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Availability of the day before',
            description:
              'Share of the 24 hours before each moment that each service was up. The line is the objective.',
            queries: [
              over(`langgraph:availability:ratio1d{${SERVICES}}`, '{{target}}'),
              over(`max(langgraph:availability_objective:ratio{${SERVICES}})`, 'Objective'),
            ],
            unit: 'percentunit',
            max: 1,
            bounds: ['Objective'],
            links: [toService],
          }),
        ],
        [
          8,
          timeSeries({
            title: 'How fast the budget burns, 1 hour',
            description:
              'How many times faster than allowed the error budget is spent. 1 spends it in just 30 days; an alert begins at 14.4, which spends it in two.',
            queries: [over(burnRate('1h'), '{{target}}')],
            unit: 'none',
            decimals: 1,
            min: 0,
            thresholds: lessIsBetter(1, 14.4),
            hasLines: true,
            links: [toService],
          }),
        ],
        [
          8,
          timeSeries({
            title: 'How fast the budget burns, 6 hours',
            description:
              'The same over six hours; an alert begins at 6, which spends the budget in five days.',
            queries: [over(burnRate('6h'), '{{target}}')],
            unit: 'none',
            decimals: 1,
            min: 0,
            thresholds: lessIsBetter(1, 6),
            hasLines: true,
            links: [toService],
          }),
        ],
      ],
    },
    { section: 'Delivery' },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Notifications',
            description: 'Notifications sent a minute, by the way they take.',
            queries: [
              over(
                'sum by (integration) (rate(alertmanager_notifications_total[$__rate_interval])) * 60 > 0',
                '{{integration}}',
              ),
            ],
            unit: 'opm',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Notifications that failed',
            description: 'Notifications a minute that did not get through, by way and reason.',
            queries: [
              over(
                'sum by (integration, reason) (rate(alertmanager_notifications_failed_total[$__rate_interval])) * 60 > 0',
                '{{integration}}: {{reason}}',
              ),
            ],
            unit: 'opm',
            min: 0,
            colouring: 'by value',
            thresholds: thresholds(COLOUR.bad),
          }),
        ],
        [
          8,
          timeSeries({
            title: 'How long delivery takes',
            description: '95th percentile of the time until a notification is accepted, by the way it takes.',
            queries: [
              over(
                `histogram_quantile(0.95, sum by (integration, le) (
                  rate(alertmanager_notification_latency_seconds_bucket[$__rate_interval])))`,
                '{{integration}}',
              ),
            ],
            unit: 's',
            min: 0,
          }),
        ],
      ],
    },
    {
      height: 7,
      panels: [
        [
          8,
          timeSeries({
            title: 'Alerts in Alertmanager',
            description: 'Active alerts, and alerts suppressed by a silence or another alert.',
            queries: [over('sum by (state) (alertmanager_alerts)', '{{state}}')],
            unit: 'none',
            decimals: 0,
            min: 0,
            colours: { active: COLOUR.bad, suppressed: COLOUR.plain, unprocessed: COLOUR.quiet },
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Silences',
            description: 'Silences by state: those in force, to come, and over.',
            queries: [over('sum by (state) (alertmanager_silences)', '{{state}}')],
            unit: 'none',
            decimals: 0,
            min: 0,
            colours: { active: COLOUR.fair, pending: COLOUR.plain, expired: COLOUR.quiet },
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Notifications held back',
            description: 'Notifications a minute that were not sent, by what held them back.',
            queries: [
              over(
                'sum by (reason) (rate(alertmanager_notifications_suppressed_total[$__rate_interval])) * 60 > 0',
                '{{reason}}',
              ),
            ],
            unit: 'opm',
            min: 0,
          }),
        ],
      ],
    },
  ],
});
