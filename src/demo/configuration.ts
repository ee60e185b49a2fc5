// The monitor's configuration for a simulated cluster. In: a running cluster. Out: what monitor.yml holds, as a plain
// object and as YAML text.

import type { Cluster } from './cluster.js';
import { STATS_PATH } from './haproxy.js';
import { OLLAMA_MODELS } from './ollama.js';

/** A node of a YAML file as this room writes it. */
type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

/** How often it asks, as durations in the configuration's own form. */
interface Pace {
  readonly interval?: string;
  /** Of each service. */
  readonly timeout?: string;
  /** Answered, but slower than this: degraded. */
  readonly slowAfter?: string;
  /** Between two questions to a model. */
  readonly askEvery?: string;
  /** Between the first failure and its confirmation. */
  readonly confirmEvery?: string;
}

/** The document's six services at the cluster's addresses; a Redis that does not run is left out. */
export function monitorConfiguration(
  cluster: Cluster,
  { interval = '5s', timeout = '3s', slowAfter = '1s', confirmEvery = '1s', askEvery = '15s' }: Pace = {},
): { readonly [key: string]: Plain } {
  const { jetson_ollama, cpu_llama, embeddings, tools, haproxy, redis, options } = cluster;
  const pace = {
    timeout,
    slow_after: slowAfter,
    confirm: { failures: 2, successes: 2, every: confirmEvery },
  };
  return {
    node: 'demo',
    scan: { intervals: { critical: interval, other: interval }, max_concurrent_checks: 5 },
    endpoints: {
      llm: [
        { service: 'jetson_ollama', url: jetson_ollama.url },
        { service: 'cpu_llama', url: cpu_llama.url },
      ],
      fallback: haproxy.url,
    },
    services: {
      jetson_ollama: {
        name: 'Jetson Ollama Server',
        kind: 'ollama',
        url: `${jetson_ollama.url}/api/tags`,
        critical: true,
        ...pace,
        require_models: OLLAMA_MODELS.slice(0, 1),
        generate: { interval: askEvery, timeout },
        embed: { models: OLLAMA_MODELS.slice(0, 1), interval: askEvery, timeout },
      },
      cpu_llama: { name: 'CPU Llama.cpp Server', url: `${cpu_llama.url}/health`, critical: false, ...pace },
      embeddings: { name: 'Embeddings Server', url: `${embeddings.url}/health`, critical: true, ...pace },
      tools: { name: 'Tools Server', url: `${tools.url}/health`, critical: true, ...pace },
      haproxy: {
        name: 'HAProxy Load Balancer',
        kind: 'haproxy',
        url: `${haproxy.url}/health`,
        stats_url: `${haproxy.url}${STATS_PATH}`,
        ...(options.statsAuth ? { stats_basic_auth: { ...options.statsAuth } } : {}),
        critical: true,
        severity: 'warning',
        ...pace,
      },
      ...(redis
        ? {
            redis: {
              name: 'Redis Cache',
              kind: 'redis',
              host: redis.address,
              ...(options.redisPassword === undefined ? {} : { password: options.redisPassword }),
              critical: true,
              ...pace,
            },
          }
        : {}),
    },
  };
}

/** A plain object as YAML: maps indented, lists and texts as JSON, of which YAML is a superset. */
export function toYaml(value: { readonly [key: string]: Plain }, indent = ''): string {
  return Object.entries(value)
    .map(([key, inner]) =>
      isMap(inner)
        ? `${indent}${key}:\n${toYaml(inner, `${indent}  `)}`
        : `${indent}${key}: ${scalar(inner)}\n`,
    )
    .join('');
}

function isMap(value: Plain): value is { readonly [key: string]: Plain } {
  return typeof value === 'object' && !Array.isArray(value);
}

/** `$` is doubled: the configuration reads `${VAR}` as a variable. */
function scalar(value: Plain): string {
  return JSON.stringify(value).replaceAll('$', '$$$$');
}
