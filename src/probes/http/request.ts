// A request made ready once and sent at every check: who signs in how, over which connections, where redirects lead.

import type { HttpClientConfig } from '../../config/http-client.js';
import type { IpProtocolConfig } from '../../config/ip-protocol.js';
import { revealed } from '../../model/secret.js';
import { protocolOf } from '../ip-protocol.js';
import { ProbeFailure } from '../probe.js';
import type { Endpoint } from './connections.js';
import { tlsOptions, tlsOptionsNow } from './tls.js';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  /** Flat list of names and values. */
  readonly headers: readonly string[];
  readonly body: string | undefined;
  readonly endpoint: Endpoint;
  /** Go on although the certificate could not be verified. */
  readonly skipVerify: boolean;
  readonly followRedirects: boolean;
  /** Bytes; a longer body is a failure. */
  readonly bodyLimit: number;
}

export interface RequestConfig extends HttpClientConfig, IpProtocolConfig {
  method?: string;
  body?: string | undefined;
  body_limit?: number;
}

/** What came back. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
  /** Where it came from after redirects. */
  readonly url: URL;
}

export const DEFAULT_BODY_LIMIT = 1024 * 1024;
const USER_AGENT = 'langgraph-monitor';

/** Makes a request ready. @throws when a TLS file cannot be read. */
export function prepare(address: string, config: RequestConfig): HttpRequest {
  const url = new URL(address);
  const headers = ['user-agent', USER_AGENT, 'accept', '*/*'];
  const { basic_auth: basic, authorization } = config;
  if (basic) {
    const pair = `${revealed(basic.username)}:${basic.password?.reveal() ?? ''}`;
    headers.push('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  } else if (authorization?.credentials) {
    headers.push('authorization', `${authorization.type} ${authorization.credentials.reveal()}`);
  }
  for (const [name, value] of Object.entries(config.headers ?? {})) {
    const at = headers.findIndex((known, i) => i % 2 === 0 && known === name.toLowerCase());
    if (at >= 0) headers[at + 1] = value.reveal();
    else headers.push(name.toLowerCase(), value.reveal());
  }
  return {
    url,
    method: config.method ?? 'GET',
    headers,
    body: config.body,
    endpoint: endpointOf(url, config),
    skipVerify: config.tls_config?.insecure_skip_verify ?? false,
    followRedirects: config.follow_redirects,
    bodyLimit: config.body_limit ?? DEFAULT_BODY_LIMIT,
  };
}

function endpointOf(url: URL, config: RequestConfig): Endpoint {
  const { origin } = url;
  const protocol = protocolOf(config);
  const key = `${origin} ${JSON.stringify(protocol)}`;
  if (url.protocol !== 'https:') return { key, origin, tls: undefined, protocol };
  // A file that cannot be read is a mistake to be seen now, not at the first check.
  tlsOptions(config.tls_config);
  const tls = () => tlsOptionsNow(config.tls_config);
  const files = JSON.stringify(config.tls_config ?? {});
  const hasCertificate = config.tls_config?.cert_file !== undefined;
  return { key: `${key} ${files}`, origin, tls, protocol, hasCertificate };
}

/** The request an answer's redirect asks for; undefined when it is none. @throws ProbeFailure for an absurd one. */
export function redirectOf(request: HttpRequest, answer: Answer): HttpRequest | undefined {
  const { statusCode, headers } = answer;
  const location = headers.location;
  if (![301, 302, 303, 307, 308].includes(statusCode) || typeof location !== 'string') return undefined;
  if (!URL.canParse(location, request.url.href))
    throw new ProbeFailure('protocol', 'Redirected to something that is no URL');
  const url = new URL(location, request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ProbeFailure('protocol', `Redirected to ${url.protocol}, which is not HTTP`);
  }
  const sameOrigin = url.origin === request.url.origin;
  const turnsGet = statusCode === 303 || (statusCode < 303 && request.method === 'POST');
  return {
    ...request,
    url,
    method: turnsGet ? 'GET' : request.method,
    body: turnsGet ? undefined : request.body,
    // What was meant for one host is not told to another.
    headers: sameOrigin ? request.headers : request.headers.slice(0, 4),
    endpoint: sameOrigin ? request.endpoint : strangersEndpoint(url, request.endpoint),
  };
}

function strangersEndpoint({ origin, protocol: scheme }: URL, from: Endpoint): Endpoint {
  const { protocol, hasCertificate, tls: own = () => tlsOptions(undefined) } = from;
  const key = `${origin} via ${from.key}`;
  if (scheme !== 'https:') return { key, origin, tls: undefined, protocol };
  return { key, origin, tls: () => ({ ...own(), servername: undefined }), protocol, hasCertificate };
}
