// A condition on how long the certificates of a TLS connection are still valid.

import type { SchemaKit } from '../../config/schema-kit.js';
import { ProbeFailure } from '../probe.js';
import type { TlsTrace } from './tls.js';

const DAY = 86_400;

export interface CertificateDays {
  /** The check fails when the earliest certificate expires in fewer days. */
  readonly min_certificate_days?: number | undefined;
}

/** The key, to be spread into a section. */
export function certificateDaysShape({ about, count }: SchemaKit) {
  return {
    min_certificate_days: about(
      count(0, 36_500, false).optional(),
      'The check fails when a certificate of the server expires in fewer days.',
      { example: 14 },
    ),
  };
}

/**
 * Checks the certificate that expires first of those the server sent.
 * @param tls undefined where there was no TLS
 * @param at Unix seconds
 * @throws ProbeFailure with the date
 */
export function checkCertificateDays(
  { min_certificate_days: days }: CertificateDays,
  tls: TlsTrace | undefined,
  at = Date.now() / 1000,
): void {
  if (days === undefined) return;
  if (!tls)
    throw new ProbeFailure('tls', 'No certificate: the answer came without TLS (min_certificate_days)');
  const left = (tls.earliestExpiry - at) / DAY;
  if (left >= days) return;
  const date = new Date(tls.earliestExpiry * 1000).toISOString().replace(/:\d\d\.000Z$/, 'Z');
  const when = left < 0 ? 'expired on' : 'expires on';
  const span = left < 0 ? '' : `, in ${Math.floor(left * 10) / 10} days`;
  throw new ProbeFailure('tls', `TLS: a certificate ${when} ${date}${span} (min_certificate_days: ${days})`);
}
