import { load } from 'js-yaml';
import { afterEach, describe, expect, test } from 'vitest';
import { type Cluster, type ClusterOptions, startCluster } from '../../src/demo/cluster.js';
import { monitorConfiguration, toYaml } from '../../src/demo/configuration.js';

let open: Cluster | undefined;
afterEach(() => open?.close());

async function configure(options: ClusterOptions) {
  const cluster = await startCluster(options);
  open = cluster;
  return { cluster, configuration: monitorConfiguration(cluster) };
}

describe("the monitor's configuration", () => {
  test('names the six services at their addresses', async () => {
    const { cluster, configuration } = await configure({});
    expect(configuration).toMatchObject({
      node: 'demo',
      endpoints: {
        llm: [
          { service: 'jetson_ollama', url: cluster.jetson_ollama.url },
          { service: 'cpu_llama', url: cluster.cpu_llama.url },
        ],
        fallback: cluster.haproxy.url,
      },
      services: {
        jetson_ollama: {
          kind: 'ollama',
          url: `${cluster.jetson_ollama.url}/api/tags`,
          require_models: ['llama3.2:3b'],
        },
        cpu_llama: { url: `${cluster.cpu_llama.url}/health`, critical: false },
        embeddings: { url: `${cluster.embeddings.url}/health`, critical: true },
        tools: { url: `${cluster.tools.url}/health`, critical: true },
        haproxy: { kind: 'haproxy', stats_url: `${cluster.haproxy.url}/haproxy_stats`, severity: 'warning' },
        redis: { kind: 'redis', host: cluster.redis?.address },
      },
    });
  });

  test('leaves a Redis out that does not run', async () => {
    const { configuration } = await configure({ redis: false });
    expect(Object.keys(configuration.services as object)).toEqual([
      'jetson_ollama',
      'cpu_llama',
      'embeddings',
      'tools',
      'haproxy',
    ]);
  });

  test('knows the passwords that were set', async () => {
    const statsAuth = { username: 'stats', password: 'one' };
    const { configuration } = await configure({ redisPassword: 'two', statsAuth });
    expect(configuration).toMatchObject({
      services: { haproxy: { stats_basic_auth: statsAuth }, redis: { password: 'two' } },
    });
  });

  test('reads the same as YAML', async () => {
    const { configuration } = await configure({ redis: false });
    expect(load(toYaml(configuration))).toEqual(configuration);
  });

  test('a dollar sign in it is no variable', () => {
    expect(toYaml({ a: { b: 'x$Y' } })).toBe('a:\n  b: "x$$Y"\n');
  });

  test('has loopback addresses only', async () => {
    const { configuration } = await configure({});
    const hosts = [...toYaml(configuration).matchAll(/"(?:https?:\/\/)?([\w.]+):\d{4,}/g)].map(
      match => match[1],
    );
    expect(hosts).toHaveLength(10);
    expect(new Set(hosts)).toEqual(new Set(['127.0.0.1']));
  });
});
