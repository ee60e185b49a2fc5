// The files of a `<tls_config>`, read and looked at before a connection is made with them: OpenSSL's own errors name
// neither the file nor the key.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Millis } from '../../model/time.js';
import { certificatesIn } from '../../tls/trust.js';
import { readBounded } from '../bounded-file.js';
import { fileProblem } from '../file-problem.js';
import type { TlsConfig } from './config.js';

/** What Node's TLS takes; undefined where nothing is set. */
interface TlsFiles {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/**
 * Reads `ca_file`, `cert_file` and `key_file`, or takes the texts set instead of them.
 * @param patience how long a pipe is waited for; 0 for a handshake, since nothing else is done meanwhile
 * @throws one line that names the file that cannot be read or used
 */
export function readTlsFiles(config: TlsConfig | undefined, patience?: Millis): TlsFiles {
  if (!config) return { ca: undefined, cert: undefined, key: undefined };
  const ca = read(config.ca_file, patience) ?? config.ca;
  const cert = read(config.cert_file, patience) ?? config.cert;
  const key = read(config.key_file, patience) ?? config.key?.reveal();
  checkCertificates(ca, config.ca_file ?? 'ca');
  const own = checkCertificates(cert, config.cert_file ?? 'cert')[0];
  if (key !== undefined) checkKey(key, config.key_file ?? 'key', own, config.cert_file ?? 'cert');
  return { ca, cert, key };
}

function read(file: string | undefined, patience: Millis | undefined): string | undefined {
  if (!file) return undefined;
  try {
    return readBounded(file, patience).toString('latin1');
  } catch (error) {
    throw new Error(`tls_config: cannot read ${file}: ${fileProblem(error)}`);
  }
}

function checkCertificates(pem: string | undefined, where: string): X509Certificate[] {
  if (pem === undefined) return [];
  const blocks = certificatesIn(pem);
  if (blocks.length === 0)
    throw new Error(`tls_config: ${where} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  return blocks.map((block, i) => {
    try {
      return new X509Certificate(block);
    } catch {
      const which = blocks.length > 1 ? `certificate ${i + 1} of ${where}` : `the certificate in ${where}`;
      throw new Error(`tls_config: ${which} is damaged`);
    }
  });
}

function checkKey(
  pem: string,
  where: string,
  certificate: X509Certificate | undefined,
  certificateWhere: string,
): void {
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    const isEncrypted =
      (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE' || /ENCRYPTED/.test(pem);
    throw new Error(
      isEncrypted
        ? `tls_config: the key in ${where} is encrypted; store it without a passphrase`
        : `tls_config: ${where} has no private key in PEM form`,
    );
  }
  if (certificate && !certificate.checkPrivateKey(key))
    throw new Error(
      `tls_config: the key in ${where} does not belong to the certificate in ${certificateWhere}`,
    );
}
