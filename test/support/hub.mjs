// Services and a receiver of notifications in one program, for a network namespace: `GET /set/ID/STATUS` says how a service answers,
// `POST /notify` is a notification, of which standard output has a line.

import { createServer } from 'node:http';

const statuses = new Map();

async function answer(request, response) {
  const [, path, id, status] = (request.url ?? '').split('/');
  if (path === 'set') statuses.set(id, Number(status));
  if (path === 'notify') {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { status, alerts } = JSON.parse(body);
    for (const { labels } of alerts) console.log(JSON.stringify({ status, labels }));
  }
  response.writeHead(path === 'service' ? (statuses.get(id) ?? 200) : 200).end('{}');
}

createServer((request, response) => {
  // Of a line that was cut in the middle of a request.
  answer(request, response).catch(() => response.destroy());
}).listen(9000);
