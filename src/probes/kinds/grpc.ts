// A gRPC server with the health service. Healthy when the service that is asked for is SERVING.
// Source: gRPC, doc/health-checking.md; blackbox_exporter, prober/grpc.go.

import type { z } from 'zod';
import { tlsProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { family } from '../../model/family.js';
import { oneLine } from '../../model/scrub.js';
import { hostPort } from '../host-port.js';
import { certificateDaysShape, checkCertificateDays } from '../http/certificate-days.js';
import { recordConnection } from '../http/connection-record.js';
import * as families from '../http/families.js';
import { recordTls } from '../http/tls.js';
import { type Attempt, type Probe, ProbeFailure } from '../probe.js';
import type { ProbeKind, ProbeResources } from '../probe-kind.js';
import type { GrpcReply } from './grpc/call.js';
import { decodeResponse, SERVING, SERVING_STATUSES } from './grpc/health.js';
import { GrpcSession } from './grpc/session.js';
import { DEADLINE_EXCEEDED, OK, reasonOf, statusName, UNAVAILABLE } from './grpc/status.js';

const duration = family(
  'probe_grpc_duration_seconds',
  'Duration of the gRPC request by phase; a phase that was not reached is absent',
  'gauge',
  ['phase'],
);
const ssl = family('probe_grpc_ssl', 'Whether TLS was used for the connection (1) or not (0)');
const statusCode = family(
  'probe_grpc_status_code',
  'gRPC status code of the answer; 14 (UNAVAILABLE) without one, 4 (DEADLINE_EXCEEDED) after a timeout',
);
const response = family(
  'probe_grpc_healthcheck_response',
  'Whether the answer of the health service was this (1) or not (0)',
  'gauge',
  ['serving_status'],
);

/** Of a server's own words, in characters. */
const MAX_WORDS_LENGTH = 200;

function options(schemaKit: SchemaKit) {
  const { about, flag, ipProtocolShape, section, text, tlsConfig } = schemaKit;
  return section({
    address: about(hostPort(schemaKit), 'Its address: `HOST:PORT` or `[IPV6]:PORT`.', {
      example: '127.0.0.1:50051',
    }),
    service: about(text().default(''), 'Name of the service that is asked for.', {
      example: 'inference.GRPCInferenceService',
      fallback: 'the server as a whole',
    }),
    tls: about(flag().default(false), 'Connect with TLS.'),
    tls_config: about(tlsConfig.optional(), 'Certificates, for `tls`; see docs/probes.md.'),
    ...certificateDaysShape(schemaKit),
    ...ipProtocolShape,
  });
}

type GrpcOptions = z.output<ReturnType<typeof options>>;

export const grpc: ProbeKind<GrpcOptions> = {
  kind: 'grpc',
  options,
  check: ({ tls, tls_config, min_certificate_days: days }) => {
    if (!tls && tls_config) return 'tls_config is not used; set tls: true';
    if (!tls && days !== undefined) return 'min_certificate_days needs tls: true';
    return tlsProblem(tls_config);
  },
  families: [
    duration,
    ssl,
    statusCode,
    response,
    families.dnsLookup,
    families.ipProtocol,
    families.ipHash,
    families.certExpiry,
    families.chainExpiry,
    families.chainInfo,
    families.tlsVersion,
    families.tlsCipher,
  ],
  open: (config, { connections }) => new GrpcProbe(config, connections),
};

/** What a check found, as far as it came. */
interface Found {
  readonly status: number;
  /** Number of the serving status; undefined without an answer. */
  readonly serving?: number;
}

class GrpcProbe implements Probe {
  readonly #config: GrpcOptions;
  readonly #resolver: ProbeResources['connections']['resolver'];

  constructor(config: GrpcOptions, { resolver }: ProbeResources['connections']) {
    this.#config = config;
    this.#resolver = resolver;
  }

  async run(attempt: Attempt): Promise<void> {
    const session = new GrpcSession(this.#config, this.#resolver);
    attempt.onCancel(() => {
      const late = session.waitedFor;
      record(attempt, session, { status: DEADLINE_EXCEEDED });
      session.close();
      return late;
    });
    let found: Found = { status: UNAVAILABLE };
    try {
      const reply = await session.ask(this.#config.service, attempt.timeout);
      found = { status: reply.status };
      const serving = servingIn(reply);
      found = { status: reply.status, serving };
      if (serving !== SERVING) throw new ProbeFailure('status', this.#notServing(serving));
      checkCertificateDays(this.#config, session.tls);
    } finally {
      record(attempt, session, found);
    }
  }

  /** Nothing is kept: a new client is what a check stands for. */
  close(): void {}

  #notServing(serving: number): string {
    const { service } = this.#config;
    const what = service === '' ? 'The server' : `The service ${JSON.stringify(service)}`;
    return `${what} is ${SERVING_STATUSES[serving] ?? serving}`;
  }
}

/** @throws ProbeFailure for a status that is not OK, and for an answer that is none */
function servingIn({ status, words, message }: GrpcReply): number {
  if (status !== OK || !message) {
    const said = oneLine(words, MAX_WORDS_LENGTH);
    throw new ProbeFailure(reasonOf(status), `gRPC ${statusName(status)}${said && ` (${said})`}`);
  }
  try {
    return decodeResponse(message);
  } catch (error) {
    throw new ProbeFailure('protocol', `Not an answer of the health service: ${(error as Error).message}`);
  }
}

function record(attempt: Attempt, { trace, tls, check }: GrpcSession, { status, serving }: Found): void {
  if (trace.resolve !== undefined) attempt.record(duration, ['resolve'], trace.resolve / 1000);
  if (check !== undefined) attempt.record(duration, ['check'], check / 1000);
  attempt.record(statusCode, [], status);
  attempt.record(ssl, [], tls ? 1 : 0);
  for (const [number, name] of SERVING_STATUSES.entries())
    attempt.record(response, [name], number === serving ? 1 : 0);
  recordConnection(attempt, trace, undefined);
  if (tls) recordTls(attempt, tls);
}
