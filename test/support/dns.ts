// A name server on a port of its own, whose answers a test sets while it runs.

import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

const TYPES: Record<number, 'A' | 'AAAA'> = { 1: 'A', 28: 'AAAA' };
const CODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };

/** What it answers for a name; a type that is not there has no records. */
export interface Zone {
  readonly A?: readonly string[] | 'silent';
  readonly AAAA?: readonly string[] | 'silent';
  /** Milliseconds an AAAA answer takes. */
  readonly delayAAAA?: number;
  /** Seconds; 60 unless given. */
  readonly ttl?: number;
  readonly code?: keyof typeof CODES;
  /** Of AAAA alone. */
  readonly codeAAAA?: keyof typeof CODES;
  /** Milliseconds an A answer takes. */
  readonly delayA?: number;
}

/** Answers from `zones`; names that are not in them do not exist. Closed by {@link close}. */
export class NameServer {
  readonly zones: Record<string, Zone | 'silent'>;
  /** `TYPE name` of every question, in order. */
  readonly asked: string[] = [];
  /** While true nothing is answered. */
  isSilent = false;
  readonly #socket: Socket;
  #isOpen = true;

  private constructor(socket: Socket, zones: Record<string, Zone | 'silent'>) {
    this.#socket = socket;
    this.zones = zones;
    socket.on('message', (message, from) => this.#answer(message, from));
  }

  static async start(zones: Record<string, Zone | 'silent'> = {}): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
    return new NameServer(socket, zones);
  }

  /** As a line of resolv.conf has it. */
  get address(): string {
    return `127.0.0.1:${(this.#socket.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#isOpen = false;
    return new Promise(resolve => this.#socket.close(() => resolve()));
  }

  #answer(message: Buffer, from: { address: string; port: number }): void {
    const { name, type, question } = readQuestion(message);
    this.asked.push(`${type} ${name}`);
    const zone = this.zones[name] ?? { code: 'NXDOMAIN' as const };
    if (this.isSilent || zone === 'silent' || zone[type] === 'silent') return;
    const code = (type === 'AAAA' ? zone.codeAAAA : undefined) ?? zone.code;
    const addresses = code === undefined ? (zone[type] ?? []) : [];
    const records = (addresses as readonly string[]).map(address => record(type, address, zone.ttl ?? 60));
    const header = Buffer.alloc(12);
    message.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | CODES[code ?? 'NOERROR'], 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    const answer = Buffer.concat([header, question, ...records]);
    const send = () => this.#isOpen && this.#socket.send(answer, from.port, from.address, () => {});
    setTimeout(send, (type === 'AAAA' ? zone.delayAAAA : zone.delayA) ?? 0);
  }
}

function readQuestion(message: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] as number; length > 0; length = message[at] as number) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const type = TYPES[message.readUInt16BE(at + 1)] as 'A' | 'AAAA';
  // The DNS library writes some letters in upper case, which the answer has to repeat.
  return { name: labels.join('.').toLowerCase(), type, question: message.subarray(12, at + 5) };
}

function record(type: 'A' | 'AAAA', address: string, ttl: number): Buffer {
  const data = type === 'A' ? Buffer.from(address.split('.').map(Number)) : bytesOf(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type === 'A' ? 1 : 28, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function bytesOf(address: string): Buffer {
  const [front = '', back = ''] = address.split('::');
  const words = (part: string) => (part === '' ? [] : part.split(':').map(word => Number.parseInt(word, 16)));
  const [left, right] = [words(front), words(back)];
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap(word => [word >> 8, word & 0xff]));
}
