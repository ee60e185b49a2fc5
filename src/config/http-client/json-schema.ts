// The JSON schema of an `<http_config>` in Prometheus' format, for editors.

import type { JsonSchema } from '../about.js';
import { flag, mapping, oneOf, text, texts } from '../prometheus-json.js';
import type { AuthorizationKey, BasicAuthKey, HttpConfigKey } from './read-config.js';
import type { HeaderValueKey } from './read-headers.js';
import type { TlsKey } from './read-tls.js';

const tls: Readonly<Record<TlsKey, JsonSchema>> = {
  ca: text,
  cert: text,
  key: text,
  ca_file: text,
  cert_file: text,
  key_file: text,
  ca_ref: text,
  cert_ref: text,
  key_ref: text,
  server_name: text,
  insecure_skip_verify: flag,
  min_version: oneOf(['TLS10', 'TLS11', 'TLS12', 'TLS13']),
  max_version: oneOf(['TLS10', 'TLS11', 'TLS12', 'TLS13']),
};

const basicAuth: Readonly<Record<BasicAuthKey, JsonSchema>> = {
  username: text,
  username_file: text,
  username_ref: text,
  password: text,
  password_file: text,
  password_ref: text,
};

const authorization: Readonly<Record<AuthorizationKey, JsonSchema>> = {
  type: text,
  credentials: text,
  credentials_file: text,
  credentials_ref: text,
};

const headerValues: Readonly<Record<HeaderValueKey, JsonSchema>> = {
  values: texts,
  secrets: texts,
  files: texts,
};

/** Nothing that means anything. */
const unused: JsonSchema = { enum: ['', 'false', false, null] };

/** The keys of an `<http_config>`. */
export const httpConfigJson: Readonly<Record<HttpConfigKey, JsonSchema>> = {
  oauth2: { type: 'null' },
  proxy_url: unused,
  no_proxy: unused,
  proxy_from_environment: unused,
  proxy_connect_header: unused,
  basic_auth: mapping(basicAuth),
  authorization: mapping(authorization),
  bearer_token: text,
  bearer_token_file: text,
  tls_config: mapping(tls),
  follow_redirects: flag,
  enable_http2: flag,
  http_headers: { type: ['object', 'null'], additionalProperties: mapping(headerValues) },
};
