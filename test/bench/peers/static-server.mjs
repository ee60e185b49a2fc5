// The floor under an endpoint in Node: serves one file's bytes on every path.
//
// usage: static-server.mjs node:http|express FILE CONTENT_TYPE [CONTENT_ENCODING]; prints its port.

import { readFileSync } from 'node:fs';
import http from 'node:http';

const [how, file, type, encoding] = process.argv.slice(2);
const body = readFileSync(file);
const headers = { 'content-type': type, 'content-length': body.length };
if (encoding) headers['content-encoding'] = encoding;

async function handler() {
  if (how === 'node:http') return (_request, response) => response.writeHead(200, headers).end(body);
  const { default: express } = await import('express');
  const app = express();
  app.get('/{*path}', (_request, response) => response.set(headers).send(body));
  return app;
}

const server = http.createServer(await handler());
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
