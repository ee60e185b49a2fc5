import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, type ServiceCondition, type ServiceId, startCluster } from '../../src/demo/cluster.js';
import { ask } from './client.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ redis: false });
});
afterAll(() => cluster.close());

type HttpId = Exclude<ServiceId, 'redis'>;

const answers: readonly { service: HttpId; path: string; status?: number; want: unknown }[] = [
  { service: 'jetson_ollama', path: '/', want: 'Ollama is running' },
  {
    service: 'jetson_ollama',
    path: '/api/version',
    want: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
  },
  {
    service: 'jetson_ollama',
    path: '/api/tags',
    want: {
      models: [
        {
          name: 'llama3.2:3b',
          model: 'llama3.2:3b',
          size: 2_019_393_189,
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
          details: { format: 'gguf', family: 'llama', parameter_size: '3.2B', quantization_level: 'Q4_K_M' },
        },
        { name: 'llama3.2:1b', size: 1_321_098_329 },
      ],
    },
  },
  {
    service: 'jetson_ollama',
    path: '/api/ps',
    want: {
      models: [
        {
          name: 'llama3.2:3b',
          size_vram: 3_096_475_648,
          expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        },
      ],
    },
  },
  { service: 'jetson_ollama', path: '/nothing', status: 404, want: '404 page not found\n' },
  { service: 'cpu_llama', path: '/health', want: { status: 'ok' } },
  {
    service: 'cpu_llama',
    path: '/nothing',
    status: 404,
    want: { error: { code: 404, type: 'not_found_error' } },
  },
  {
    service: 'embeddings',
    path: '/health',
    want: { status: 'healthy', model: expect.any(String), memory_usage_percent: expect.any(Number) },
  },
  { service: 'tools', path: '/health', want: { status: 'healthy', tools: expect.any(Array) } },
  { service: 'haproxy', path: '/health', want: 'OK' },
  {
    service: 'haproxy',
    path: '/nothing',
    status: 503,
    want: expect.stringContaining('503 Service Unavailable'),
  },
];

/** Conditions beside the faults, by what changes on the wire. */
const conditions: readonly {
  service: HttpId;
  condition: ServiceCondition;
  path: string;
  status: number;
  want: unknown;
}[] = [
  {
    service: 'cpu_llama',
    condition: { kind: 'loading_model' },
    path: '/health',
    status: 503,
    want: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
  },
  {
    service: 'jetson_ollama',
    condition: { kind: 'model_missing', model: 'llama3.2:3b' },
    path: '/api/tags',
    status: 200,
    want: { models: [{ name: 'llama3.2:1b' }] },
  },
  {
    service: 'jetson_ollama',
    condition: { kind: 'model_missing', model: 'llama3.2:3b' },
    path: '/api/ps',
    status: 200,
    want: { models: [] },
  },
  {
    service: 'tools',
    condition: { kind: 'status', code: 500 },
    path: '/health',
    status: 500,
    want: { error: 'Internal Server Error' },
  },
];

const read = (body: string): unknown => (body.startsWith('{') ? JSON.parse(body) : body);

describe('the services', () => {
  test.each(answers)('$service $path', async ({ service, path, status = 200, want }) => {
    const seen = await ask(cluster[service].url + path);
    expect(seen.status).toBe(status);
    expect({ body: read(seen.body) }).toMatchObject({ body: want });
  });

  test.each(conditions)(
    '$service $condition.kind on $path',
    async ({ service, condition, path, status, want }) => {
      const before = await ask(cluster[service].url + path);
      await cluster.set(service, condition);
      const during = await ask(cluster[service].url + path);
      await cluster.set(service, { kind: 'ok' });
      const after = await ask(cluster[service].url + path);

      expect(during.status).toBe(status);
      expect(read(during.body)).toMatchObject(want as object);
      expect(after.status).toBe(200);
      const names = (body: string) => body.match(/"name":"[^"]*"/g);
      expect(names(after.body)).toEqual(names(before.body));
    },
  );

  test.each<{ service: ServiceId; condition: ServiceCondition }>([
    { service: 'tools', condition: { kind: 'loading_model' } },
    { service: 'embeddings', condition: { kind: 'model_missing', model: 'llama3.2:3b' } },
    { service: 'cpu_llama', condition: { kind: 'backend_down', backend: 'llm' } },
  ])('$service knows no $condition.kind', async ({ service, condition }) => {
    await expect(cluster.set(service, condition)).rejects.toThrow(
      `${service} has no condition ${condition.kind}`,
    );
  });

  test('the error for a port in use names the service, and no service is left running', async () => {
    const port = cluster.tools.port;
    await expect(startCluster({ redis: false, ports: { haproxy: port } })).rejects.toThrow(
      `cannot start haproxy: 127.0.0.1:${port} is in use`,
    );
  });
});
