// Whether an answer may or must have come over TLS, with blackbox_exporter's keys and meaning: of several redirects the last
// answer counts. Source: blackbox_exporter, CONFIGURATION.md, <http_probe>.

import type { SchemaKit } from '../../../config/schema-kit.js';
import type { HttpResponse } from '../../http/request.js';
import { ProbeFailure } from '../../probe.js';

interface SslConditions {
  readonly fail_if_ssl: boolean;
  readonly fail_if_not_ssl: boolean;
}

/** The keys, to be spread into a section. */
export function sslShape({ about, flag }: SchemaKit) {
  return {
    fail_if_ssl: about(flag().default(false), 'The check fails where the last answer came over TLS.'),
    fail_if_not_ssl: about(flag().default(false), 'The check fails where the last answer came without TLS.'),
  };
}

interface SslConfig extends SslConditions {
  readonly url: string;
  readonly follow_redirects: boolean;
  readonly min_certificate_days?: number | undefined;
}

/** What of these keys could never hold, and what to do; undefined when all may. */
export function sslProblem(config: SslConfig): string | undefined {
  const { fail_if_ssl, fail_if_not_ssl, min_certificate_days: days, follow_redirects, url } = config;
  if (fail_if_ssl && fail_if_not_ssl) return 'fail_if_ssl and fail_if_not_ssl exclude each other; remove one';
  const isTls = url.startsWith('https:');
  if (fail_if_ssl && days !== undefined)
    return 'min_certificate_days needs TLS, which fail_if_ssl forbids; remove one';
  if (follow_redirects) return undefined;
  if (fail_if_ssl && isTls) return 'fail_if_ssl fails every answer of an https:// URL; write http://';
  const key = fail_if_not_ssl ? 'fail_if_not_ssl' : days === undefined ? undefined : 'min_certificate_days';
  return key && !isTls ? `${key} fails every answer of an http:// URL; write https://` : undefined;
}

/** @throws ProbeFailure */
export function checkSsl({ fail_if_ssl, fail_if_not_ssl }: SslConditions, { tls, url }: HttpResponse): void {
  if (fail_if_ssl && tls) throw new ProbeFailure('tls', `${url.origin} answered over TLS (fail_if_ssl)`);
  if (fail_if_not_ssl && !tls)
    throw new ProbeFailure('tls', `${url.origin} answered without TLS (fail_if_not_ssl)`);
}
