// HAProxy's statistics from its stats socket. Called by the haproxy probe when stats_url is `unix:/PATH`.

import { connect } from 'node:net';
import { failureOf } from '../../http/trouble.js';
import { type Attempt, ProbeFailure } from '../../probe.js';

/** Sends `show stat` and returns the answer, at most `limit` bytes of it. @throws ProbeFailure */
export function showStat(path: string, limit: number, attempt: Attempt): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const socket = connect({ path }, () => socket.write('show stat\n'));
    socket.on('data', chunk => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limit)
        socket.destroy(new ProbeFailure('body', `Statistics are longer than ${limit} bytes`));
    });
    socket.on('error', error => reject(failureOf(error)));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    attempt.onCancel(() => socket.destroy(new ProbeFailure('timeout', 'Request timed out')));
  });
}
