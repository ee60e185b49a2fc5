// `tls_server_config`: certificate, key, client certificates, versions and suites, checked before the first connection.
// Source: Prometheus' exporter-toolkit, "Web configuration".

import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import { resolve } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { z } from 'zod';
import { readBounded } from '../../config/bounded-file.js';
import { didYouMean } from '../../config/did-you-mean.js';
import { flag, secret, section, text, words } from '../../config/fields.js';
import { fileProblem } from '../../config/file-problem.js';
import { CIPHER_SUITES, CURVE_NAMES, opensslCiphers, opensslCurves } from './cipher-suites.js';
import {
  CLIENT_AUTH_TYPES,
  clientProblem,
  requiresCertificate,
  verifiesCertificate,
} from './client-certificate.js';

/** TLS settings of the server. */
export interface TlsServerConfig {
  readonly options: ServerOptions;
  /** Why the client of a new connection is rejected; undefined for an accepted one. */
  readonly problem: (socket: TLSSocket) => string | undefined;
  /** Absolute paths of what it was read from. */
  readonly files: readonly string[];
}

const VERSIONS = { TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

const version = (otherwise: keyof typeof VERSIONS) =>
  z
    .enum(['TLS12', 'TLS13'], { error: 'expected TLS12 or TLS13; older versions are not supported' })
    .default(otherwise);

function names(known: readonly string[], what: string) {
  const name = text().superRefine((value, context) => {
    if (known.includes(value)) return;
    const near = didYouMean(value, known) || `; known: ${known.join(', ')}`;
    context.addIssue({ code: 'custom', message: `no ${what} "${value}"${near}` });
  });
  return z.array(name, { error: `expected a list of ${what}s` }).default([]);
}

const keys = section({
  cert: words().optional(),
  cert_file: words().optional(),
  key: secret().optional(),
  key_file: words().optional(),
  client_auth_type: z
    .enum(CLIENT_AUTH_TYPES, { error: `expected ${CLIENT_AUTH_TYPES.join(', ')}` })
    .default('NoClientCert'),
  client_ca: words().optional(),
  client_ca_file: words().optional(),
  client_allowed_sans: z
    .array(words(), { error: 'expected a list of names' })
    .min(1, 'name at least one, or leave it out')
    .optional(),
  min_version: version('TLS12'),
  max_version: version('TLS13'),
  cipher_suites: names(CIPHER_SUITES, 'cipher suite'),
  prefer_server_cipher_suites: flag().default(true),
  curve_preferences: names(CURVE_NAMES, 'curve'),
});
type Keys = z.output<typeof keys>;

type Mistake = (key: keyof Keys, reason: string) => undefined;

/** The section's schema; relative paths are relative to `folder`. Its value is undefined where there is no TLS. */
export function tlsServerConfig(folder: string) {
  return keys.optional().transform((config, context): TlsServerConfig | undefined => {
    if (!config || isPlain(config)) return undefined;
    const mistake: Mistake = (key, message) => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    return openDoor(config, folder, mistake);
  });
}

/** True where nothing but defaults stands: then there is no TLS, as in the exporter-toolkit. */
function isPlain(config: Keys): boolean {
  const defaults: Record<string, unknown> = keys.parse({});
  return Object.entries(config).every(
    ([key, value]) => JSON.stringify(value) === JSON.stringify(defaults[key]),
  );
}

function openDoor(config: Keys, folder: string, mistake: Mistake): TlsServerConfig {
  const cert = findPem('cert', config, folder, mistake);
  const key = findPem('key', config, folder, mistake);
  const ca = findPem('client_ca', config, folder, mistake);
  if (!cert) mistake('cert_file', 'missing; TLS needs a certificate, here or inline as cert');
  if (!key) mistake('key_file', 'missing; TLS needs a key, here or inline as key');
  const certificate = cert && readCertificate(cert, mistake);
  if (key) checkKey(key, certificate, mistake);
  if (ca) readCertificate(ca, mistake);
  checkPolicy(config, ca !== undefined, mistake);
  if (VERSIONS[config.min_version] > VERSIONS[config.max_version]) {
    mistake('min_version', 'is newer than max_version');
  }
  const { client_auth_type: policy, client_allowed_sans: allowed = [] } = config;
  return {
    options: {
      cert: cert?.text,
      key: key?.text,
      ca: ca?.text,
      requestCert: policy !== 'NoClientCert',
      rejectUnauthorized: policy === 'RequireAndVerifyClientCert',
      minVersion: VERSIONS[config.min_version],
      maxVersion: VERSIONS[config.max_version],
      ciphers: opensslCiphers(config.cipher_suites),
      honorCipherOrder: config.prefer_server_cipher_suites,
      ecdhCurve: opensslCurves(config.curve_preferences) ?? 'auto',
    },
    problem: socket => clientProblem(socket, policy, allowed),
    files: [cert, key, ca].flatMap(pem => pem?.file ?? []),
  };
}

/** What PEM text a pair of keys (`cert` and `cert_file`) leads to. */
interface Pem {
  /** The key in the configuration it came by. */
  readonly by: keyof Keys;
  readonly file: string | undefined;
  /** Undefined when it could not be read, which has been said. */
  readonly text: string | undefined;
}

function findPem(
  name: 'cert' | 'key' | 'client_ca',
  config: Keys,
  folder: string,
  mistake: Mistake,
): Pem | undefined {
  const inline = config[name];
  const path = config[`${name}_file`];
  if (path === undefined) {
    return inline === undefined
      ? undefined
      : { by: name, file: undefined, text: typeof inline === 'string' ? inline : inline.reveal() };
  }
  const by = `${name}_file` as const;
  if (inline !== undefined) mistake(by, `use ${name} or ${by}, not both`);
  const file = resolve(folder, path);
  try {
    return { by, file, text: readBounded(file).toString() };
  } catch (error) {
    mistake(by, `cannot read ${file}: ${fileProblem(error)}`);
    return { by, file, text: undefined };
  }
}

/** Every certificate of a PEM text is looked at; the first one is given back. */
function readCertificate({ by, file, text }: Pem, mistake: Mistake): X509Certificate | undefined {
  if (text === undefined) return undefined;
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (!blocks) return mistake(by, `${file ?? 'the text'} holds no certificate; expected PEM`);
  try {
    return blocks.map(block => new X509Certificate(block))[0];
  } catch {
    return mistake(by, `${file ?? 'the text'} holds a damaged certificate`);
  }
}

function checkKey({ by, file, text }: Pem, certificate: X509Certificate | undefined, mistake: Mistake): void {
  if (text === undefined) return;
  const where = file ?? 'the text';
  if (/ENCRYPTED/.test(text)) {
    mistake(by, `${where} is encrypted, and a passphrase is not supported; use a key without one`);
    return;
  }
  try {
    const key = createPrivateKey(text);
    if (certificate && !certificate.checkPrivateKey(key))
      mistake(by, `${where} does not belong to the certificate`);
  } catch {
    // OpenSSL's own words name a decoder, not the mistake.
    mistake(by, `${where} holds no private key; expected PEM`);
  }
}

function checkPolicy(
  { client_auth_type: policy, client_allowed_sans: allowed }: Keys,
  hasCa: boolean,
  mistake: Mistake,
): void {
  if (hasCa && policy === 'NoClientCert') {
    mistake(
      'client_auth_type',
      'must ask for a certificate when a client CA is given, as RequireAndVerifyClientCert does',
    );
  }
  if (!hasCa && verifiesCertificate(policy)) {
    mistake('client_ca_file', `missing; ${policy} needs to know who signs the clients' certificates`);
  }
  if (allowed && !requiresCertificate(policy)) {
    mistake(
      'client_allowed_sans',
      'needs client_auth_type RequireAnyClientCert or RequireAndVerifyClientCert',
    );
  }
}
