// How the monitor calls other servers over HTTP, in the names of Prometheus' own `http_config`: shared by every section
// that has a URL in it.
// Source: Prometheus, "Configuration", <http_config> and <tls_config>.

import { z } from 'zod';
import type { SecretSource } from '../../model/secret.js';
import { about } from '../about.js';
import { flag, secret, section, textOrFile, words } from '../fields.js';

/** The keys of a `<tls_config>` that name files. */
export const TLS_FILES: readonly string[] = ['ca_file', 'cert_file', 'key_file'];

/** `<tls_config>`; files are absolute paths after loading. */
export const tlsConfig = section({
  ca_file: about(words().optional(), "Certificates to trust instead of the system's, as PEM.", {
    example: 'ca.pem',
  }),
  cert_file: about(words().optional(), 'Certificate to show to the server, as PEM; needs `key_file`.', {
    example: 'client.pem',
  }),
  key_file: about(words().optional(), 'Private key of `cert_file`, as PEM.', { example: 'client.key' }),
  server_name: about(words().optional(), 'Name the certificate must be for, and that is asked for (SNI).', {
    example: 'ollama.example.org',
    fallback: 'the host in the address',
  }),
  insecure_skip_verify: about(flag().default(false), 'Accept any certificate.'),
});

/** `basic_auth`, also with `username_file` and `password_file`. */
export const basicAuth = section({
  username: about(textOrFile().default(''), 'User.', { example: 'monitor' }),
  password: about(secret().optional(), 'Password.'),
});

/** `authorization`, also with `credentials_file`. */
export const authorization = section({
  type: about(words().default('Bearer'), 'First word of the header `Authorization`.'),
  credentials: about(secret().optional(), 'What follows it.'),
});

/** The keys of an `<http_config>`, to be spread into a section. */
export const httpClientShape = {
  basic_auth: about(basicAuth.optional(), 'User and password of HTTP basic authentication.'),
  authorization: about(authorization.optional(), 'The header `Authorization`, instead of `basic_auth`.'),
  tls_config: about(
    tlsConfig.optional(),
    'Certificates; see docs/probes.md. Files are read at each handshake.',
  ),
  headers: about(
    z.record(z.string(), secret()).optional(),
    'Further headers by name; each value is a secret, and `NAME_file` reads it from a file.',
    { example: { 'X-Scope-OrgID': 'lab' } },
  ),
  follow_redirects: about(
    flag().default(true),
    'Follow redirects; credentials are not sent to another origin.',
  ),
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
