// vLLM and llama.cpp as they say themselves: do requests wait, and why?

import { dashboard, labelValues } from './dashboard.js';
import { stat, timeSeries } from './panels.js';
import { now, over } from './query.js';
import { lessIsBetter, PLAIN } from './style.js';

/** The servers chosen. */
const HERE = 'instance=~"$server"';
/** llama.cpp does not say which model it has. */
const NAME = '{{instance}} {{model_name}}';
const either = (vllm: string, llama: string) => `(${vllm}{${HERE}} or ${llama}{${HERE}})`;
const running = either('vllm:num_requests_running', 'llamacpp:requests_processing');
const firstToken = (share: number) => `
  histogram_quantile(${share}, sum by (instance, model_name, le) (
    rate(vllm:time_to_first_token_seconds_bucket{${HERE}}[$__rate_interval])))`;

export const modelServers = dashboard({
  uid: 'langgraph-modelservers',
  title: 'LangGraph / Model servers',
  question: 'Do requests wait, and why?',
  variables: [
    labelValues('server', {
      ...{ label: 'Server', selector: 'langgraph:model_server_waiting:count', of: 'instance', isMulti: true },
    }),
  ],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          6,
          stat({
            title: 'Requests waiting',
            description:
              'Requests that wait for their turn, of all servers chosen. Some for a moment are usual.',
            queries: [now(`sum(langgraph:model_server_waiting:count{${HERE}})`, 'Waiting')],
            unit: 'none',
            thresholds: lessIsBetter(1, 10),
            isLoud: true,
          }),
        ],
        [
          6,
          stat({
            title: 'Fullest KV cache',
            description:
              'The server with the fullest cache. When it is full, requests wait or are interrupted.',
            queries: [now(`topk(1, langgraph:model_server_cache_usage:ratio{${HERE}})`, NAME)],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.8, 0.95),
            isLoud: true,
            names: 'beside',
          }),
        ],
        [
          6,
          stat({
            title: 'Requests running',
            description: 'Requests that are being answered, of all servers chosen.',
            queries: [now(`sum(${running})`, 'Running')],
            unit: 'none',
            thresholds: PLAIN,
          }),
        ],
        [
          6,
          stat({
            title: 'Tokens a second',
            description: 'Generated tokens a second over five minutes, of all servers chosen.',
            queries: [now(`sum(langgraph:model_server_generated_tokens:rate5m{${HERE}})`, 'Tokens')],
            unit: 'none',
            decimals: 1,
            thresholds: PLAIN,
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          12,
          timeSeries({
            title: 'Requests',
            description: 'Requests by server: running upwards, waiting downwards.',
            queries: [
              over(running, `${NAME} running`),
              over(`langgraph:model_server_waiting:count{${HERE}}`, `${NAME} waiting`),
            ],
            unit: 'none',
            below: ['/ waiting$/'],
          }),
        ],
        [
          12,
          timeSeries({
            title: 'KV cache',
            description: 'Share of the cache that running requests take.',
            queries: [over(`langgraph:model_server_cache_usage:ratio{${HERE}}`, NAME)],
            unit: 'percentunit',
            min: 0,
            max: 1,
            thresholds: lessIsBetter(0.8, 0.95),
            hasLines: true,
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Generated tokens',
            description:
              'Tokens a second by server, over five minutes. llama.cpp counts them when a request ends.',
            queries: [over(`langgraph:model_server_generated_tokens:rate5m{${HERE}}`, NAME)],
            unit: 'none',
            decimals: 1,
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'First token of vLLM',
            description:
              'Seconds until the first token, half of the requests and nineteen in twenty of them.',
            queries: [
              over(firstToken(0.5), `${NAME} median`),
              over(firstToken(0.95), `${NAME} 95th percentile`),
            ],
            unit: 's',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Tokens a second of one request',
            description: 'Speed of llama.cpp while it generates, on average since the scrape before.',
            queries: [over(`llamacpp:predicted_tokens_seconds{${HERE}}`, '{{instance}}')],
            unit: 'none',
            decimals: 1,
            min: 0,
          }),
        ],
      ],
    },
    {
      height: 7,
      panels: [
        [
          24,
          timeSeries({
            title: 'Interrupted requests',
            description: 'Requests a second that vLLM interrupts for want of cache and computes again later.',
            queries: [over(`rate(vllm:num_preemptions_total{${HERE}}[$__rate_interval])`, NAME)],
            unit: 'ops',
            min: 0,
          }),
        ],
      ],
    },
  ],
});
