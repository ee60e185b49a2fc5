// What a probe that was ended by its deadline was waiting for.

import type { DialTrace } from '../net/dial.js';
import { DnsError } from '../net/error.js';
import { HANDSHAKE_TIMEOUT } from '../tls/handshake.js';
import { ProbeFailure } from './probe.js';

/** The failure of a connection in the state it is in. @param host the name that is looked up */
export function waitedFor({ stage }: DialTrace, host: string): ProbeFailure {
  if (stage === 'resolve') return new ProbeFailure('dns', DnsError.noAnswer(host).message);
  return new ProbeFailure('timeout', stage === 'handshake' ? HANDSHAKE_TIMEOUT : 'Request timed out');
}
