// What a probe records of its connection, whatever the protocol.

import type { DialTrace } from '../../net/dial.js';
import type { Attempt } from '../probe.js';
import { addressHash } from './address.js';
import { connectionReused, dnsLookup, ipHash, ipProtocol } from './families.js';

/** The families of {@link recordConnection}. */
export const connectionFamilies = [dnsLookup, connectionReused, ipProtocol, ipHash];

const NO_LABELS: readonly string[] = [];

/** Records them. @param reused whether it was there before the probe; undefined when there is none */
export function recordConnection(
  attempt: Attempt,
  { resolve, address }: Pick<DialTrace, 'resolve' | 'address'>,
  reused: boolean | undefined,
): void {
  // An address, or a connection there was already, takes no lookup.
  attempt.record(dnsLookup, NO_LABELS, (resolve ?? 0) / 1000);
  if (reused !== undefined) attempt.record(connectionReused, NO_LABELS, reused ? 1 : 0);
  if (!address) return;
  attempt.record(ipProtocol, NO_LABELS, address.includes(':') ? 6 : 4);
  attempt.record(ipHash, NO_LABELS, addressHash(address));
}
