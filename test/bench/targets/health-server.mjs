// What the probes ask: a small JSON health answer on every path, on several ports, so that a client that
// keeps ten connections a host has fifty. Also speaks enough of Ollama for its probe. Prints its ports as a
// JSON list.

import http from 'node:http';

const BODY = Buffer.from('{"status":"healthy","memory_usage_percent":45.2}');
const ANSWERS = {
  '/api/tags': Buffer.from(
    '{"models":[{"name":"llama3.2:3b","model":"llama3.2:3b","size":2019393189,"digest":"a80c4f17acd5"}]}',
  ),
  '/api/ps': Buffer.from('{"models":[]}'),
};

function answer(request, response) {
  const body = ANSWERS[request.url] ?? BODY;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

const ports = [];
for (let i = 0; i < Number(process.argv[2] ?? 1); i++) {
  const server = http.createServer({ keepAliveTimeout: 120_000 }, answer);
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  ports.push(server.address().port);
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
