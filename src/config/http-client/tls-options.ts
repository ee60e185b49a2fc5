// A `<tls_config>` as Node takes it.

import type { TlsConfig } from './config.js';
import { readTlsFiles } from './tls-files.js';

/** Reads the files. @throws a line that names the file that cannot be used */
export function tlsOptions(config: TlsConfig | undefined) {
  return {
    rejectUnauthorized: !config?.insecure_skip_verify,
    ...readTlsFiles(config, 0),
    // As Go does: a certificate in ca_file is trusted, be it a root or not.
    allowPartialTrustChain: true,
    servername: config?.server_name,
    minVersion: config?.min_version,
    maxVersion: config?.max_version,
  };
}
