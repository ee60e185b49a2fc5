// A LangGraph server (LangGraph Platform, `langgraph dev`). Healthy when /ok says so; its version, queue and assistants are
// asked for beside it, and left out where the server does not tell them.
// Source: LangGraph's "Agent Server API", System: /ok, /info, /metrics; Assistants: /assistants/count.

import type { z } from 'zod';
import { httpClientProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { family } from '../../model/family.js';
import type { Millis } from '../../model/time.js';
import type { Connections } from '../http/connections.js';
import { exchange } from '../http/exchange.js';
import { httpFamilies } from '../http/families.js';
import { type PreparedRequest, prepare } from '../http/request.js';
import { type Attempt, type Probe, ProbeFailure } from '../probe.js';
import type { ProbeKind } from '../probe-kind.js';
import { SecondaryAttempt } from '../secondary-attempt.js';
import { checkStatus, parseJson, unexpectedResponse } from './http/answer.js';
import { numberOf, objectOf, wordOf } from './http/json-fields.js';

const BODY_LIMIT = 1024 * 1024;
/** How much longer than /ok the further answers may take. */
const FURTHER_TIMEOUT: Millis = 1000;
const NO_LABELS: readonly string[] = [];

const options = ({ about, flag, httpClientShape, httpUrl, ipProtocolShape, secret, section }: SchemaKit) =>
  section({
    url: about(httpUrl(), 'The server, without a path of its API.', { example: 'http://127.0.0.1:2024' }),
    api_key: about(secret().optional(), 'API key, sent as the header `x-api-key`.'),
    check_db: about(
      flag().default(false),
      'Whether the server is to ask its database, too: `/ok?check_db=1`.',
    ),
    ...httpClientShape,
    ...ipProtocolShape,
  });

type LangGraphOptions = z.output<ReturnType<typeof options>>;

const info = family('langgraph_server_info', 'Versions of the server; always 1', 'gauge', [
  'version',
  'langgraph_version',
  'context',
]);
const assistants = family('langgraph_server_assistants', 'Number of assistants');
const pending = family('langgraph_server_runs_pending', 'Runs that wait for a worker');
const running = family('langgraph_server_runs_running', 'Runs that are being executed');
const longestWait = family(
  'langgraph_server_runs_pending_wait_seconds_max',
  'How long the run that has waited longest has been pending',
);
const workers = family('langgraph_server_workers', 'Workers by state', 'gauge', ['state']);

export const langgraph: ProbeKind<LangGraphOptions> = {
  kind: 'langgraph',
  options,
  check: config => pathProblem(config.url) ?? keyProblem(config) ?? httpClientProblem(config),
  families: [...httpFamilies, info, assistants, pending, running, longestWait, workers],
  open: (config, { connections }) => new LangGraphProbe(config, connections),
};

/** Paths of the API, which are found below the server's address. */
function pathProblem(url: string): string | undefined {
  const [path] = /\/(?:ok|info|metrics|docs|assistants(?:\/.*)?)\/?$/.exec(new URL(url).pathname) ?? [];
  return path && `url ends in ${path}; write ${url.slice(0, url.lastIndexOf(path))}`;
}

function keyProblem({ api_key, headers }: LangGraphOptions): string | undefined {
  const isGiven = Object.keys(headers ?? {}).some(name => name.toLowerCase() === 'x-api-key');
  return api_key && isGiven ? 'at most one of api_key and headers.x-api-key may be set' : undefined;
}

class LangGraphProbe implements Probe {
  readonly #connections: Connections;
  readonly #ok: PreparedRequest;
  readonly #info: PreparedRequest;
  readonly #metrics: PreparedRequest;
  readonly #count: PreparedRequest;

  constructor(config: LangGraphOptions, connections: Connections) {
    this.#connections = connections;
    const { api_key, headers } = config;
    const signed = {
      ...config,
      headers: { ...headers, ...(api_key && { 'x-api-key': api_key }) },
      ...{ body_limit: BODY_LIMIT, limit_key: 'what is read of a LangGraph server' },
    };
    const at = (path: string) => config.url.replace(/\/+$/, '') + path;
    this.#ok = prepare(at(config.check_db ? '/ok?check_db=1' : '/ok'), signed);
    this.#info = prepare(at('/info'), signed);
    this.#metrics = prepare(at('/metrics?format=json'), signed);
    const post = { method: 'POST', body: '{}', content_type: 'application/json' };
    this.#count = prepare(at('/assistants/count'), { ...signed, ...post });
  }

  get secrets(): readonly string[] {
    return this.#ok.secrets;
  }

  async run(attempt: Attempt): Promise<void> {
    const aside = new SecondaryAttempt(attempt);
    const further = Promise.all([this.#info, this.#metrics, this.#count].map(each => this.#ask(each, aside)));
    await this.#checkOk(attempt).catch((error: unknown) => {
      aside.cancel();
      throw error;
    });
    const timeout = setTimeout(() => aside.cancel(), FURTHER_TIMEOUT);
    const [about, metrics, count] = await further;
    clearTimeout(timeout);
    recordInfo(attempt, about);
    recordQueue(attempt, metrics);
    attempt.record(assistants, NO_LABELS, numberOf(count));
  }

  close(): void {}

  async #checkOk(attempt: Attempt): Promise<void> {
    const answer = await exchange(this.#ok, attempt, this.#connections);
    const body = parseJson(answer)?.value;
    checkStatus(answer, undefined, body);
    if (objectOf(body).ok !== true)
      throw new ProbeFailure(
        'body',
        `${unexpectedResponse(answer, 'the {"ok":true} of a LangGraph server')}; is it another kind of server?`,
      );
  }

  /** The JSON of an answer; undefined where the server does not give it, which is no outage. */
  async #ask(request: PreparedRequest, aside: SecondaryAttempt): Promise<unknown> {
    try {
      const answer = await exchange(request, aside, this.#connections);
      return answer.statusCode === 200 ? parseJson(answer)?.value : undefined;
    } catch {
      return undefined;
    }
  }
}

function recordInfo(attempt: Attempt, body: unknown): void {
  const { version, langgraph_py_version, langgraph_js_version, context } = objectOf(body);
  const own = wordOf(version);
  if (own === '') return;
  const library = wordOf(langgraph_py_version) || wordOf(langgraph_js_version);
  attempt.record(info, [own, library, wordOf(context)], 1);
  attempt.details = { version: own };
}

function recordQueue(attempt: Attempt, body: unknown): void {
  const { queue, workers: all } = objectOf(body);
  const { n_pending, n_running, pending_runs_wait_time_max_secs } = objectOf(queue);
  attempt.record(pending, NO_LABELS, numberOf(n_pending));
  attempt.record(running, NO_LABELS, numberOf(n_running));
  attempt.record(longestWait, NO_LABELS, numberOf(pending_runs_wait_time_max_secs));
  for (const state of ['max', 'active', 'available'])
    attempt.record(workers, [state], numberOf(objectOf(all)[state]));
}
