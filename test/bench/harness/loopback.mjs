// In: a loopback URL. Out: its answer. Also picks free ports.

import http from 'node:http';
import { createServer } from 'node:net';

const agent = new http.Agent({ keepAlive: true });

/**
 * GET over a kept connection.
 * @returns {Promise<{status: number, headers: object, body: Buffer}>} @throws Error after 30 s, or unless 200 to 299.
 */
export async function get(url, headers = {}) {
  try {
    return await getOnce(url, headers);
  } catch (error) {
    // A kept connection may be closed by the server in the moment it is used again (RFC 9112, 9.3.1).
    if (error.code === 'ECONNRESET' && error.wasReused) return getOnce(url, headers);
    throw error;
  }
}

function getOnce(url, headers) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers, timeout: 30_000 }, response => {
      const chunks = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status, headers } = response;
        if (status < 200 || status > 299) return reject(new Error(`${url} answers ${status}`));
        resolve({ status, headers, body: Buffer.concat(chunks) });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`${url} does not answer`)));
    request.on('error', error => reject(Object.assign(error, { wasReused: request.reusedSocket })));
  });
}

/** POST of a text. @throws Error after 30 s, or unless 200 to 299. */
export async function post(url, body) {
  const answer = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** GET, as parsed JSON. */
export async function getJson(url) {
  return JSON.parse((await get(url)).body.toString());
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
