// What is said of TCP servers that send without end, drip, or do not read.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { tcp } from '../../../../src/probes/kinds/tcp.js';
import { checkedBy } from '../checked.js';
import { Bench } from '../recording.js';

const bench = new Bench();
const servers: Server[] = [];
const sockets = new Set<Socket>();
afterAll(async () => {
  await bench.close();
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

type Serve = (socket: Socket) => void;

async function served(serve: Serve): Promise<string> {
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const asks = (...steps: object[]) => ({ query_response: steps });
const said = async (address: string, options: object) =>
  checkedBy(await bench.open(tcp, { address, ...options }), 1000);

describe('servers that do harm', () => {
  const flood = (text: string): Serve => {
    return socket => {
      const more = () => {
        while (!socket.destroyed && socket.write(text));
      };
      socket.on('drain', more);
      more();
    };
  };
  const cases: readonly [name: string, serve: Serve, options: object, want: string][] = [
    [
      'lines for ever',
      flood(`${'x'.repeat(1000)}\n`),
      asks({ expect: 'y' }),
      'body: More than 1 MiB came, and none was the one that is expected',
    ],
    [
      'short lines for ever',
      flood('\n'.repeat(5000)),
      asks({ expect: 'y' }),
      'body: More than 10000 lines came, and none was the one that is expected',
    ],
    [
      'a line without an end, for ever',
      flood('x'.repeat(1000)),
      asks({ expect: 'y' }),
      'body: A line is longer than 64 KiB',
    ],
    [
      'what is not text',
      socket => socket.end(Buffer.from([0, 255, 254, 10, 13])),
      asks({ expect: 'y' }),
      'body: Connection closed before a line matched "y"; the last one was ""',
    ],
    [
      'one byte at a time',
      socket => void setInterval(() => socket.write('x'), 20).unref(),
      asks({ expect: 'y' }),
      'timeout: Request timed out waiting for a line that matches "y"; none came',
    ],
    ['a reset', socket => socket.resetAndDestroy(), asks({ expect: 'y' }), 'protocol: Connection reset'],
    [
      'nothing of a handshake',
      () => {},
      { tls: true },
      'timeout: Request timed out during the TLS handshake; does the port speak TLS?',
    ],
    [
      'nothing of a STARTTLS',
      socket => socket.write('220\n'),
      asks({ expect: '220', starttls: true }),
      'timeout: Request timed out during the TLS handshake; does the port speak TLS?',
    ],
    [
      'a server that does not read',
      socket => socket.pause(),
      asks({ send: 'x'.repeat(20_000_000) }),
      'timeout: Request timed out sending a line; the server does not read',
    ],
  ];
  test.each(cases)('%s', async (_, serve, options, want) => {
    expect(await said(await served(serve), options)).toBe(want);
  });

  test('a connection that is over is closed', async () => {
    let closed: () => void = () => {};
    const isClosed = new Promise<void>(resolve => {
      closed = resolve;
    });
    const address = await served(socket => socket.once('close', () => closed()).resume());
    expect(await said(address, asks({ send: 'hello' }))).toBe('ok');
    await isClosed;
  });
});
