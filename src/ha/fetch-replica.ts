// Asks another monitor what it is and sees. Comes in: its address; goes out: its answer, checked.

import { secretsOfHttp } from '../config/http-client/secrets.js';
import { HttpClient, RedirectError } from '../http-client/client.js';
import { explainError } from '../http-client/errors.js';
import { oneLine, scrub } from '../model/scrub.js';
import { LEASE_STATES, type PeerAddress, type ReplicaAnswer } from './settings.js';

/** Bytes of an answer: more than that many services have no monitor that keeps up. */
const MAX_ANSWER = 4 * 1024 * 1024;
const PATH = '/replica';

/** Asks once. @throws Error with one line without secrets */
export async function fetchReplica(address: PeerAddress, signal: AbortSignal): Promise<ReplicaAnswer> {
  const base = new URL(address.url);
  const url = new URL(base.pathname.replace(/\/+$/, '') + PATH, base);
  const client = new HttpClient(base, address);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    const sink = () => (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_ANSWER) throw new Error(`its answer is longer than ${MAX_ANSWER} bytes`);
      chunks.push(chunk);
    };
    const { status } = await client.call({ method: 'GET', url }, { signal, sink });
    if (status === 404)
      throw new Error(`answers HTTP 404 to ${PATH}: it has no section ha, or is an older version; update it`);
    if (status !== 200) throw new Error(`answers HTTP ${status} to ${PATH}`);
    return replicaOf(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    const reason = error instanceof RedirectError ? error.message : explainError(error);
    throw new Error(oneLine(scrub(reason, secretsOfHttp(address))));
  } finally {
    client.close();
  }
}

function replicaOf(text: string): ReplicaAnswer {
  let value: Partial<Record<keyof ReplicaAnswer, unknown>> | null = null;
  try {
    value = JSON.parse(text);
  } catch {
    // What it is instead is of no use.
  }
  const { replica, id, version, lease, services } = value ?? {};
  // A newer monitor may have other words for its own lease; only one that holds it matters here.
  const state = LEASE_STATES.find(each => each === lease) ?? 'none';
  const isObject = typeof services === 'object' && services !== null && !Array.isArray(services);
  if (
    typeof replica !== 'string' ||
    typeof id !== 'string' ||
    typeof version !== 'string' ||
    typeof lease !== 'string' ||
    !isObject
  )
    throw new Error(`its answer to ${PATH} is not that of a langgraph-monitor`);
  const views = Object.entries(services).filter(
    (entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
  );
  return { replica, id, version, lease: state, services: Object.fromEntries(views) };
}
