// A question to a model as an HTTP request.

import type { HttpClientConfig } from '../../config/http-client/config.js';
import type { IpProtocolConfig } from '../../config/ip-protocol.js';
import { type PreparedRequest, prepare } from '../http/request.js';

/** Longest answer, in bytes: a server that does not heed the most tokens must not fill memory. */
const ANSWER_LIMIT = 1024 * 1024;

/** Makes a POST of JSON ready. @param limit longest answer, in bytes */
export function postJson(
  url: string,
  config: HttpClientConfig & IpProtocolConfig,
  body: string,
  limit = ANSWER_LIMIT,
): PreparedRequest {
  return prepare(url, {
    ...config,
    method: 'POST',
    body,
    content_type: 'application/json',
    body_limit: limit,
    limit_key: 'the limit of an answer',
  });
}
