// HAProxy's statistics from its stats socket.

import { connect } from 'node:net';
import { failureOf } from '../../http/failure.js';
import { type Attempt, ProbeFailure } from '../../probe.js';

/** A stats socket closes when it has answered; something else, which does not, is waited for no longer once silent. */
const SILENCE = 200;

/** An empty line ends every answer. Source: HAProxy, doc/management.txt, 9.3 (Unix Socket commands). */
const END = '\n\n';

/** Sends `show stat` and returns the answer, at most `limit` bytes of it. @throws ProbeFailure */
export function showStat(path: string, limit: number, attempt: Attempt): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let silence: NodeJS.Timeout | undefined;
    const socket = connect({ path }, () => socket.write('show stat\n'));
    socket.on('data', chunk => {
      clearTimeout(silence);
      if (!isStatistics(chunks[0] ?? chunk)) silence = setTimeout(() => socket.destroy(), SILENCE);
      length += chunk.length;
      chunks.push(chunk);
      if (length > limit)
        socket.destroy(
          new ProbeFailure('body', `Statistics are longer than ${limit} bytes (stats_body_limit)`),
        );
    });
    socket.on('error', error => reject(failureOf(error)));
    socket.on('close', () => {
      clearTimeout(silence);
      const answer = Buffer.concat(chunks);
      if (chunks[0] && isStatistics(chunks[0]) && answer.subarray(-END.length).toString() !== END)
        reject(new ProbeFailure('protocol', 'Connection closed before the statistics were complete'));
      else resolve(answer.toString('utf8'));
    });
    attempt.onCancel(() => socket.destroy(new ProbeFailure('timeout', 'Request timed out')));
  });
}

/** Statistics begin with the mark of their line of columns. */
function isStatistics(first: Buffer): boolean {
  return first[0] === '#'.charCodeAt(0);
}
