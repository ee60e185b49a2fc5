// What answers at a port: small servers that answer as services do, and real ones.

import { createServer, type Server } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { fromHosts } from '../../../src/cli/init/hosts.js';
import { langgraph, openai, redis } from '../../../src/cli/init/identify.js';
import { certificate } from '../../support/certificate.js';
import { freePort, makeFolder, removeFolder } from '../../support/child.js';
import { startHaproxy } from '../../support/haproxy.js';
import { writeFound } from '../../support/init-found.js';
import { type Answers, ModelServer, script } from '../../support/model-server.js';
import { startPostgres } from '../../support/postgres.js';
import { startRedis } from '../../support/redis.js';

let folder: string;
beforeEach(() => {
  folder = makeFolder('init-hosts');
  return () => removeFolder(folder);
});

async function ask(port: number) {
  const said: string[] = [];
  const found = await fromHosts([{ host: '127.0.0.1', port }], line => said.push(line));
  const written = writeFound(found, folder);
  // The port is another one each time.
  const named = (text: string) => text.replaceAll(String(port), 'PORT');
  return {
    said: said.map(named),
    services: found.services.length > 0 ? written.services.map(named) : [],
    jobs: written.configuration.scrape.jobs.map(({ name }) => name),
    left: found.left.map(named),
    text: written.text,
  };
}

const metrics = (...names: string[]) =>
  script(
    names.map(name => `# TYPE ${name} gauge\n${name} 1\n`),
    'text/plain',
  );
const models = (owner: string) => ({ object: 'list', data: [{ id: 'm', owned_by: owner }] });
const BASE = 'http://127.0.0.1:PORT';

describe('over HTTP', () => {
  test.each<[said: string, answers: Answers, service: string]>([
    [
      'Ollama, 3 models',
      { '/api/tags': { models: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] } },
      `ollama ollama ${BASE}/api/tags`,
    ],
    ['vLLM, 1 model', { '/v1/models': models('vllm') }, `vllm openai ${BASE}`],
    ['llama.cpp, 1 model', { '/v1/models': models('llamacpp') }, `llama.cpp openai ${BASE}`],
    ['LM Studio, 1 model', { '/v1/models': models('organization_owner') }, `lm_studio openai ${BASE}`],
    [
      'llama.cpp, loading a model',
      { '/v1/models': script(['{"error":{"message":"Loading model"}}'], 'application/json', 503) },
      `llama.cpp openai ${BASE}`,
    ],
    [
      'OpenAI API, asks for a key',
      { '/v1/models': script(['{"error":"Unauthorized"}'], 'application/json', 401) },
      `openai_api openai ${BASE}`,
    ],
    [
      'LiteLLM',
      { '/health/liveliness': script(['"I\'m alive!"'], 'application/json') },
      `litellm http ${BASE}/health/liveliness`,
    ],
    ['LangGraph server', { '/ok': { ok: true } }, `langgraph langgraph ${BASE}`],
    ['HTTP, /health answers with 200', { '/health': {} }, `http_127.0.0.1_PORT http ${BASE}/health`],
  ])('%s', async (said, answers, service) => {
    const server = await new ModelServer(answers).start();
    try {
      const result = await ask(Number(new URL(server.url).port));
      expect(result).toMatchObject({ said: [`127.0.0.1:PORT ${said}`], services: [service], left: [] });
    } finally {
      await server.close();
    }
  });

  test.each<[said: string, metric: string, job: string]>([
    ['node_exporter', 'node_exporter_build_info', 'node'],
    ['redis_exporter', 'redis_exporter_build_info', 'redis'],
    ['postgres_exporter', 'pg_up', 'postgres'],
    ['dcgm-exporter', 'DCGM_FI_DEV_GPU_TEMP', 'dcgm'],
    ['nvidia_gpu_exporter', 'nvidia_smi_gpu_info', 'gpu'],
    ["HAProxy's exporter", 'haproxy_process_uptime_seconds', 'haproxy'],
    ['metrics of an exporter that is not known here', 'other', 'exporter'],
  ])('%s', async (said, metric, job) => {
    const server = await new ModelServer({ '/metrics': metrics('go_info', metric) }).start();
    try {
      const result = await ask(Number(new URL(server.url).port));
      expect(result).toMatchObject({ said: [`127.0.0.1:PORT ${said}`], services: [], jobs: [job] });
    } finally {
      await server.close();
    }
  });

  test.each<[said: string, answers: Answers, service: string[], jobs: string[]]>([
    ['vLLM, 1 model', { '/v1/models': models('vllm') }, ['vllm openai https://127.0.0.1:PORT'], []],
    ['node_exporter', { '/metrics': metrics('node_exporter_build_info') }, [], ['node_https']],
  ])('with TLS: %s, whose certificate is not trusted', async (said, answers, services, jobs) => {
    const server = await new ModelServer(answers).start(certificate);
    try {
      const result = await ask(Number(new URL(server.url).port));
      expect(result).toMatchObject({
        said: [`127.0.0.1:PORT ${said}, over HTTPS`],
        services,
        jobs,
        left: [],
      });
      expect(result.text).toMatch(/^ {4}# tls_config: \{ ca_file: ca\.pem \} /m);
      if (jobs.length > 0) expect(result.text).toContain('    scheme: https\n');
    } finally {
      await server.close();
    }
  });

  test('models are named in a comment, and an endless answer is none', async () => {
    const endless = script(['{"models":', ...Array.from({ length: 8 }, () => ' '.repeat(64 * 1024)), '[]}']);
    const server = await new ModelServer({ '/api/tags': endless, '/v1/models': models('vllm') }).start();
    try {
      const { said, text } = await ask(Number(new URL(server.url).port));
      expect(said).toEqual(['127.0.0.1:PORT vLLM, 1 model']);
      expect(text).toContain('# require_models: ["m"]');
    } finally {
      await server.close();
    }
  });

  test('of metrics without end the beginning is enough', async () => {
    const line = '# TYPE node_exporter_build_info gauge\nnode_exporter_build_info 1\n';
    const endless = script(
      [line, ...Array.from({ length: 8 }, () => '#'.repeat(64 * 1024)), 'HANG'],
      'text/plain',
    );
    const server = await new ModelServer({ '/metrics': endless }).start();
    try {
      expect((await ask(Number(new URL(server.url).port))).said).toEqual(['127.0.0.1:PORT node_exporter']);
    } finally {
      await server.close();
    }
  });

  test('another HTTP server is said and left out', async () => {
    const server = await new ModelServer({}).start();
    try {
      expect(await ask(Number(new URL(server.url).port))).toMatchObject({
        said: ['127.0.0.1:PORT HTTP, /health answers with 404'],
        services: [],
        left: ['127.0.0.1:PORT: HTTP, but no service that is known here'],
      });
    } finally {
      await server.close();
    }
  });
});

test('Redis', async () => {
  const server = await startRedis();
  try {
    expect(await ask(server.port)).toMatchObject({
      said: ['127.0.0.1:PORT Redis'],
      services: ['redis redis 127.0.0.1:PORT'],
    });
  } finally {
    await server.close();
  }
});

test('Redis with a password', async () => {
  const server = await startRedis({ password: 'hunter2' });
  try {
    const { said, text } = await ask(server.port);
    expect(said).toEqual(['127.0.0.1:PORT Redis, asks for a password']);
    expect(text).toContain('# password_file: redis.password');
  } finally {
    await server.close();
  }
});

test('HAProxy', async () => {
  const server = await startHaproxy(
    1,
    port => `listen s\n  bind 127.0.0.1:${port}\n  stats enable\n  stats uri /stats`,
  );
  try {
    expect(await ask(server.ports[0] as number)).toMatchObject({
      said: ['127.0.0.1:PORT HAProxy statistics'],
      services: [`haproxy haproxy ${BASE}/stats`],
    });
  } finally {
    await server.close();
  }
});

test('HAProxy whose statistics have a password', async () => {
  const server = await startHaproxy(
    1,
    port => `listen s\n  bind 127.0.0.1:${port}\n  stats uri /\n  stats auth admin:hunter2`,
  );
  try {
    const { said, text } = await ask(server.ports[0] as number);
    expect(said).toEqual(['127.0.0.1:PORT HAProxy statistics, ask for a password']);
    expect(text).toContain('# stats_basic_auth: { username: admin, password_file: haproxy.password }');
  } finally {
    await server.close();
  }
});

test('PostgreSQL', async () => {
  const server = await startPostgres();
  try {
    expect(await ask(server.port)).toMatchObject({
      said: ['127.0.0.1:PORT PostgreSQL, with TLS'],
      services: ['postgresql postgres 127.0.0.1:PORT'],
    });
  } finally {
    await server.close();
  }
});

test('a host without a port is asked on the usual ones, and answers are in their order', async () => {
  const [first, second, closed] = [
    await new ModelServer({ '/ok': { ok: true } }).start(),
    await new ModelServer({ '/v1/models': models('vllm'), '/ok': { ok: true } }).start(),
    await freePort(),
  ];
  try {
    const [a, b] = [first, second].map(({ url }) => Number(new URL(url).port)) as [number, number];
    const said: string[] = [];
    const usual = new Map([
      [a, [openai, langgraph]],
      [closed, [redis]],
      [b, [openai, langgraph]],
    ]);
    const found = await fromHosts([{ host: '127.0.0.1', port: undefined }], line => said.push(line), usual);
    expect(said).toEqual([
      `127.0.0.1:${a} LangGraph server`,
      `127.0.0.1:${b} vLLM, 1 model`,
      `127.0.0.1 did not answer on port ${closed}`,
    ]);
    expect(found.services.map(({ kind }) => kind)).toEqual(['langgraph', 'openai']);
    // Questions behind the one that is answered are not asked.
    expect(second.asked.map(({ path }) => path)).toEqual(['/v1/models']);
  } finally {
    await first.close();
    await second.close();
  }
});

test('what closes every connection is not known', async () => {
  const server: Server = createServer(socket => socket.destroy());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as { port: number };
    expect(await ask(port)).toMatchObject({
      said: ['127.0.0.1:PORT open, but not known here'],
      left: ['127.0.0.1:PORT: it accepts connections, but is no service that is known here'],
    });
  } finally {
    server.close();
  }
});

test('a closed port', async () => {
  expect(await ask(await freePort())).toMatchObject({
    said: ['127.0.0.1 did not answer on port PORT'],
    services: [],
    left: [],
  });
});
