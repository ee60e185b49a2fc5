// A large cluster: every service has an address of its own on loopback (127.1.0.0 and up, one port), as machines would have, so
// that no two of them share a connection. Some of them fail, some never answer; which ones is changed by
// POST /set?index=N&state=healthy|failing|hanging at the control port.
//
// In: the first service's number, how many there are, and a port that is free. Prints {"control": PORT} when all listen.

import http from 'node:http';
import net from 'node:net';

const [first, count, port] = process.argv.slice(2).map(Number);
const BODY = Buffer.from('{"status":"healthy","memory_usage_percent":45.2}');
const TROUBLE = Buffer.from('{"status":"unhealthy"}');
/** Of services that are not healthy, by number. */
const states = new Map();

const addressOf = number => `127.1.${number >> 8}.${number & 255}`;
const numberOf = address => {
  const [, , high, low] = address.split('.');
  return Number(high) * 256 + Number(low);
};

const services = http.createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const state = states.get(numberOf(request.socket.localAddress));
  if (state === 'hanging') return;
  const [status, body] = state === 'failing' ? [503, TROUBLE] : [200, BODY];
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});

/** All listeners hand their connections to one server: a server for each would take much more memory. */
function listen(address) {
  return new Promise((resolve, reject) => {
    const listener = net.createServer(socket => services.emit('connection', socket));
    listener.once('error', reject);
    listener.listen(port, address, resolve);
  });
}

for (let number = first; number < first + count; number++) await listen(addressOf(number));

const control = http.createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://control');
  for (const number of searchParams.get('index').split(',').map(Number))
    states.set(number, searchParams.get('state'));
  response.end();
});
await new Promise(resolve => control.listen(0, '127.0.0.1', resolve));
process.stdout.write(`${JSON.stringify({ control: control.address().port })}\n`);
