// Any service with a health URL. Healthy when the status code is a wanted one and the condition on the body holds.

import type { z } from 'zod';
import { httpClientProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { family } from '../../model/family.js';
import { scrub } from '../../model/scrub.js';
import { certificateDaysShape, checkCertificateDays } from '../http/certificate-days.js';
import type { Connections } from '../http/connections.js';
import { exchange } from '../http/exchange.js';
import { failedDueToRegex, httpFamilies } from '../http/families.js';
import { DEFAULT_BODY_LIMIT, type HttpResponse, type PreparedRequest, prepare } from '../http/request.js';
import { type Attempt, type Probe, ProbeFailure } from '../probe.js';
import type { ProbeKind } from '../probe-kind.js';
import { checkStatus, dataOf, type JsonBody, notJson, parseJson, withoutSecrets } from './http/answer.js';
import { bodyRegexps, hasBodyRegexps, unmetRegexp } from './http/body-regexps.js';
import { conditions, type UnmetCondition, unmetCondition } from './http/condition.js';
import { hasHeaderRegexps, headerRegexps, unmetHeader } from './http/header-regexps.js';
import { numbersIn } from './http/numbers.js';
import { checkSsl, sslProblem, sslShape } from './http/ssl.js';

const bodyValue = family(
  'probe_http_json_value',
  'A number found in the JSON body of the response, by its path; true is 1',
  'gauge',
  ['field'],
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
    ...headerRegexps(schemaKit),
    ...sslShape(schemaKit),
    ...certificateDaysShape(schemaKit),
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
    config.method === 'HEAD' && (config.condition || hasBodyRegexps(config))
      ? 'a HEAD is answered without a body; condition, expect_body and fail_if_body_... need method GET'
      : (sslProblem(config) ?? httpClientProblem(config)),
  families: [...httpFamilies, bodyValue, failedDueToRegex],
  open: async (config, { connections }) => new HttpProbe(config, connections, await regexpsOf(config)),
};

/** Says what the regular expressions object to in an answer; undefined for nothing. */
type UnmetRegexps = (answer: HttpResponse) => string | undefined;

async function regexpsOf(config: HttpOptions): Promise<UnmetRegexps> {
  if (!hasBodyRegexps(config) && !hasHeaderRegexps(config)) return () => undefined;
  // Two megabytes, loaded only where the keys are used.
  const { compileFind } = await import('../../go/regexp/find.js');
  const [header, body] = [unmetHeader(config, compileFind), unmetRegexp(config, compileFind)];
  return answer =>
    header(answer.headers, text => scrub(text, answer.secrets)) ?? body(answer.body.toString('utf8'));
}

const NO_LABELS: readonly string[] = [];

class HttpProbe implements Probe {
  readonly #config: HttpOptions;
  readonly #request: PreparedRequest;
  readonly #connections: Connections;
  readonly #unmetRegexps: UnmetRegexps;
  readonly #conditions: readonly UnmetCondition[];

  constructor(config: HttpOptions, connections: Connections, unmetRegexps: UnmetRegexps) {
    this.#config = config;
    this.#request = prepare(config.url, config);
    this.#connections = connections;
    this.#unmetRegexps = unmetRegexps;
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
      unmet = this.#unmetRegexps(answer);
      if (unmet) throw new ProbeFailure('body', unmet);
      this.#checkConditions(answer, parsed);
      checkSsl(this.#config, answer);
      checkCertificateDays(this.#config, answer.tls);
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
