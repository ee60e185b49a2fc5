// The document's cluster on loopback: six services of which each can misbehave. In: ports, whether with Redis. Out:
// their addresses and a handle on each.

import type { Millis } from '../model/time.js';
import { startEmbeddings } from './embeddings.js';
import { type Fault, OK } from './fault.js';
import { type HaproxyServer, startHaproxy } from './haproxy.js';
import { LOADING_MODEL, startLlama } from './llama.js';
import { OLLAMA_MODELS, type OllamaServer, startOllama } from './ollama.js';
import { type RedisFault, type RedisServer, startRedis } from './redis.js';
import type { SimulatedServer } from './server.js';
import { startTools } from './tools.js';

/** The services by their ids in the configuration. */
export const SERVICE_IDS = ['jetson_ollama', 'cpu_llama', 'embeddings', 'tools', 'haproxy', 'redis'] as const;
export type ServiceId = (typeof SERVICE_IDS)[number];

/** What can be wrong with a service: a fault, or something only its kind knows. */
export type ServiceCondition =
  | Fault
  /** Ollama: everything answers, but this model is not installed. */
  | { readonly kind: 'model_missing'; readonly model: string }
  /** llama.cpp: it reads its model from disk. */
  | { readonly kind: 'loading_model' }
  /** HAProxy: it cannot reach the servers of this backend, though others can. */
  | { readonly kind: 'backend_down'; readonly backend: 'llm' | 'embeddings' | 'tools' };

export interface ClusterOptions {
  /** Free ones unless given. */
  readonly ports?: Partial<Record<ServiceId, number>>;
  /** Whether to start Redis; true by default. */
  readonly redis?: boolean;
  readonly redisPassword?: string;
  /** Asked for on HAProxy's statistics; none by default. */
  readonly statsAuth?: { readonly username: string; readonly password: string };
  /** Good answers take some milliseconds, never the same; false by default, for tests. */
  readonly lifelike?: boolean;
}

export interface Cluster {
  readonly jetson_ollama: OllamaServer;
  readonly cpu_llama: SimulatedServer;
  readonly embeddings: SimulatedServer;
  readonly tools: SimulatedServer;
  readonly haproxy: HaproxyServer;
  /** Undefined when it was not wanted or redis-server is not installed. */
  readonly redis: RedisServer | undefined;
  readonly options: ClusterOptions;
  /**
   * Puts one service in a condition, and out of every other; `{kind: 'ok'}` makes it well. Nothing happens for a Redis
   * that does not run. Resolves when it holds. @throws RangeError for a condition the service does not know.
   */
  set(service: ServiceId, condition: ServiceCondition): Promise<void>;
  /** Ends them all; a second call does nothing. */
  close(): Promise<void>;
}

/** Starts the cluster; the caller must close it. @throws Error naming the service whose port is taken; none is left then. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const started: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map(service => service.close()));
  };
  const start = async <T extends { close(): Promise<void> } | undefined>(
    id: ServiceId,
    one: Promise<T>,
  ): Promise<T> => {
    try {
      const service = await one;
      if (service) started.push(service);
      return service;
    } catch (error) {
      await close();
      throw new Error(`cannot start ${id}: ${(error as Error).message}`, { cause: error });
    }
  };
  const common = (id: ServiceId) => ({
    port: options.ports?.[id],
    latency: options.lifelike ? () => typical(id) : undefined,
  });

  const jetson_ollama = await start('jetson_ollama', startOllama(common('jetson_ollama')));
  const cpu_llama = await start('cpu_llama', startLlama(common('cpu_llama')));
  const embeddings = await start('embeddings', startEmbeddings(common('embeddings')));
  const tools = await start('tools', startTools(common('tools')));
  const behind = (name: string, server: SimulatedServer) => ({ name, fault: () => server.fault });
  const haproxy = await start(
    'haproxy',
    startHaproxy({
      ...common('haproxy'),
      statsAuth: options.statsAuth,
      backends: [
        { name: 'llm', rate: 3.2, servers: [behind('jetson', jetson_ollama), behind('cpu', cpu_llama)] },
        { name: 'embeddings', rate: 7.5, servers: [behind('embeddings', embeddings)] },
        { name: 'tools', rate: 1.4, servers: [behind('tools', tools)] },
      ],
    }),
  );
  const redis =
    options.redis === false
      ? undefined
      : await start('redis', startRedis({ port: options.ports?.redis, password: options.redisPassword }));

  const cluster: Cluster = {
    jetson_ollama,
    cpu_llama,
    embeddings,
    tools,
    haproxy,
    redis,
    options,
    set: (service, condition) => apply(cluster, service, condition),
    close,
  };
  return cluster;
}

/** Milliseconds a good answer takes where the real service runs. */
const TYPICAL: Readonly<Record<ServiceId, Millis>> = {
  jetson_ollama: 28,
  cpu_llama: 9,
  embeddings: 17,
  tools: 12,
  haproxy: 2,
  redis: 0,
};

function typical(id: ServiceId): Millis {
  return TYPICAL[id] * (0.7 + Math.random() ** 3);
}

async function apply(cluster: Cluster, id: ServiceId, condition: ServiceCondition): Promise<void> {
  if (id === 'redis') {
    await cluster.redis?.setFault(redisFault(condition));
    return;
  }
  const fault = faultOf(id, condition);
  if (id === 'jetson_ollama') installModels(cluster.jetson_ollama, condition);
  if (id === 'haproxy') {
    cluster.haproxy.setUnreachable(condition.kind === 'backend_down' ? [condition.backend] : []);
  }
  await cluster[id].setFault(fault);
}

/** The part of a condition that every server knows. */
function faultOf(id: ServiceId, condition: ServiceCondition): Fault {
  const only = (owner: ServiceId, fault: Fault): Fault => {
    if (id !== owner)
      throw new RangeError(`${id} has no condition ${condition.kind}; it belongs to ${owner}`);
    return fault;
  };
  switch (condition.kind) {
    case 'model_missing':
      return only('jetson_ollama', OK);
    case 'loading_model':
      return only('cpu_llama', LOADING_MODEL);
    case 'backend_down':
      return only('haproxy', OK);
    default:
      return condition;
  }
}

function redisFault(condition: ServiceCondition): RedisFault {
  if (condition.kind === 'ok' || condition.kind === 'hang' || condition.kind === 'refused') return condition;
  throw new RangeError(`redis has no condition ${condition.kind}; it knows ok, hang and refused`);
}

function installModels(ollama: OllamaServer, condition: ServiceCondition): void {
  const missing = condition.kind === 'model_missing' ? condition.model : undefined;
  ollama.setInstalled(OLLAMA_MODELS.filter(name => name !== missing));
  if (missing === undefined) ollama.setLoaded(OLLAMA_MODELS.slice(0, 1));
}
