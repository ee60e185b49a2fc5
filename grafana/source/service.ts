// How is this one service, and since when?

import { dashboard, services } from './dashboard.js';
import { stat, stateTimeline, statusHistory, table, timeSeries } from './panels.js';
import {
  meanResponseTime,
  now,
  over,
  responseTimeQuantile,
  rows,
  SERVICES,
  serviceState,
  stateNumber,
  uptime,
} from './query.js';
import {
  CHECK_STATES,
  COLOUR,
  lessIsBetter,
  moreIsBetter,
  PLAIN,
  SERVICE_STATES,
  thresholds,
  YES_NO,
} from './style.js';

const lastCheck = stateNumber('target', 'langgraph_monitor_service_status', SERVICES, 'status', {
  ...{ healthy: 5, degraded: 4, unhealthy: 3, timeout: 2, error: 1, unknown: 0 },
});

export const service = dashboard({
  uid: 'langgraph-service',
  title: 'LangGraph / Service',
  question: 'How is this service, since when, and what is slow in it?',
  variables: [services()],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'State',
            description: 'As confirmed by repeated checks; alerts and the status of the cluster follow it.',
            queries: [now(serviceState(SERVICES), '{{target}}')],
            unit: 'none',
            mappings: SERVICE_STATES,
            noValue: 'Unknown',
            isLoud: true,
          }),
        ],
        [
          7,
          stat({
            title: 'Why',
            description: 'Why it is down or slow, in the words of its alert.',
            queries: [now(`langgraph_monitor_service_trouble_info{${SERVICES}}`, '{{error}}')],
            unit: 'none',
            thresholds: thresholds(COLOUR.fair),
            noValue: 'All is well',
            names: 'alone',
          }),
        ],
        [
          3,
          stat({
            title: 'Last response time',
            description: 'How long the last check took, answered or not.',
            queries: [now(`probe_duration_seconds{${SERVICES}}`, '{{target}}')],
            unit: 's',
            decimals: 1,
            thresholds: PLAIN,
          }),
        ],
        [
          3,
          stat({
            title: 'Availability',
            description: 'Share of the time range that it was up, outside of maintenance.',
            queries: [now(uptime(SERVICES), '{{target}}')],
            unit: 'percentunit',
            decimals: 2,
            thresholds: moreIsBetter(0.99, 0.995),
          }),
        ],
        [
          4,
          stat({
            title: 'Error budget left',
            description:
              'How much of the outage that its objective allows in 30 days is left. Below zero the objective is missed.',
            queries: [now(`langgraph:error_budget_remaining:ratio30d{${SERVICES}}`, '{{target}}')],
            unit: 'percentunit',
            decimals: 0,
            thresholds: moreIsBetter(0, 0.25),
          }),
        ],
        [
          3,
          stat({
            title: 'Last check',
            description:
              'How long ago it was checked. More than two minutes means that checks wait or have stopped.',
            queries: [
              now(`time() - langgraph_monitor_last_probe_timestamp_seconds{${SERVICES}}`, '{{target}}'),
            ],
            unit: 's',
            decimals: 0,
            thresholds: lessIsBetter(120, 300),
          }),
        ],
      ],
    },
    {
      height: 3,
      panels: [
        [
          24,
          stateTimeline({
            title: 'When it was out',
            description:
              'Up, slow or down, as confirmed by repeated checks. Nothing is drawn while it is unknown.',
            queries: [over(serviceState(SERVICES), 'State')],
            mappings: SERVICE_STATES,
          }),
        ],
      ],
    },
    {
      height: 3,
      panels: [
        [
          24,
          statusHistory({
            title: 'Checks',
            description:
              'What single checks found: a failure that no second one confirmed shows here and changes no state.',
            queries: [over(lastCheck, 'Check')],
            mappings: CHECK_STATES,
          }),
        ],
      ],
    },
    {
      height: 10,
      panels: [
        [
          12,
          timeSeries({
            title: 'Response time',
            description:
              'Answered checks: their mean, median and 95th percentile. Beside them what the last ten minutes and the day before were like; far above that, an alert says it is slower than usual.',
            queries: [
              over(meanResponseTime(SERVICES), 'Mean'),
              over(responseTimeQuantile(0.5, SERVICES), 'Median'),
              over(responseTimeQuantile(0.95, SERVICES), '95th percentile'),
              over(`langgraph:response_time_seconds:avg10m{${SERVICES}}`, 'Ten minutes'),
              over(`langgraph:response_time_seconds:avg1d{${SERVICES}}`, 'The day before'),
            ],
            unit: 's',
            min: 0,
            colouring: 'shades',
            colours: { '95th percentile': COLOUR.fair },
            bounds: ['The day before'],
          }),
        ],
        [
          12,
          timeSeries({
            title: 'Where the time goes',
            description:
              'The last check by phase: name, connection, TLS, waiting for the answer, reading it. A connection that is kept open has no first three. Services without HTTP have none.',
            queries: [over(`sum by (phase) (probe_http_duration_seconds{${SERVICES}})`, '{{phase}}')],
            unit: 's',
            min: 0,
            isStacked: true,
          }),
        ],
      ],
    },
    { section: 'Models that are asked for a few words' },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'First token',
            description:
              'How long a model took to the first token of an answer, on average over half an hour and the day before; and for a vector. Far above the day before, an alert says that it is slower than usual.',
            queries: [
              over(`llm_probe_first_token_seconds{${SERVICES}}`, '{{model}}'),
              over(`langgraph:first_token_seconds:avg30m{${SERVICES}}`, '{{model}}, half an hour'),
              over(`langgraph:first_token_seconds:avg1d{${SERVICES}}`, '{{model}}, the day before'),
              over(`llm_probe_duration_seconds{${SERVICES}, test="embed"}`, '{{model}}, a vector'),
            ],
            unit: 's',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Tokens per second',
            description:
              'How fast a model gives tokens once it has begun; on average over half an hour and the day before. Below half of the day before, an alert says that it is slower than usual.',
            queries: [
              over(`llm_probe_tokens_per_second{${SERVICES}}`, '{{model}}'),
              over(`langgraph:tokens_per_second:avg30m{${SERVICES}}`, '{{model}}, half an hour'),
              over(`langgraph:tokens_per_second:avg1d{${SERVICES}}`, '{{model}}, the day before'),
            ],
            unit: 'none',
            decimals: 1,
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Questions to models',
            description:
              'Questions that were answered, that failed, and that were not asked since the model is not in memory or its service is down. Two failures in a row are an alert.',
            queries: [
              over(
                `sum by (model) (increase(llm_probe_successes_total{${SERVICES}}[$__rate_interval])) > 0`,
                '{{model}}',
              ),
              over(
                `sum by (model, reason) (increase(llm_probe_failures_total{${SERVICES}}[$__rate_interval])) > 0`,
                '{{model}}: {{reason}}',
              ),
              over(
                `sum by (model, reason) (increase(llm_probe_skipped_total{${SERVICES}}[$__rate_interval])) > 0`,
                '{{model}}: not asked, {{reason}}',
              ),
            ],
            unit: 'none',
            decimals: 1,
            min: 0,
            hasBars: true,
            isStacked: true,
          }),
        ],
      ],
    },
    { section: 'Failures and promises' },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Failed checks',
            description: 'Checks that failed, by reason.',
            queries: [
              over(
                `sum by (reason) (increase(langgraph_monitor_probe_failures_total{${SERVICES}}[$__rate_interval])) > 0`,
                '{{reason}}',
              ),
            ],
            unit: 'none',
            decimals: 1,
            min: 0,
            hasBars: true,
            isStacked: true,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Failures in a row',
            description: 'Failed checks in a row up to each moment; the second one confirms an outage.',
            queries: [over(`langgraph_monitor_service_consecutive_failures{${SERVICES}}`, 'In a row')],
            unit: 'none',
            decimals: 0,
            min: 0,
            colours: { 'In a row': COLOUR.bad },
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Down, by window',
            description:
              'Share of the time that it was down, over the windows by which alerts judge. The line is what its objective allows.',
            queries: [
              over(`langgraph:unavailability:ratio5m{${SERVICES}}`, '5 minutes'),
              over(`langgraph:unavailability:ratio1h{${SERVICES}}`, '1 hour'),
              over(`langgraph:unavailability:ratio6h{${SERVICES}}`, '6 hours'),
              over(`1 - langgraph:availability_objective:ratio{${SERVICES}}`, 'Allowed'),
            ],
            unit: 'percentunit',
            min: 0,
            colouring: 'shades',
            bounds: ['Allowed'],
          }),
        ],
      ],
    },
    { section: 'What it says of itself' },
    {
      height: 8,
      panels: [
        [
          4,
          timeSeries({
            title: 'HTTP status',
            description: 'Status code of the last answer.',
            queries: [over(`probe_http_status_code{${SERVICES}}`, 'Status')],
            unit: 'none',
            decimals: 0,
            colouring: 'by value',
            thresholds: thresholds(COLOUR.good, [400, COLOUR.fair], [500, COLOUR.bad]),
          }),
        ],
        [
          5,
          timeSeries({
            title: 'Values in its answer',
            description: 'Numbers that its answer holds, such as its own CPU and memory.',
            queries: [over(`probe_http_json_value{${SERVICES}}`, '{{field}}')],
            unit: 'short',
          }),
        ],
        [
          12,
          table({
            title: 'Models',
            description:
              'For a server of models: those it has, their size, which are in memory, and how fast they answered last.',
            queries: [
              rows(
                `max by (model, parameter_size, quantization_level) (ollama_model_info{${SERVICES}} or openai_model_info{${SERVICES}})`,
              ),
              rows(`max by (model) (ollama_model_size_bytes{${SERVICES}})`),
              rows(`max by (model) (ollama_model_loaded{${SERVICES}} or openai_model_loaded{${SERVICES}})`),
              rows(
                `max by (model) (ollama_required_model_present{${SERVICES}} or openai_required_model_present{${SERVICES}})`,
              ),
              rows(`max by (model) (llm_probe_first_token_seconds{${SERVICES}})`),
              rows(`max by (model) (llm_probe_tokens_per_second{${SERVICES}})`),
            ],
            columns: [
              { field: 'model', title: 'Model' },
              { field: 'parameter_size', title: 'Parameters', width: 90 },
              { field: 'quantization_level', title: 'Quantization', width: 105 },
              { field: 'Value #B', title: 'Size', width: 80, unit: 'bytes', decimals: 1 },
              {
                ...{ field: 'Value #C', title: 'In memory', width: 85, isColoured: true },
                mappings: YES_NO('Yes', 'No'),
                thresholds: PLAIN,
              },
              {
                ...{ field: 'Value #D', title: 'Required', width: 85, isColoured: true },
                mappings: YES_NO('Present', 'Missing'),
              },
              { field: 'Value #E', title: 'First token', width: 85, unit: 's', decimals: 2 },
              { field: 'Value #F', title: 'Tokens/s', width: 80, decimals: 1 },
            ],
            sortBy: 'Model',
          }),
        ],
        [
          3,
          stat({
            title: 'Certificate',
            description: 'How long its TLS certificate is valid. An alert warns two weeks before the end.',
            queries: [now(`probe_ssl_earliest_cert_expiry{${SERVICES}} - time()`, '{{target}}')],
            unit: 's',
            decimals: 0,
            thresholds: moreIsBetter(3 * 86_400, 14 * 86_400),
            noValue: 'No TLS',
          }),
        ],
      ],
    },
  ],
});
