// Any server that takes TCP connections. Healthy when it takes one, with TLS if that is wanted, and says what is expected.
// Source: blackbox_exporter, prober/tcp.go.

import type { z } from 'zod';
import { tlsProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { hostPort } from '../host-port.js';
import { certificateDaysShape, checkCertificateDays } from '../http/certificate-days.js';
import { recordConnection } from '../http/connection-record.js';
import * as families from '../http/families.js';
import { recordTls } from '../http/tls.js';
import type { Attempt, Probe } from '../probe.js';
import type { ProbeKind, ProbeResources } from '../probe-kind.js';
import { compileSteps, queryResponse, type Step, secretsOfSteps } from './tcp/query-response.js';
import { TcpSession } from './tcp/session.js';

function options(schemaKit: SchemaKit) {
  const { about, flag, ipProtocolShape, section, tlsConfig } = schemaKit;
  return section({
    address: about(hostPort(schemaKit), 'Its address: `HOST:PORT` or `[IPV6]:PORT`.', {
      example: '127.0.0.1:5432',
    }),
    query_response: queryResponse(schemaKit),
    tls: about(flag().default(false), 'Connect with TLS.'),
    tls_config: about(tlsConfig.optional(), 'Certificates, for `tls` and `starttls`; see docs/probes.md.'),
    ...certificateDaysShape(schemaKit),
    ...ipProtocolShape,
  });
}

type TcpOptions = z.output<ReturnType<typeof options>>;

export const tcp: ProbeKind<TcpOptions> = {
  kind: 'tcp',
  options,
  check: config => stepsProblem(config) ?? tlsProblem(config.tls_config),
  families: [
    families.dnsLookup,
    families.ipProtocol,
    families.ipHash,
    families.failedDueToRegex,
    families.certExpiry,
    families.chainExpiry,
    families.chainInfo,
    families.tlsVersion,
    families.tlsCipher,
  ],
  open: async (config, { connections }) =>
    new TcpProbe(config, await compileSteps(config.query_response), connections),
};

function stepsProblem(config: TcpOptions): string | undefined {
  const { query_response: steps, tls, tls_config, min_certificate_days: days } = config;
  const at = steps.findIndex(({ expect, send, starttls }) => expect === undefined && !send && !starttls);
  if (at >= 0) return `query_response.${at}: says nothing; write expect, send or starttls`;
  const starts = steps.filter(({ starttls }) => starttls).length;
  if (starts > 1 || (starts > 0 && tls))
    return `query_response: TLS can begin once; remove ${tls ? 'tls or starttls' : 'all but one starttls'}`;
  if (tls || starts > 0) return undefined;
  if (tls_config) return 'tls_config is not used; set tls: true, or starttls in query_response';
  return days === undefined
    ? undefined
    : 'min_certificate_days needs tls: true, or starttls in query_response';
}

class TcpProbe implements Probe {
  readonly #config: TcpOptions;
  readonly #steps: readonly Step[];
  readonly #resolver: ProbeResources['connections']['resolver'];

  constructor(config: TcpOptions, steps: readonly Step[], { resolver }: ProbeResources['connections']) {
    this.#config = config;
    this.#steps = steps;
    this.#resolver = resolver;
  }

  get secrets(): readonly string[] {
    return secretsOfSteps(this.#config.query_response);
  }

  async run(attempt: Attempt): Promise<void> {
    const session = new TcpSession(this.#config, this.#resolver, this.secrets);
    attempt.onCancel(() => {
      const late = session.waitedFor;
      record(attempt, session);
      session.close();
      return late;
    });
    try {
      await session.run(this.#steps);
      checkCertificateDays(this.#config, session.tls);
    } finally {
      record(attempt, session);
      session.end();
    }
  }

  /** Nothing is kept: a new client is what a check stands for. */
  close(): void {}
}

function record(attempt: Attempt, { trace, tls, failedDueToRegex }: TcpSession): void {
  recordConnection(attempt, trace, undefined);
  attempt.record(families.failedDueToRegex, [], failedDueToRegex ? 1 : 0);
  if (tls) recordTls(attempt, tls);
}
