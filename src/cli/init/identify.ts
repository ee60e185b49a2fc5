// What answers at a port. Comes in: a port and the questions to ask; goes out: what it is, as a service or a scrape job.
// Sources: Ollama API (/api/tags), OpenAI API (/v1/models), LangGraph's Agent Server API (/ok), HAProxy's CSV statistics,
// RESP (PING), PostgreSQL, "Message Formats" (SSLRequest).

import { askBytes, askHttp, type HttpAnswer, type Port } from './ask.js';
import { type FoundJob, type FoundService, hostPortText } from './found.js';

/** What a port turned out to be. */
export interface Identified {
  /** For people: `Ollama, 3 models`. */
  readonly what: string;
  readonly service?: FoundService;
  readonly job?: FoundJob;
  /** Why it is neither. */
  readonly left?: string;
}

/** Asks one question; undefined when the answer is another service's or there is none. */
export type Question = (port: Port) => Promise<Identified | undefined>;

/** Models that are named in a comment; there may be hundreds. */
const NAMED_MODELS = 10;
const at = ({ host, port }: Port) => hostPortText(host, port);
const originOf = (port: Port) => `${port.tls ? 'https' : 'http'}://${at(port)}`;

export const ollama: Question = async port => {
  const models = namesIn(objectIn(await askHttp(port, '/api/tags'))?.models, 'name');
  return models && modelServer('Ollama', 'ollama', `${originOf(port)}/api/tags`, models);
};

/** vLLM, llama.cpp, LM Studio and other servers of the OpenAI API. */
export const openai: Question = async port => {
  const url = originOf(port);
  const answer = await askHttp(port, '/v1/models');
  const body = objectIn(answer);
  if (answer?.status === 503 && /Loading model/.test(answer.text))
    return { what: 'llama.cpp, loading a model', service: modelService('llama.cpp', 'openai', url, []) };
  if (answer?.status === 401 && body)
    return {
      what: 'OpenAI API, asks for a key',
      service: {
        ...modelService('OpenAI API', 'openai', url, []),
        suggested: ['api_key_file: openai.key   # put its key there, and take the # off'],
      },
    };
  const models = body?.object === 'list' || Array.isArray(body?.data) ? namesIn(body?.data, 'id') : undefined;
  if (!models) return undefined;
  const owners = namesIn(body?.data, 'owned_by') ?? [];
  return modelServer(productOf(owners, port), 'openai', url, models);
};

function productOf(owners: readonly string[], { port }: Port): string {
  if (owners.includes('vllm')) return 'vLLM';
  if (owners.includes('llamacpp')) return 'llama.cpp';
  if (owners.includes('library') || port === 11434) return 'Ollama';
  if (owners.includes('organization_owner') || port === 1234) return 'LM Studio';
  return 'OpenAI API';
}

export const litellm: Question = async port => {
  const answer = await askHttp(port, '/health/liveliness');
  if (answer?.status !== 200 || !/alive/i.test(answer.text)) return undefined;
  const url = `${originOf(port)}/health/liveliness`;
  return { what: 'LiteLLM', service: { name: 'LiteLLM', kind: 'http', settings: { url } } };
};

export const langgraph: Question = async port => {
  if (objectIn(await askHttp(port, '/ok'))?.ok !== true) return undefined;
  const service = { name: 'LangGraph', kind: 'langgraph', settings: { url: originOf(port) } };
  return { what: 'LangGraph server', service };
};

/** Usual values of `stats uri`. */
const STATS_PATHS = ['/stats', '/', '/haproxy_stats', '/haproxy?stats'];

export const haproxy: Question = async port => {
  for (const path of STATS_PATHS) {
    const answer = await askHttp(port, `${path};csv`);
    if (!answer) return undefined;
    const isAsking = answer.status === 401 && /HAProxy/i.test(answer.challenge);
    if (!isAsking && !(answer.status === 200 && answer.text.startsWith('# pxname,svname,'))) continue;
    return {
      what: isAsking ? 'HAProxy statistics, ask for a password' : 'HAProxy statistics',
      service: {
        name: 'HAProxy',
        kind: 'haproxy',
        settings: { stats_url: `${originOf(port)}${path}` },
        suggested: isAsking
          ? [
              'stats_basic_auth: { username: admin, password_file: haproxy.password }   # put its password there, and take the # off',
            ]
          : [],
      },
    };
  }
  return undefined;
};

export const redis: Question = async port => {
  const answer = (await askBytes(port, 'PING\r\n')).toString('latin1');
  if (!/^(?:\+PONG|-NOAUTH|-DENIED|-LOADING|-NOPERM)/.test(answer)) return undefined;
  const isAsking = answer.startsWith('-NOAUTH');
  return {
    what: isAsking ? 'Redis, asks for a password' : 'Redis',
    service: {
      name: 'Redis',
      kind: 'redis',
      settings: { host: at(port) },
      suggested: isAsking
        ? ['password_file: redis.password   # put its password there, and take the # off']
        : [],
    },
  };
};

/** Length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

export const postgres: Question = async port => {
  const answer = (await askBytes(port, SSL_REQUEST)).toString('latin1');
  if (answer !== 'S' && answer !== 'N') return undefined;
  return {
    what: answer === 'S' ? 'PostgreSQL, with TLS' : 'PostgreSQL',
    service: {
      name: 'PostgreSQL',
      kind: 'postgres',
      settings: { host: at(port), username: 'monitor' },
      comments: ['A user that may connect is enough: CREATE ROLE monitor LOGIN PASSWORD ...'],
      suggested: ['password_file: postgres.password   # put its password there, and take the # off'],
    },
  };
};

/** Metrics by which an exporter is known, with the job it becomes. */
const EXPORTERS: readonly (readonly [metric: RegExp, job: string, name: string])[] = [
  [/^node_(?:exporter_build_info|cpu_seconds_total)/m, 'node', 'node_exporter'],
  [/^redis_exporter_/m, 'redis', 'redis_exporter'],
  [/^(?:postgres_exporter_|pg_exporter_|pg_up)/m, 'postgres', 'postgres_exporter'],
  [/^DCGM_FI_/m, 'dcgm', 'dcgm-exporter'],
  [/^nvidia_(?:smi|gpu)_/m, 'gpu', 'nvidia_gpu_exporter'],
  [/^haproxy_(?:process|exporter|frontend)_/m, 'haproxy', "HAProxy's exporter"],
];

export const exporter: Question = async port => {
  const answer = await askHttp(port, '/metrics');
  if (answer?.status !== 200) return undefined;
  const known = EXPORTERS.find(([metric]) => metric.test(answer.text));
  const target = { targets: [at(port)], ...(port.tls && { tls: port.tls }) };
  if (known) return { what: known[2], job: { name: known[1], ...target } };
  if (!/^# TYPE \S+ /m.test(answer.text)) return undefined;
  return { what: 'metrics of an exporter that is not known here', job: { name: 'exporter', ...target } };
};

export const health: Question = async port => {
  const answer = await askHttp(port, '/health');
  if (!answer) return undefined;
  const what = `HTTP, /health answers with ${answer.status}`;
  if (answer.status !== 200) return { what, left: 'HTTP, but no service that is known here' };
  const settings = { url: `${originOf(port)}/health` };
  return { what, service: { name: `HTTP ${at(port)}`, kind: 'http', settings } };
};

function modelServer(name: string, kind: string, url: string, models: readonly string[]): Identified {
  const count = `${models.length} model${models.length === 1 ? '' : 's'}`;
  return { what: `${name}, ${count}`, service: modelService(name, kind, url, models) };
}

function modelService(name: string, kind: string, url: string, models: readonly string[]): FoundService {
  const more = models.length - NAMED_MODELS;
  const named = models.slice(0, NAMED_MODELS).map(each => JSON.stringify(each));
  const list = `require_models: [${named.join(', ')}]${more > 0 ? `   # and ${more} more` : ''}`;
  return { name, kind, settings: { url }, suggested: models.length > 0 ? [list] : [] };
}

function objectIn(answer: HttpAnswer | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(answer?.text ?? '');
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The texts of a key in a list of objects; undefined when it is no such list. */
function namesIn(list: unknown, key: string): string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return list.flatMap(each => (typeof each?.[key] === 'string' ? [each[key] as string] : []));
}
