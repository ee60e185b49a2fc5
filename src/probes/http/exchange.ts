// One HTTP request and its answer, measured. Comes in: a prepared request; goes out: status, headers, body, and in the
// attempt blackbox_exporter's families.

import type { Millis } from '../../model/time.js';
import { type Attempt, ProbeFailure } from '../probe.js';
import { recordConnection } from './connection-record.js';
import type { Connection, Connections } from './connections.js';
import { decodeBody } from './content-encoding.js';
import { failureOf } from './failure.js';
import * as families from './families.js';
import { redirectOf } from './redirect.js';
import type { HttpRequest, HttpResponse, PreparedRequest, ReceivedResponse } from './request.js';
import { recordTls, type TlsTrace } from './tls.js';
import { Transfer } from './transfer.js';

const MAX_REDIRECTS = 10;

/** One exchange as it went: times in milliseconds, redirects added up; what was not reached is undefined. */
interface Trace {
  readonly phases: { [phase in Phase]?: Millis };
  address: string | undefined;
  tls: TlsTrace | undefined;
  /** Whether the last request went over a kept connection. */
  reused: boolean | undefined;
  statusCode: number | undefined;
  /** Monotonic moments: the first request was sent, the last answer was complete. */
  begun: Millis | undefined;
  ended: Millis | undefined;
}

const PHASES = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;
type Phase = (typeof PHASES)[number];

/**
 * Sends a request, follows redirects, reads the body and records what was measured, also of a failed one.
 * A kept connection that had died is replaced once, since it cannot be known beforehand.
 * @throws ProbeFailure
 */
export async function exchange(
  prepared: Pick<PreparedRequest, 'now'>,
  attempt: Attempt,
  connections: Connections,
): Promise<HttpResponse> {
  const request = prepared.now();
  const begun = performance.now();
  const trace: Trace = {
    phases: {},
    address: undefined,
    tls: undefined,
    reused: undefined,
    statusCode: undefined,
    begun: undefined,
    ended: undefined,
  };
  let hops = 0;
  let at = request;
  try {
    for (;;) {
      const answer = await hop(at, attempt, connections, trace);
      const next = request.followRedirects ? redirectOf(at, answer) : undefined;
      if (!next) {
        const { body, encoding } = decodeBody(at, answer);
        const { secrets, credentialsDroppedAt } = at;
        const redirectedFrom = hops > 0 ? request.url : undefined;
        const { tls } = trace;
        const { statusCode, headers, version, url } = answer;
        // Written out: V8 gives objects that are spread from others a shape of their own, each time.
        const decoded = {
          statusCode,
          headers,
          version,
          body,
          url,
          encoding,
          redirectedFrom,
          credentialsDroppedAt,
          secrets,
          tls,
        };
        recordAnswer(attempt, at, decoded, hops);
        return decoded;
      }
      if (++hops > MAX_REDIRECTS) throw new ProbeFailure('protocol', `More than ${MAX_REDIRECTS} redirects`);
      at = next;
    }
  } catch (error) {
    const { hasCertificate } = at.endpoint;
    throw failureOf(error, { hasCertificate, plain: 'write http:// in its URL' });
  } finally {
    attempt.measured((trace.ended ?? performance.now()) - (trace.begun ?? begun));
    recordTrace(attempt, trace);
  }
}

async function hop(
  request: HttpRequest,
  attempt: Attempt,
  connections: Connections,
  trace: Trace,
): Promise<ReceivedResponse> {
  for (let fresh = false; ; fresh = true) {
    const { endpoint } = request;
    const connection = connections.take(endpoint, fresh) ?? (await connections.acquire(endpoint, fresh));
    const reused = connection.served++ > 0;
    const transfer = new Transfer(request, connection);
    attempt.onCancel(() => {
      const late = transfer.cancel();
      if (!late) return undefined;
      // What came in time is shown, as of any other failed check.
      note(trace, connection, reused, transfer);
      recordTrace(attempt, trace);
      return late;
    });
    try {
      const answer = await transfer.send();
      note(trace, connection, reused, transfer);
      connections.release(connection, transfer.reusable);
      return answer;
    } catch (error) {
      note(trace, connection, reused, transfer);
      connections.release(connection, false);
      // As curl does, of whatever method: a server that acted on a request begins to answer it.
      if (fresh || !reused || transfer.hasBegun || transfer.cancelled) throw error;
    }
  }
}

/** Adds what one hop took; address and certificate are the last hop's. */
function note(trace: Trace, { trace: made }: Connection, reused: boolean, transfer: Transfer): void {
  const add = (phase: Phase, span: Millis | undefined) => {
    if (span !== undefined) trace.phases[phase] = (trace.phases[phase] ?? 0) + span;
  };
  if (!reused) {
    add('resolve', made.resolve);
    add('connect', made.connect);
    add('tls', made.handshake);
  }
  if (transfer.answered) {
    trace.statusCode = transfer.statusCode;
    add('processing', transfer.firstByte - (reused ? transfer.begun : Math.max(transfer.begun, made.ready)));
    if (transfer.ended) add('transfer', transfer.ended - transfer.firstByte);
  }
  // Waiting for one of our own connections to come free is not the service's time.
  trace.begun ??= transfer.begun;
  trace.ended = transfer.ended || undefined;
  trace.address = made.address;
  trace.reused = reused;
  trace.tls = made.tls;
}

const NO_LABELS: readonly string[] = [];
const PHASE_LABELS: Record<Phase, readonly string[]> = {
  resolve: ['resolve'],
  connect: ['connect'],
  tls: ['tls'],
  processing: ['processing'],
  transfer: ['transfer'],
};

function recordTrace(attempt: Attempt, trace: Trace): void {
  const { phases, address, tls, reused, statusCode } = trace;
  if (statusCode !== undefined) {
    attempt.statusCode = statusCode;
    attempt.record(families.statusCode, NO_LABELS, statusCode);
  }
  for (const phase of PHASES) {
    const span = phases[phase];
    if (span !== undefined) attempt.record(families.duration, PHASE_LABELS[phase], span / 1000);
  }
  recordConnection(attempt, { address, resolve: phases.resolve }, reused);
  if (tls) recordTls(attempt, tls);
}

function recordAnswer(attempt: Attempt, request: HttpRequest, answer: HttpResponse, hops: number): void {
  attempt.record(families.contentLength, NO_LABELS, Number(answer.headers['content-length'] ?? -1));
  attempt.record(families.bodyLength, NO_LABELS, answer.body.length);
  attempt.record(families.redirects, NO_LABELS, hops);
  attempt.record(families.ssl, NO_LABELS, request.endpoint.tls ? 1 : 0);
  attempt.record(families.version, NO_LABELS, Number(answer.version));
  const modified = answer.headers['last-modified'];
  if (typeof modified === 'string')
    attempt.record(families.lastModified, NO_LABELS, Date.parse(modified) / 1000);
}
