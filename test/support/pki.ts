// Certificate authorities, intermediate ones, cross-signatures and servers' certificates of any dates, made by openssl.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate, its key, and the files they are in. */
export interface Pair {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
  readonly file: string;
  readonly keyFile: string;
}

export interface Wanted {
  /** Who signs it; itself when left out. */
  readonly issuer?: Pair;
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
  /** Its common name; the name of its files when left out. */
  readonly subject?: string;
  /** A pair whose key it gets. */
  readonly keyOf?: Pair;
  /** As openssl writes it. */
  readonly san?: string;
  readonly usage?: string;
  /** Of the signature; SHA-256 when left out. */
  readonly digest?: string;
  /** A further line of extensions. */
  readonly extension?: string;
}

/** Makes certificates in a folder, which the caller must remove. */
export class Pki {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    writeFileSync(join(folder, 'index'), '');
    writeFileSync(join(folder, 'index.attr'), 'unique_subject = no\n');
    writeFileSync(join(folder, 'serial'), '1000\n');
  }

  authority(name: string, wanted: Wanted = {}): Pair {
    const own = wanted.extension ? `\n${wanted.extension}` : '';
    return this.#make(name, wanted, `basicConstraints=critical,CA:true\nkeyUsage=keyCertSign,cRLSign${own}`);
  }

  /** A server's or a client's; for 127.0.0.1 unless another name is wanted. */
  leaf(name: string, { san = 'IP:127.0.0.1', usage, extension, ...wanted }: Wanted): Pair {
    const names = san === '' ? '' : `\nsubjectAltName=${san}`;
    const purposes = usage ? `\nextendedKeyUsage=${usage}` : '';
    const own = extension ? `\n${extension}` : '';
    return this.#make(name, wanted, `basicConstraints=CA:false${names}${purposes}${own}`);
  }

  #make(
    name: string,
    { issuer, from = -10, to = 100, subject = name, keyOf, digest = 'sha256' }: Wanted,
    extensions: string,
  ): Pair {
    const path = (end: string) => join(this.#folder, `${name}.${end}`);
    const keyFile = keyOf?.keyFile ?? path('key');
    if (!keyOf) this.#openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', keyFile);
    this.#openssl('req', '-new', '-key', keyFile, '-subj', `/CN=${subject}`, '-out', path('csr'));
    const folder = this.#folder;
    writeFileSync(
      path('cnf'),
      `[ca]\ndefault_ca=d\n[d]\ndatabase=${folder}/index\nserial=${folder}/serial\nnew_certs_dir=${folder}\n` +
        `default_md=${digest}\npolicy=p\n[p]\ncommonName=supplied\n[e]\n${extensions}\n`,
    );
    const signer = issuer
      ? ['-cert', issuer.file, '-keyfile', issuer.keyFile]
      : ['-selfsign', '-keyfile', keyFile];
    this.#openssl(
      ...['ca', '-batch', '-notext', '-config', path('cnf'), '-extensions', 'e', '-in', path('csr')],
      ...['-out', path('crt'), '-startdate', dateIn(from), '-enddate', dateIn(to), ...signer],
    );
    const text = (file: string) => readFileSync(file, 'utf8');
    return { name: subject, cert: text(path('crt')), key: text(keyFile), file: path('crt'), keyFile };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe' });
  }
}

function dateIn(days: number): string {
  const at = new Date(Date.now() + days * 86_400_000);
  return `${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

/** The day a number of days from now, as messages write it. */
export function dayIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
