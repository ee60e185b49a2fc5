// The floor under probes in Node: asks for small answers over kept connections and reads them whole, nothing else.
//
// usage: bare-client.mjs node:http|node:net|undici EVERY_MS AT_ONCE PORT...
// Makes AT_ONCE requests every EVERY_MS; with EVERY_MS 0 so many back to back all the time. Prints each second the requests it has made
// and the CPU it has used, in milliseconds: {"requests":R,"cpu":C}.

import http from 'node:http';
import net from 'node:net';

const [how, every, atOnce, ...ports] = process.argv.slice(2);
const SERVICES = 200;

const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });

const byHttp = (port, path) =>
  new Promise((resolve, reject) => {
    http
      .get({ agent, host: '127.0.0.1', port, path }, response => {
        response.setEncoding('utf8');
        response.on('data', () => {});
        response.on('end', resolve);
      })
      .on('error', reject);
  });

/** Sockets that wait for a request, by port. */
const idle = new Map();

/** Knows no more of HTTP than that an answer of the health server comes in one piece. */
const bySocket = (port, path) =>
  new Promise((resolve, reject) => {
    if (!idle.has(port)) idle.set(port, []);
    const free = idle.get(port);
    const socket = free.pop() ?? net.connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('data', () => {
      socket.off('error', reject);
      free.push(socket);
      resolve();
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`, 'latin1');
  });

async function byUndici() {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({ connections: 10 });
  return async (port, path) => {
    const { body } = await request(`http://127.0.0.1:${port}${path}`, { dispatcher });
    await body.text();
  };
}

const ask = { 'node:http': byHttp, 'node:net': bySocket, undici: how === 'undici' && (await byUndici()) }[
  how
];

let [requests, next] = [0, 0];
async function askNext() {
  const i = next++;
  await ask(ports[i % ports.length], `/service/${i % SERVICES}`);
  requests++;
}

async function backToBack() {
  for (;;) await askNext();
}

const repeat = work => {
  for (let i = 0; i < Number(atOnce); i++) void work();
};
if (Number(every) === 0) repeat(backToBack);
else setInterval(repeat, Number(every), askNext);

setInterval(() => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${JSON.stringify({ requests, cpu: (user + system) / 1000 })}\n`);
}, 1000);
