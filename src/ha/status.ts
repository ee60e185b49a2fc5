// What /health says of several monitors.

import { conflictOf, type Lease } from './lease.js';
import type { PeerState } from './peers.js';
import type { LeaseState } from './settings.js';

export interface ReplicaStatus {
  readonly replica: string;
  readonly peers: readonly {
    readonly url: string;
    readonly replica: string | null;
    readonly status: string;
  }[];
  readonly lease?: {
    readonly state: LeaseState;
    readonly holder: string | null;
    readonly is_sending: boolean;
    readonly status: string;
  };
}

/** @param lease undefined: every monitor sends */
export function haStatus(
  replica: string,
  peers: readonly PeerState[],
  lease: Pick<Lease, 'state' | 'holder' | 'isSending' | 'problem' | 'isConflict'> | undefined,
): ReplicaStatus {
  const shown = peers.map(({ url, answer, isUp, problem }) => ({
    url,
    replica: answer?.replica ?? null,
    status: problem ?? (isUp ? 'ok' : 'not asked yet'),
  }));
  if (!lease) return { replica, peers: shown };
  const status = lease.problem ?? (lease.isConflict ? conflictOf(replica) : 'ok');
  const { state, holder = null, isSending } = lease;
  return { replica, peers: shown, lease: { state, holder, is_sending: isSending, status } };
}
