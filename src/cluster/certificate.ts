// The certificate a service presented last, as its check's readings have it.

import type { Layout } from '../model/result.js';

export interface Certificate {
  /** When the first of the chain expires, seconds since the epoch. */
  readonly expires: number;
  /** When the chain that was verified expires, seconds since the epoch; undefined where none was. */
  readonly chainExpires: number | undefined;
  readonly issuer: string | undefined;
  readonly subject: string | undefined;
  /** Alternative names, separated by commas. */
  readonly names: string | undefined;
  /** `TLS 1.3` */
  readonly tlsVersion: string | undefined;
}

/** Where readings have a certificate, until their layout changes; -1 for what is not there. */
export interface CertificatePlaces {
  readonly expires: number;
  readonly chainExpires: number;
  /** Values of its labels: fingerprint, issuer, subject, alternative names, serial number. */
  readonly info: readonly string[];
  readonly tlsVersion: string | undefined;
}

export function certificatePlaces({ families, labels }: Layout): CertificatePlaces {
  const labelsOf = (family: string) => labels[families.indexOf(family)] ?? [];
  return {
    expires: families.indexOf('probe_ssl_earliest_cert_expiry'),
    chainExpires: families.indexOf('probe_ssl_last_chain_expiry_timestamp_seconds'),
    info: labelsOf('probe_ssl_last_chain_info'),
    tlsVersion: labelsOf('probe_tls_version_info')[0],
  };
}

/** Undefined where the check saw none. */
export function certificateIn(places: CertificatePlaces, values: readonly number[]): Certificate | undefined {
  const measured = (at: number) => (Number.isFinite(values[at]) ? values[at] : undefined);
  const expires = measured(places.expires);
  if (expires === undefined) return undefined;
  const [, issuer, subject, names] = places.info;
  const { tlsVersion } = places;
  return { expires, chainExpires: measured(places.chainExpires), issuer, subject, names, tlsVersion };
}
