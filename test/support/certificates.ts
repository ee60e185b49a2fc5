// Certificates for TLS tests, made by openssl in a folder of the test's own.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A CA's own certificate. */
export function makeAuthority(folder: string, name: string): Certificate {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  openssl(folder, [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    files.key,
    '-out',
    files.cert,
  ]);
  return files;
}

/**
 * A server's or client's certificate signed by a CA. @param days may be negative: it has expired then
 * @param san as openssl writes it, `IP:127.0.0.1,DNS:localhost`
 */
export function makeCertificate(
  folder: string,
  name: string,
  ca: Certificate,
  san: string,
  days = 20,
): Certificate {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const request = join(folder, `${name}.csr`);
  openssl(folder, [
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=${san}`,
    '-keyout',
    files.key,
    '-out',
    request,
  ]);
  if (days > 0) {
    openssl(folder, [
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      ca.cert,
      '-CAkey',
      ca.key,
      '-CAcreateserial',
      '-copy_extensions',
      'copy',
      '-days',
      String(days),
      '-out',
      files.cert,
    ]);
  } else {
    expired(folder, request, ca, files.cert, days);
  }
  return files;
}

function date(days: number): string {
  const at = new Date(Date.now() + days * 86_400_000);
  return `${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`;
}

/** `openssl x509` cannot date back, `openssl ca` can. */
function expired(folder: string, request: string, ca: Certificate, out: string, days: number): void {
  const config = [
    '[ca]',
    'default_ca=d',
    '[d]',
    `database=${join(folder, 'index.txt')}`,
    `new_certs_dir=${folder}`,
    `serial=${join(folder, 'serial.txt')}`,
    'default_md=sha256',
    'policy=p',
    'copy_extensions=copy',
    '[p]',
    'commonName=supplied',
  ].join('\n');
  const file = join(folder, 'ca.cnf');
  writeFileSync(file, config);
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'serial.txt'), '01\n');
  openssl(folder, [
    'ca',
    '-batch',
    '-notext',
    '-config',
    file,
    '-cert',
    ca.cert,
    '-keyfile',
    ca.key,
    '-in',
    request,
    '-out',
    out,
    '-startdate',
    date(days - 10),
    '-enddate',
    date(days),
  ]);
}

function openssl(cwd: string, args: string[]): void {
  execFileSync('openssl', args, { cwd, stdio: 'pipe' });
}
