// How the monitor calls somebody over HTTP, in the names of Prometheus' own `http_config`: shared by every section
// that has a URL in it.
// Source: Prometheus, "Configuration", <http_config> and <tls_config>.

import { z } from 'zod';
import { flag, secret, section, text, words } from './fields.js';

/** `<tls_config>`; files are absolute paths after loading. */
export const tlsConfig = section({
  ca_file: words().optional(),
  cert_file: words().optional(),
  key_file: words().optional(),
  server_name: words().optional(),
  insecure_skip_verify: flag().default(false),
});

/** `basic_auth`; `password_file` is read by the loader. */
export const basicAuth = section({
  username: text().default(''),
  password: secret().optional(),
});

/** `authorization`; `credentials_file` is read by the loader. */
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

export type TlsConfig = z.output<typeof tlsConfig>;
export type BasicAuth = z.output<typeof basicAuth>;
export type Authorization = z.output<typeof authorization>;
export interface HttpClientConfig {
  basic_auth?: BasicAuth | undefined;
  authorization?: Authorization | undefined;
  tls_config?: TlsConfig | undefined;
  headers?: Record<string, z.output<ReturnType<typeof secret>>> | undefined;
  follow_redirects: boolean;
}
