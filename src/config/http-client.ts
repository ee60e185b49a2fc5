// How the monitor calls somebody over HTTP, in the names of Prometheus' own `http_config`: shared by every section
// that has a URL in it.
// Source: Prometheus, "Configuration", <http_config> and <tls_config>.

import { z } from 'zod';
import type { SecretSource } from '../model/secret.js';
import { flag, secret, section, textOrFile, words } from './fields.js';

/** `<tls_config>`; files are absolute paths after loading. */
export const tlsConfig = section({
  ca_file: words().optional(),
  cert_file: words().optional(),
  key_file: words().optional(),
  server_name: words().optional(),
  insecure_skip_verify: flag().default(false),
});

/** `basic_auth`, also with `username_file` and `password_file`. */
export const basicAuth = section({
  username: textOrFile().default(''),
  password: secret().optional(),
});

/** `authorization`, also with `credentials_file`. */
export const authorization = section({
  type: words().default('Bearer'),
  credentials: secret().optional(),
});

/** The keys of an `<http_config>`, to be spread into a section. */
export const httpClientShape = {
  basic_auth: basicAuth.optional(),
  authorization: authorization.optional(),
  tls_config: tlsConfig.optional(),
  headers: z.record(z.string(), secret()).optional(),
  follow_redirects: flag().default(true),
};

/** What is read off a file is read when a connection is made; `ca`, `cert` and `key` hold what a file would. */
export interface TlsConfig extends z.output<typeof tlsConfig> {
  ca?: string | undefined;
  cert?: string | undefined;
  key?: SecretSource | undefined;
  /** As Node names them: `TLSv1.2`. */
  min_version?: TlsVersion | undefined;
  max_version?: TlsVersion | undefined;
}
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
export interface BasicAuth {
  username: string | SecretSource;
  password?: SecretSource | undefined;
}
export interface Authorization {
  type: string;
  credentials?: SecretSource | undefined;
}
/** Every secret is revealed when a request is made, so that one in a file may change. */
export interface HttpClientConfig {
  basic_auth?: BasicAuth | undefined;
  authorization?: Authorization | undefined;
  tls_config?: TlsConfig | undefined;
  headers?: Readonly<Record<string, SecretSource>> | undefined;
  follow_redirects: boolean;
}
