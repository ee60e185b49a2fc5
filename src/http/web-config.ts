// The exporter-toolkit's web configuration file: TLS, passwords, headers and a rate limit of the server. Comes in: the
// file; goes out: what the server does with it.
// Source: Prometheus' exporter-toolkit, "Web configuration".

import type { IncomingMessage } from 'node:http';
import { dirname, resolve } from 'node:path';
import { section } from '../config/fields.js';
import { loadPlainYaml } from '../config/load.js';
import { basicAuthGuard, basicAuthUsers } from './web/basic-auth.js';
import { headerList, httpServerConfig } from './web/headers.js';
import { rateLimit, rateLimiter } from './web/rate-limit.js';
import { type TlsServerConfig, tlsServerConfig } from './web/tls.js';

/** A web configuration as the server applies it. */
export interface WebConfig {
  /** Undefined for plain HTTP. */
  readonly tls: TlsServerConfig | undefined;
  /**
   * Checks each request before it is routed: returns or throws HttpError. One that has a token of its own is not asked for a
   * user.
   */
  readonly guard: ((request: IncomingMessage, hasOwnToken: boolean) => Promise<void>) | undefined;
  /** Headers of every answer. */
  readonly headers: readonly (readonly [string, string])[];
  /** Absolute paths of the files it was read from. */
  readonly files: readonly string[];
  /** Reads all files again. @throws ConfigError */
  readonly reread: (() => WebConfig) | undefined;
}

/** Without a file: no TLS, no passwords. */
export const NO_WEB_CONFIG: WebConfig = {
  tls: undefined,
  guard: undefined,
  headers: [],
  files: [],
  reread: undefined,
};

/** Reads a web configuration file and the certificates it names. @throws ConfigError with every mistake at once. */
export function loadWebConfig(file: string): WebConfig {
  const path = resolve(file);
  const schema = section({
    tls_server_config: tlsServerConfig(dirname(path)),
    http_server_config: httpServerConfig.prefault({}),
    basic_auth_users: basicAuthUsers.default({}),
    rate_limit: rateLimit.prefault({}),
  });
  const config = loadPlainYaml(file, schema);
  return {
    tls: config.tls_server_config,
    guard: makeGuard(config.basic_auth_users, config.rate_limit),
    headers: headerList(config.http_server_config),
    files: [path, ...(config.tls_server_config?.files ?? [])],
    reread: () => loadWebConfig(file),
  };
}

function makeGuard(
  users: Readonly<Record<string, string>>,
  limit: { interval: number; burst: number },
): WebConfig['guard'] {
  const checkRate = limit.interval > 0 ? rateLimiter(limit) : undefined;
  const checkUser = Object.keys(users).length > 0 ? basicAuthGuard(users) : undefined;
  if (!checkRate && !checkUser) return undefined;
  return async (request, hasOwnToken) => {
    checkRate?.();
    if (!hasOwnToken) await checkUser?.(request);
  };
}
