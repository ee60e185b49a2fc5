// In: nothing. Out: a webhook receiver in the bench's own process that records when each alert arrived.

import { createServer } from 'node:http';

/** Listens on a free loopback port. The caller must close it. */
export async function startWebhook() {
  /** When each alert was first received, by key: `firing TARGET`, in milliseconds of performance.now(). */
  const received = new Map();
  let requests = 0;
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const at = performance.now();
      response.end();
      requests++;
      for (const { status, labels } of JSON.parse(Buffer.concat(chunks).toString()).alerts) {
        const key = `${status} ${labels.target}`;
        if (!received.has(key)) received.set(key, at);
      }
    });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    received,
    get requests() {
      return requests;
    },
    close: () =>
      new Promise(resolve => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
