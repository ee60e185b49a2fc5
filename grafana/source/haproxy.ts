// Does every backend of HAProxy's have a server, and do requests get through?

import { dashboard, labelValues } from './dashboard.js';
import { stat, stateTimeline, table, timeSeries } from './panels.js';
import { countOf, MONITOR, now, over, rows, serviceState, stateNumber } from './query.js';
import { anyIs, COLOUR, lessIsBetter, PROXY_STATES, SERVICE_STATES } from './style.js';

/** The HAProxy chosen. */
const HERE = `${MONITOR}, target="$haproxy"`;
/** Its backends chosen. */
const BACKENDS = `${HERE}, proxy=~"$proxy"`;

const backendState = stateNumber('proxy', 'haproxy_backend_status', BACKENDS, 'state', { UP: 2, DOWN: 0 });
const serverState = stateNumber('proxy, server', 'haproxy_server_status', BACKENDS, 'state', {
  ...{ UP: 2, 'MAINT|DRAIN|NOLB': 1, DOWN: 0 },
});

/** Colours of the classes of status codes. */
const CODES = {
  '1xx': COLOUR.quiet,
  '2xx': COLOUR.good,
  '3xx': COLOUR.plain,
  '4xx': COLOUR.fair,
  '5xx': COLOUR.bad,
};

const rate = (metric: string, by: string, selector = BACKENDS) =>
  `sum by (${by}) (rate(${metric}{${selector}}[$__rate_interval]))`;

export const haproxy = dashboard({
  uid: 'langgraph-haproxy',
  title: 'LangGraph / HAProxy',
  question: 'Does every backend have a server, and do requests get through?',
  variables: [
    labelValues('haproxy', { label: 'HAProxy', selector: `haproxy_up{${MONITOR}}`, of: 'target' }),
    labelValues('proxy', {
      ...{ label: 'Backend', selector: `haproxy_backend_status{${HERE}}`, of: 'proxy', isMulti: true },
    }),
  ],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'HAProxy',
            description: 'HAProxy itself, as its confirmed checks say.',
            queries: [now(serviceState(HERE), '{{target}}')],
            unit: 'none',
            mappings: SERVICE_STATES,
            noValue: 'Unknown',
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Backends down',
            description: 'Backends without a server: their requests are answered with 503.',
            queries: [now(countOf(`haproxy_backend_status{${BACKENDS}, state="DOWN"} == 1`), 'Down')],
            unit: 'none',
            thresholds: anyIs(COLOUR.bad),
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Servers down',
            description: 'Servers that HAProxy takes for down and sends nothing.',
            queries: [now(countOf(`haproxy_server_status{${BACKENDS}, state="DOWN"} == 1`), 'Down')],
            unit: 'none',
            thresholds: anyIs(COLOUR.fair),
          }),
        ],
        [
          4,
          stat({
            title: 'Server errors',
            description: 'Share of the answers of the time range that were 5xx. An alert begins at 5 %.',
            queries: [
              now(
                `sum(increase(haproxy_backend_http_responses_total{${BACKENDS}, code="5xx"}[$__range]))
                  / sum(increase(haproxy_backend_http_responses_total{${BACKENDS}}[$__range]))`,
                '5xx',
              ),
            ],
            unit: 'percentunit',
            decimals: 2,
            thresholds: lessIsBetter(0.01, 0.05),
          }),
        ],
        [
          4,
          stat({
            title: 'Waiting',
            description: 'Requests that wait for a server right now.',
            queries: [now(`sum(haproxy_backend_current_queue{${BACKENDS}})`, 'Waiting')],
            unit: 'none',
            thresholds: anyIs(COLOUR.fair),
          }),
        ],
        [
          4,
          stat({
            title: 'Sessions in use',
            description:
              'Of the sessions a frontend may have, at the fullest one. Beyond 100 % clients wait.',
            queries: [now(`max(langgraph:haproxy_sessions_usage:ratio{${HERE}})`, 'In use')],
            unit: 'percentunit',
            decimals: 1,
            thresholds: lessIsBetter(0.6, 0.8),
          }),
        ],
      ],
    },
    {
      height: 7,
      panels: [
        [
          12,
          stateTimeline({
            title: 'Backends',
            description: 'Whether each backend has a server.',
            queries: [over(backendState, '{{proxy}}')],
            mappings: PROXY_STATES,
          }),
        ],
        [
          12,
          stateTimeline({
            title: 'Servers',
            description:
              'Each server as HAProxy sees it: up, down, or taken out of rotation (maintenance, draining).',
            queries: [over(serverState, '{{proxy}}/{{server}}')],
            mappings: PROXY_STATES,
          }),
        ],
      ],
    },
    {
      height: 9,
      panels: [
        [
          8,
          timeSeries({
            title: 'Requests',
            description: 'Requests a second, by backend.',
            queries: [over(rate('haproxy_backend_http_requests_total', 'proxy'), '{{proxy}}')],
            unit: 'reqps',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Answers',
            description: 'Answers a second by class of status code, of all backends chosen.',
            queries: [over(`${rate('haproxy_backend_http_responses_total', 'code')} > 0`, '{{code}}')],
            unit: 'reqps',
            min: 0,
            isStacked: true,
            colours: CODES,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Response time',
            description: 'Mean time servers took for their last 1024 answers, by backend.',
            queries: [
              over(
                `max by (proxy) (haproxy_backend_response_time_average_seconds{${BACKENDS}})`,
                '{{proxy}}',
              ),
            ],
            unit: 's',
            min: 0,
          }),
        ],
      ],
    },
    { section: 'Load and errors' },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Sessions',
            description: 'Sessions of each frontend.',
            queries: [over(`haproxy_frontend_current_sessions{${HERE}}`, '{{proxy}}')],
            unit: 'none',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Queue',
            description: 'Requests that wait for a server, and how long the last 1024 waited on average.',
            queries: [over(`max by (proxy) (haproxy_backend_current_queue{${BACKENDS}})`, '{{proxy}}')],
            unit: 'none',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Errors',
            description:
              'Connections that failed or were tried again, and answers that were broken off, a second, of all backends chosen.',
            queries: [
              over(rate('haproxy_backend_connection_errors_total', 'target'), 'Connections failed'),
              over(rate('haproxy_backend_retry_warnings_total', 'target'), 'Tried again'),
              over(rate('haproxy_backend_redispatch_warnings_total', 'target'), 'Sent to another server'),
              over(rate('haproxy_backend_response_errors_total', 'target'), 'Answers broken'),
              over(rate('haproxy_backend_client_aborts_total', 'target'), 'Clients gone'),
            ],
            unit: 'ops',
            min: 0,
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
            title: 'Servers now',
            description: 'Every server as it is now.',
            queries: [
              rows(serverState),
              rows(`max by (proxy, server) (haproxy_server_current_sessions{${BACKENDS}})`),
              rows(`max by (proxy, server) (haproxy_server_weight{${BACKENDS}})`),
              rows(`max by (proxy, server) (haproxy_server_check_last_change_seconds{${BACKENDS}})`),
              rows(`max by (proxy, server) (haproxy_server_downtime_seconds_total{${BACKENDS}})`),
            ],
            columns: [
              { field: 'proxy', title: 'Backend' },
              { field: 'server', title: 'Server' },
              {
                ...{ field: 'Value #A', title: 'State', width: 120 },
                ...{ mappings: PROXY_STATES, isColoured: true },
              },
              { field: 'Value #B', title: 'Sessions', width: 85 },
              { field: 'Value #C', title: 'Weight', width: 75 },
              { field: 'Value #D', title: 'Since', width: 100, unit: 's', decimals: 0 },
              { field: 'Value #E', title: 'Down in all', width: 110, unit: 's', decimals: 0 },
            ],
            sortBy: 'State',
          }),
        ],
        [
          10,
          timeSeries({
            title: 'Traffic',
            description: 'Bytes a second through the backends chosen: received upwards, sent downwards.',
            queries: [
              over(rate('haproxy_backend_bytes_in_total', 'target'), 'Received'),
              over(rate('haproxy_backend_bytes_out_total', 'target'), 'Sent'),
            ],
            unit: 'Bps',
            colouring: 'shades',
            below: ['Sent'],
          }),
        ],
      ],
    },
  ],
});
