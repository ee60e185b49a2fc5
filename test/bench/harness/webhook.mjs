// In: nothing. Out: a webhook receiver in the bench's own process that notes when each alert came.

import { createServer } from 'node:http';

/** Listens on a free loopback port. Whoever starts it closes it. */
export async function startWebhook() {
  /** When each alert was first told, by a key of its own: `firing TARGET`, in milliseconds of performance.now(). */
  const told = new Map();
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
        if (!told.has(key)) told.set(key, at);
      }
    });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    told,
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
