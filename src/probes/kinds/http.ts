// Any service with a health URL. Healthy when the status code is a wanted one and the condition on the body holds.

import type { z } from 'zod';
import { httpClientProblem } from '../../config/http-client-problem.js';
import type { Vocabulary } from '../../config/vocabulary.js';
import { family } from '../../model/family.js';
import type { Connections } from '../http/connections.js';
import { exchange } from '../http/exchange.js';
import { httpFamilies } from '../http/families.js';
import { DEFAULT_BODY_LIMIT, type HttpRequest, prepare } from '../http/request.js';
import { type Attempt, type Probe, ProbeFailure, type ProbeKind } from '../probe.js';
import { checkStatus, dataOf, parseJson } from './http/answer.js';
import { condition, unmetCondition } from './http/condition.js';
import { numbersIn } from './http/numbers.js';

const bodyValue = family(
  'probe_http_json_value',
  'A number found in the JSON body of the response, by its path; true is 1',
  'gauge',
  ['field'],
);

function options(vocabulary: Vocabulary) {
  const { count, httpClientShape, httpUrl, ipProtocolShape, section, text, z } = vocabulary;
  const one = condition(vocabulary);
  return section({
    url: httpUrl(),
    method: z
      .enum(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'], { error: 'expected GET, HEAD, POST, PUT or OPTIONS' })
      .default('GET'),
    body: text().optional(),
    valid_status_codes: z.array(count(100, 599), { error: 'expected a list of status codes' }).optional(),
    condition: z
      .union([one.transform(only => [only]), z.array(one)], {
        error: 'expected {path, operator, value}',
      })
      .optional(),
    body_limit: count(1).default(DEFAULT_BODY_LIMIT),
    json_values: count(0, 1000).default(32),
    ...httpClientShape,
    ...ipProtocolShape,
  });
}

export type HttpOptions = z.output<ReturnType<typeof options>>;

export const http: ProbeKind<HttpOptions> = {
  kind: 'http',
  options,
  check: httpClientProblem,
  families: [...httpFamilies, bodyValue],
  open: (config, { connections }) => new HttpProbe(config, connections),
};

class HttpProbe implements Probe {
  readonly #config: HttpOptions;
  readonly #request: HttpRequest;
  readonly #connections: Connections;

  constructor(config: HttpOptions, connections: Connections) {
    this.#config = config;
    this.#request = prepare(config.url, config);
    this.#connections = connections;
  }

  async run(attempt: Attempt): Promise<void> {
    const answer = await exchange(this.#request, attempt, this.#connections);
    const parsed = parseJson(answer);
    if (parsed) {
      attempt.data = dataOf(parsed.text);
      for (const [field, value] of numbersIn(parsed.value, this.#config.json_values)) {
        attempt.record(bodyValue, [field], value);
      }
    }
    checkStatus(answer, this.#config.valid_status_codes, parsed?.value);
    for (const wanted of this.#config.condition ?? []) {
      const unmet = parsed ? unmetCondition(wanted, parsed.value) : 'the body is not JSON';
      if (unmet) throw new ProbeFailure('body', `Condition failed: ${unmet}`);
    }
  }

  close(): void {}
}
