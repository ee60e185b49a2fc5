// What is said of name servers that answer nothing, something else, or too much.

import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { dns } from '../../../../src/probes/kinds/dns.js';
import { freePort } from '../../../support/child.js';
import { checkedBy } from '../checked.js';
import { Bench } from '../recording.js';

const bench = new Bench();
const closing: (() => unknown)[] = [];
afterAll(async () => {
  await bench.close();
  for (const close of closing) await close();
});

const said = async (address: string, options: object, timeout = 5000) =>
  checkedBy(await bench.open(dns, { address, ...options }), timeout);

async function listening(listener: Server): Promise<string> {
  const sockets = new Set<Socket>();
  listener.on('connection', socket => sockets.add(socket));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

type Reply = (question: Buffer, from: RemoteInfo, socket: UdpSocket) => void;

async function udp(reply: Reply): Promise<string> {
  const socket = createSocket('udp4');
  closing.push(() => socket.close());
  socket.on('message', (message, from) => reply(message, from, socket));
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  return `127.0.0.1:${socket.address().port}`;
}

/** The question as an answer without records, changed by a function. */
function answerTo(question: Buffer, change: (answer: Buffer) => void = () => {}): Buffer {
  const answer = Buffer.from(question);
  answer[2] = 0x81;
  change(answer);
  return answer;
}

describe('servers that answer something else', () => {
  const A = { query_name: 'one.test' };
  const otherId = (answer: Buffer) => answer.writeUInt16BE((answer.readUInt16BE(0) + 1) % 0x10000, 0);
  const truncated = (answer: Buffer) => answer.writeUInt8(0x83, 2);
  const many = (answer: Buffer) => answer.writeUInt16BE(0xffff, 6);
  const cases: readonly [name: string, reply: Reply, want: string | RegExp][] = [
    ['nothing', () => {}, 'timeout: Request timed out waiting for an answer'],
    ['as it should', (q, from, socket) => socket.send(answerTo(q), from.port), 'ok'],
    [
      'another id first',
      (q, from, socket) =>
        socket.send(answerTo(q, otherId), from.port, () => socket.send(answerTo(q), from.port)),
      'ok',
    ],
    [
      'another id',
      (q, from, socket) => socket.send(answerTo(q, otherId), from.port),
      'timeout: Request timed out waiting for an answer (1 answers to other questions came)',
    ],
    ['the question', (q, from, socket) => socket.send(q, from.port), /^timeout: /],
    ['two bytes', (q, from, socket) => socket.send(q.subarray(0, 2), from.port), /^timeout: /],
    [
      'fewer records than it says',
      (q, from, socket) => socket.send(answerTo(q, many), from.port),
      /^protocol: The answer is damaged \(/,
    ],
    [
      'a truncated answer and no TCP',
      (q, from, socket) => socket.send(answerTo(q, truncated), from.port),
      'refused: Connection refused',
    ],
  ];
  test.each(cases)('%s', async (_, reply, want) => {
    const words = await said(await udp(reply), A, 1000);
    if (typeof want === 'string') expect(words).toBe(want);
    else expect(words).toMatch(want);
  });

  test('an answer from another address is not taken', async () => {
    const other = createSocket('udp4');
    closing.push(() => other.close());
    const address = await udp((q, from) => other.send(answerTo(q), from.port, '127.0.0.1'));
    expect(await said(address, A, 500)).toBe('timeout: Request timed out waiting for an answer');
  });

  test('names that point to themselves', async () => {
    const loop: Reply = (q, from, socket) => {
      const record = Buffer.from([0xc0, q.length, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4]);
      socket.send(Buffer.concat([answerTo(q, answer => answer.writeUInt16BE(1, 6)), record]), from.port);
    };
    expect(await said(await udp(loop), A)).toMatch(/^protocol: The answer is damaged/);
  });

  test('a flood of answers to other questions', async () => {
    const flood: Reply = (q, from, socket) => {
      const wrong = answerTo(q, otherId);
      let sent = 0;
      const more = () => {
        if (sent++ < 20_000) socket.send(wrong, from.port, from.address, () => setImmediate(more));
      };
      for (let i = 0; i < 50; i++) more();
    };
    expect(await said(await udp(flood), A)).toBe(
      'protocol: More than 1000 messages came that answer another question',
    );
  });

  test('a closed port', async () => {
    expect(await said(`127.0.0.1:${await freePort()}`, A)).toBe('refused: Connection refused');
  });

  const overTcp: readonly [name: string, serve: (socket: Socket) => void, want: string][] = [
    ['nothing', () => {}, 'timeout: Request timed out waiting for an answer'],
    [
      'half an answer',
      socket => void socket.once('data', () => socket.end(Buffer.from([0, 100, 1, 2]))),
      'protocol: Connection closed before the answer was complete',
    ],
    [
      'one byte at a time',
      socket => void setInterval(() => socket.write(Buffer.from([255])), 20).unref(),
      'timeout: Request timed out waiting for an answer',
    ],
    [
      'zeros without end',
      socket => {
        const more = () => {
          while (!socket.destroyed && socket.write(Buffer.alloc(1000)));
        };
        socket.on('drain', more);
        more();
      },
      'protocol: More than 1000 messages came that answer another question',
    ],
  ];
  test.each(overTcp)('over TCP: %s', async (_, serve, want) => {
    const address = await listening(createServer(socket => void serve(socket.on('error', () => {}))));
    expect(await said(address, { ...A, transport_protocol: 'tcp' }, 1000)).toBe(want);
  });
});

test('recursion is asked for unless it is not wanted', async () => {
  const asked: number[] = [];
  const address = await udp((q, from, socket) => {
    asked.push((q[2] as number) & 1);
    socket.send(answerTo(q), from.port);
  });
  await said(address, { query_name: 'a.test' });
  await said(address, { query_name: 'a.test', recursion_desired: false });
  expect(asked).toEqual([1, 0]);
});
