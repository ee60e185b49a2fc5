// What a schema of single keys cannot see in an `<http_config>`.

import type { HttpClientConfig, TlsConfig } from './config.js';

/** What is wrong with two ways of signing in at once, as Prometheus says it; undefined when nothing is. */
export function httpClientProblem(config: HttpClientConfig): string | undefined {
  if (config.basic_auth && config.authorization)
    return 'at most one of basic_auth and authorization may be set';
  const problem = tlsProblem(config.tls_config);
  if (problem) return problem;
  if (config.authorization?.type.toLowerCase() === 'basic')
    return 'authorization type cannot be "basic"; use basic_auth';
  return undefined;
}

/** The same of a `<tls_config>` alone. */
export function tlsProblem(tls: TlsConfig | undefined): string | undefined {
  return Boolean(tls?.cert_file) === Boolean(tls?.key_file)
    ? undefined
    : 'tls_config: cert_file and key_file go together';
}
