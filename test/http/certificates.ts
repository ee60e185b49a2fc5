// Certificates for tests, made by openssl in a folder of their own.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Paths of a certificate and its key. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate: signed by `ca`, or by itself and able to sign others. @param names as openssl writes them */
export function makeCertificate(folder: string, name: string, names = '', ca?: Certificate): Certificate {
  const made = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const out = ['-keyout', made.key, '-out', made.cert, '-days', '2', '-subj', `/CN=${name}`];
  const extensions = ['-addext', `basicConstraints=critical,CA:${ca ? 'FALSE' : 'TRUE'}`];
  if (names !== '') extensions.push('-addext', `subjectAltName=${names}`);
  const signer = ca ? ['-CA', ca.cert, '-CAkey', ca.key] : [];
  execFileSync('openssl', ['req', '-x509', ...curve, ...out, ...extensions, ...signer], { stdio: 'pipe' });
  return made;
}
