// A request made ready once and sent at every check: who signs in how, and over which connections. Secrets in files are
// read for every request, as Prometheus does.

import type { HttpClientConfig } from '../../config/http-client/config.js';
import { configuredHeaders, isInFiles } from '../../config/http-client/headers.js';
import { secretsOfHttp } from '../../config/http-client/secrets.js';
import type { IpProtocolConfig } from '../../config/ip-protocol.js';
import { hideable, type SecretSource } from '../../model/secret.js';
import { protocolOf } from '../ip-protocol.js';
import { ProbeFailure } from '../probe.js';
import type { ConnectionTarget } from './connections.js';
import type { Cookie } from './cookies.js';
import { type TlsTrace, tlsOptionsNow } from './tls.js';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  /** Flat list of names and values. */
  readonly headers: readonly string[];
  readonly body: string | undefined;
  readonly endpoint: ConnectionTarget;
  /** Go on although the certificate could not be verified. */
  readonly skipVerify: boolean;
  readonly followRedirects: boolean;
  /** Bytes; a longer body is a failure. */
  readonly bodyLimit: number;
  /** The key of the configuration that sets the limit. */
  readonly limitKey: string;
  /** Whose credentials this request lacks, since a redirect led from there to another origin. */
  readonly credentialsDroppedAt: string | undefined;
  /** Set by answers that redirected. */
  readonly cookies: readonly Cookie[];
  /** What must not be shown of an answer that repeats the request. */
  readonly secrets: readonly string[];
}

interface RequestConfig extends HttpClientConfig, IpProtocolConfig {
  method?: string;
  body?: string | undefined;
  body_limit?: number;
  /** The key that sets it, where that has another name. */
  limit_key?: string;
  /** The header `Content-Type` of the body. */
  content_type?: string;
}

/** What came back, as it was sent. */
export interface ReceivedResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[] | undefined>;
  /** Of HTTP: `1.1`. */
  readonly version: string;
  readonly body: Buffer;
  readonly url: URL;
}

/** The last answer after redirects, its body decoded. */
export interface HttpResponse extends ReceivedResponse {
  /** How the body is still compressed, where that could not be undone. */
  readonly encoding: string | undefined;
  /** The URL that was asked, where redirects led to another one. */
  readonly redirectedFrom: URL | undefined;
  /** Origin whose credentials were not sent to where redirects led. */
  readonly credentialsDroppedAt: string | undefined;
  /** Credentials that the answer may repeat. */
  readonly secrets: readonly string[];
  /** Of the connection it came over; undefined without TLS. */
  readonly tls: TlsTrace | undefined;
}

export const DEFAULT_BODY_LIMIT = 1024 * 1024;
const USER_AGENT = 'langgraph-monitor';
/** Names and values of the headers that every request has. */
export const COMMON_HEADERS = 4;

/** A request that may be sent again and again. */
export interface PreparedRequest {
  /** With the secrets as they are now. @throws ProbeFailure when the file of one cannot be read */
  now(): HttpRequest;
  /** What must not be shown of what the last request led to. */
  readonly secrets: readonly string[];
}

/** Makes a request ready. Files are read when it is sent. */
export function prepare(address: string, config: RequestConfig): PreparedRequest {
  const url = new URL(address);
  const endpoint = endpointOf(url, config);
  const made = (): HttpRequest => ({ ...requestOf(url, config), endpoint });
  if (isInFiles(config))
    return {
      now: () => withFiles(made),
      get secrets() {
        return secretsOf(url, config);
      },
    };
  const request = made();
  return { now: () => request, secrets: request.secrets };
}

/** @throws ProbeFailure */
function withFiles<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw secretFailure(error);
  }
}

/** A secret that cannot be read now: nothing was asked, and signing in is what failed. */
export function secretFailure(error: unknown): ProbeFailure {
  return new ProbeFailure('auth', `Secret: ${(error as Error).message}`);
}

function requestOf(url: URL, config: RequestConfig): Omit<HttpRequest, 'endpoint'> {
  const type = config.content_type === undefined ? {} : { 'content-type': config.content_type };
  const headers = { 'user-agent': USER_AGENT, accept: '*/*', ...type, ...configuredHeaders(config) };
  return {
    url,
    method: config.method ?? 'GET',
    headers: Object.entries(headers).flat(),
    body: config.body,
    skipVerify: config.tls_config?.insecure_skip_verify ?? false,
    followRedirects: config.follow_redirects,
    bodyLimit: config.body_limit ?? DEFAULT_BODY_LIMIT,
    limitKey: config.limit_key ?? 'body_limit',
    credentialsDroppedAt: undefined,
    cookies: [],
    secrets: secretsOf(url, config),
  };
}

/** Names of headers, and of parameters of a query or a body, whose values are secret. */
const SECRET_NAME = /auth|cookie|token|key|secret|pass|pwd|credential|sig/i;
/** Headers that say how an answer should look: their values are in every answer. */
const OPEN_HEADER =
  /^(?:accept(?:-.*)?|cache-control|content-type|host|origin|pragma|range|referer|user-agent)$/i;
/** Shorter values are words; a header whose name tells nothing is secret from the longer length on. */
export const MIN_SECRET_LENGTH = 4;
const MIN_UNNAMED_LENGTH = 8;

function secretsOf(url: URL, config: RequestConfig): string[] {
  const headers = Object.fromEntries(
    Object.entries(config.headers ?? {}).filter(
      ([name, value]) => SECRET_NAME.test(name) || (!OPEN_HEADER.test(name) && isLong(value)),
    ),
  );
  const query = [...url.searchParams].filter(([name]) => SECRET_NAME.test(name)).map(([, value]) => value);
  const all = [...secretsOfHttp({ ...config, headers }), ...query, ...secretsOfBody(config.body)];
  return all.filter(each => each.length >= MIN_SECRET_LENGTH);
}

function isLong(value: SecretSource): boolean {
  return hideable(value).some(each => each.length >= MIN_UNNAMED_LENGTH);
}

/** The values of a JSON body's or a form's members that are named like secrets. */
function secretsOfBody(body: string | undefined): string[] {
  if (!body) return [];
  const found: string[] = [];
  try {
    JSON.parse(body, (name, value: unknown) => {
      if (typeof value === 'string' && SECRET_NAME.test(name)) found.push(value);
      return value;
    });
    return found;
  } catch {
    return [...new URLSearchParams(body)]
      .filter(([name]) => SECRET_NAME.test(name))
      .map(([, value]) => value);
  }
}

function endpointOf(url: URL, config: RequestConfig): ConnectionTarget {
  const { origin } = url;
  const protocol = protocolOf(config);
  const files = JSON.stringify(config.tls_config ?? {});
  const key = `${origin} ${JSON.stringify(protocol)} ${files}`;
  const tls = () => tlsOptionsNow(config.tls_config);
  if (url.protocol !== 'https:') return { key, origin, tls: undefined, redirectTls: tls, protocol };
  const hasCertificate = config.tls_config?.cert_file !== undefined;
  return { key, origin, tls, protocol, hasCertificate };
}
