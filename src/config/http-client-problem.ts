// What a schema of single keys cannot see in an `<http_config>`.

import type { HttpClientConfig } from './http-client.js';

/** What is wrong with two ways of signing in at once, as Prometheus says it; undefined when nothing is. */
export function httpClientProblem(config: HttpClientConfig): string | undefined {
  if (config.basic_auth && config.authorization)
    return 'at most one of basic_auth and authorization may be set';
  if (config.tls_config && Boolean(config.tls_config.cert_file) !== Boolean(config.tls_config.key_file)) {
    return 'tls_config: cert_file and key_file go together';
  }
  if (config.authorization?.type.toLowerCase() === 'basic')
    return 'authorization type cannot be "basic"; use basic_auth';
  return undefined;
}
