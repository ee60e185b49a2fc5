// Any service with a health URL. Healthy when the status code is a wanted one and the condition on the body holds.

import type { z } from 'zod';
import { httpClientProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { family } from '../../model/family.js';
import { scrub } from '../../model/scrub.js';
import type { Connections } from '../http/connections.js';
import { exchange } from '../http/exchange.js';
import { httpFamilies } from '../http/families.js';
import { DEFAULT_BODY_LIMIT, type HttpResponse, type PreparedRequest, prepare } from '../http/request.js';
import { type Attempt, type Probe, ProbeFailure } from '../probe.js';
import type { ProbeKind } from '../probe-kind.js';
import { checkStatus, dataOf, type JsonBody, notJson, parseJson, withoutSecrets } from './http/answer.js';
import { type BodyRegexps, bodyRegexps, unmetRegexp } from './http/body-regexps.js';
import { conditions, type UnmetCondition, unmetCondition } from './http/condition.js';
import { numbersIn } from './http/numbers.js';

const bodyValue = family(
  'probe_http_json_value',
  'A number found in the JSON body of the response, by its path; true is 1',
  'gauge',
  ['field'],
);

const failedDueToRegex = family(
  'probe_failed_due_to_regex',
  'Whether the probe failed because of the body and fail_if_body_(not_)matches_regexp (1) or not (0)',
);

function options(schemaKit: SchemaKit) {
  const { about, count, httpClientShape, httpUrl, ipProtocolShape, section, text, z } = schemaKit;
  return section({
    url: about(httpUrl(), 'Address whose answer says how the service is.', {
      example: 'http://127.0.0.1:8080/health',
    }),
    method: about(
      z
        .enum(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'], {
          error: 'expected GET, HEAD, POST, PUT or OPTIONS',
        })
        .default('GET'),
      'Method of the request.',
    ),
    body: about(text().optional(), 'Body of the request.', { example: '{"ping": true}' }),
    valid_status_codes: about(
      z.array(count(100, 599), { error: 'expected a list of status codes' }).optional(),
      'Status codes of a healthy service.',
      { example: [200, 204], fallback: '200 to 299' },
    ),
    condition: about(
      conditions(schemaKit).optional(),
      'What must hold of the JSON body: one condition or a list; see docs/probes.md.',
      { example: { path: 'status', operator: '==', value: 'ok' } },
    ),
    ...bodyRegexps(schemaKit),
    body_limit: about(
      count(1).default(DEFAULT_BODY_LIMIT),
      'Longest body that is read, in bytes; the check fails with a longer one.',
    ),
    json_values: about(
      count(0, 1000).default(32),
      'Most numbers of the JSON body that are shown as `probe_http_json_value`.',
    ),
    ...httpClientShape,
    ...ipProtocolShape,
  });
}

export type HttpOptions = z.output<ReturnType<typeof options>>;

export const http: ProbeKind<HttpOptions> = {
  kind: 'http',
  options,
  check: config =>
    config.method === 'HEAD' && (config.condition || hasRegexps(config))
      ? 'a HEAD is answered without a body; condition and fail_if_body_... need method GET'
      : httpClientProblem(config),
  families: [...httpFamilies, bodyValue, failedDueToRegex],
  open: async (config, { connections }) =>
    new HttpProbe(
      config,
      connections,
      // Two megabytes, loaded only where the keys are used.
      hasRegexps(config)
        ? unmetRegexp(config, (await import('../../go/regexp/find.js')).compileFind)
        : () => undefined,
    ),
};

function hasRegexps(config: BodyRegexps): boolean {
  return Boolean(config.fail_if_body_matches_regexp ?? config.fail_if_body_not_matches_regexp);
}

const NO_LABELS: readonly string[] = [];

class HttpProbe implements Probe {
  readonly #config: HttpOptions;
  readonly #request: PreparedRequest;
  readonly #connections: Connections;
  readonly #unmetRegexp: (body: string) => string | undefined;
  readonly #conditions: readonly UnmetCondition[];

  constructor(
    config: HttpOptions,
    connections: Connections,
    unmetRegexp: (body: string) => string | undefined,
  ) {
    this.#config = config;
    this.#request = prepare(config.url, config);
    this.#connections = connections;
    this.#unmetRegexp = unmetRegexp;
    this.#conditions = (config.condition ?? []).map(unmetCondition);
  }

  get secrets(): readonly string[] {
    return this.#request.secrets;
  }

  async run(attempt: Attempt): Promise<void> {
    attempt.onCancel(() => attempt.record(failedDueToRegex, NO_LABELS, 0));
    let unmet: string | undefined;
    try {
      const answer = await exchange(this.#request, attempt, this.#connections);
      const parsed = this.#read(answer, attempt);
      checkStatus(answer, this.#config.valid_status_codes, parsed?.value);
      unmet = this.#unmetRegexp(answer.body.toString('utf8'));
      if (unmet) throw new ProbeFailure('body', unmet);
      this.#checkConditions(answer, parsed);
    } finally {
      attempt.record(failedDueToRegex, NO_LABELS, unmet ? 1 : 0);
    }
  }

  close(): void {}

  #read(answer: HttpResponse, attempt: Attempt): JsonBody | undefined {
    const parsed = parseJson(answer);
    if (!parsed) return undefined;
    attempt.data = dataOf(parsed, answer.secrets);
    for (const [path, value] of numbersIn(withoutSecrets(parsed, answer.secrets), this.#config.json_values)) {
      attempt.record(bodyValue, [path], value);
    }
    return parsed;
  }

  #checkConditions(answer: HttpResponse, parsed: JsonBody | undefined): void {
    for (const unmetIn of this.#conditions) {
      const unmet = parsed ? unmetIn(parsed.value, text => scrub(text, answer.secrets)) : notJson(answer);
      if (unmet) throw new ProbeFailure('body', `Condition failed: ${unmet}`);
    }
  }
}
