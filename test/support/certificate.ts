// A certificate for servers of tests: self-signed, for localhost and 127.0.0.1, good for a hundred years. Its key is
// public and protects nothing.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name: string) => fileURLToPath(new URL(`certificates/${name}`, import.meta.url));

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Path of the certificate, which is its own CA. */
  readonly file: string;
  readonly keyFile: string;
}

export const certificate: Certificate = {
  cert: readFileSync(path('server.crt'), 'utf8'),
  key: readFileSync(path('server.key'), 'utf8'),
  file: path('server.crt'),
  keyFile: path('server.key'),
};
