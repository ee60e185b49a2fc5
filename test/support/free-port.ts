// Ports for programs that have to be given one.

import { createServer } from 'node:net';

/** Below those that the system gives to servers on port 0 and to connections, and above those that `fetch` refuses. */
const FIRST = 20_000;
const COUNT = 12_000;

let next = Math.floor(Math.random() * COUNT);

/**
 * A port of 127.0.0.1 on which nothing listens. It is this process's own until that ends: no other call gets it, here or in
 * another process, and the system gives it to none, so that it is free still when a program is started on it or started
 * again, and refuses connections as long as none is.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = FIRST + (next++ % COUNT);
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error('no port is free');
}

/** By a socket with a name of Linux' own (no file), which ends with the process however that ends. */
function claim(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createServer();
    socket.once('error', () => resolve(false));
    socket.listen(`\0langgraph-monitor-port-${port}`, () => {
      socket.unref();
      resolve(true);
    });
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
