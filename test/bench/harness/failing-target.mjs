// In: which paths are to fail. Out: an HTTP server in the bench's own process that fails them.

import { createServer } from 'node:http';

/** Listens on a free loopback port; paths in `failing` are answered 503, others 200. The caller must close it. */
export async function startFailingTarget() {
  const failing = new Set();
  const server = createServer((request, response) => {
    response.statusCode = failing.has(request.url) ? 503 : 200;
    response.end('{}');
  });
  server.keepAliveTimeout = 60_000;
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    failing,
    close: () =>
      new Promise(resolve => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
