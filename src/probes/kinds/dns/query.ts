// One question to a name server over UDP, TCP or TLS. Comes in: where and what; goes out: the answer as it was sent, and what
// getting it took.
// Source: RFC 1035, 4.2 (transport); RFC 7766 (TCP after a truncated answer); RFC 7858 (TLS).

import { randomInt } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { DecodedPacket, RecordClass, RecordType } from 'dns-packet';
import type { TlsConfig } from '../../../config/http-client/config.js';
import type { IpProtocolConfig } from '../../../config/ip-protocol.js';
import type { Millis } from '../../../model/time.js';
import { literalAddress, onlyFamily, sortAddresses } from '../../../net/address.js';
import { DialTrace, dial } from '../../../net/dial.js';
import { type Resolver, systemResolver } from '../../../net/resolver.js';
import type { HostPort } from '../../host-port.js';
import { failureOf } from '../../http/failure.js';
import { type TlsOptions, type TlsTrace, tlsOptionsNow, traceTls } from '../../http/tls.js';
import { protocolOf } from '../../ip-protocol.js';
import { ProbeFailure } from '../../probe.js';
import { waitedFor } from '../../waited-for.js';

export type DnsLibrary = Pick<typeof import('dns-packet'), 'encode' | 'decode' | 'RECURSION_DESIRED'>;

export interface DnsTarget extends IpProtocolConfig {
  readonly address: HostPort;
  readonly transport_protocol: 'udp' | 'tcp';
  readonly dns_over_tls: boolean;
  readonly tls_config?: TlsConfig | undefined;
}

export interface DnsQuestion {
  readonly name: string;
  readonly type: string;
  readonly class: string;
  readonly recursionDesired: boolean;
}

/** Answers to other questions that are skipped. A server that sends them without end is not waited for. */
const MAX_SKIPPED = 1000;

/** Used once; the caller must close it. */
export class DnsQuery {
  readonly trace = new DialTrace();
  /** From the question to the answer; undefined until it is there. */
  request: Millis | undefined;
  /** What TLS showed; undefined without it. */
  tls: TlsTrace | undefined;
  readonly #target: DnsTarget;
  readonly #library: DnsLibrary;
  readonly #resolver: Resolver;
  readonly #calledOff = new AbortController();
  readonly #id = randomInt(0x10000);
  #socket: Socket | undefined;
  #udp: UdpSocket | undefined;
  #skipped = 0;

  /** @param resolver of the name server's own name; the thread's own unless another is given */
  constructor(target: DnsTarget, library: DnsLibrary, resolver: Resolver = systemResolver()) {
    this.#target = target;
    this.#library = library;
    this.#resolver = resolver;
  }

  /** What it means if the deadline passes now. */
  get waitedFor(): ProbeFailure {
    if (this.trace.stage !== 'ready') return waitedFor(this.trace, this.#target.address.host);
    const others = this.#skipped > 0 ? ` (${this.#skipped} answers to other questions came)` : '';
    return new ProbeFailure('timeout', `Request timed out waiting for an answer${others}`);
  }

  /** Asks; a truncated answer is asked for again over TCP. @throws ProbeFailure */
  async ask(question: DnsQuestion): Promise<DecodedPacket> {
    const { encode, RECURSION_DESIRED } = this.#library;
    const packet = encode({
      type: 'query',
      id: this.#id,
      flags: question.recursionDesired ? RECURSION_DESIRED : 0,
      questions: [
        { name: question.name, type: question.type as RecordType, class: question.class as RecordClass },
      ],
    });
    const { transport_protocol: transport, dns_over_tls, tls_config } = this.#target;
    try {
      if (transport === 'udp' && !dns_over_tls) {
        const answer = await this.#askUdp(packet);
        if (!answer.flag_tc) return answer;
      }
      return await this.#askTcp(packet);
    } catch (error) {
      throw failureOf(error, {
        hasCertificate: tls_config?.cert_file !== undefined,
        plain: 'remove dns_over_tls',
      });
    } finally {
      this.close();
    }
  }

  /** Lets go of the sockets, also while one is being connected. */
  close(): void {
    this.#calledOff.abort(new ProbeFailure('timeout', 'Request timed out'));
    this.#socket?.destroy();
    const udp = this.#udp;
    this.#udp = undefined;
    udp?.close();
  }

  async #askUdp(packet: Buffer): Promise<DecodedPacket> {
    const { host, port } = this.#target.address;
    const protocol = protocolOf(this.#target);
    const { signal } = this.#calledOff;
    const begun = performance.now();
    const lookup = { signal, only: onlyFamily(protocol), isPreferred: protocol.preferred !== undefined };
    const addresses = await this.#resolver.lookup(host, lookup);
    signal.throwIfAborted();
    const [{ address, family }] = sortAddresses(host, addresses, protocol) as [
      { address: string; family: 4 | 6 },
    ];
    const looked = performance.now();
    if (!literalAddress(host)) this.trace.resolve = looked - begun;
    this.trace.address = address;
    this.trace.stage = 'connect';
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    this.#udp = socket;
    return await new Promise<DecodedPacket>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      socket.once('error', reject);
      // The system then discards what comes from any other address, and reports a port that is closed.
      socket.connect(port, address, () => {
        const sent = performance.now();
        this.trace.connect = sent - looked;
        this.trace.stage = 'ready';
        socket.on('message', message => {
          try {
            const answer = this.#read(message);
            if (!answer) return;
            this.request = performance.now() - sent;
            resolve(answer);
          } catch (error) {
            reject(error);
          }
        });
        socket.send(packet, error => error && reject(error));
      });
    });
  }

  async #askTcp(packet: Buffer): Promise<DecodedPacket> {
    const { address, dns_over_tls: usesTls, tls_config } = this.#target;
    let options: TlsOptions | undefined;
    const tls = () => {
      const { ALPNProtocols: _, ...read } = tlsOptionsNow(tls_config);
      options = read;
      return read;
    };
    const socket = await dial(
      { ...address, protocol: protocolOf(this.#target), tls: usesTls ? tls : undefined },
      { signal: this.#calledOff.signal, trace: this.trace, resolver: this.#resolver },
    );
    this.#socket = socket;
    socket.on('error', () => {});
    this.#calledOff.signal.throwIfAborted();
    if (options) {
      this.tls = traceTls(socket as TLSSocket, options, options.servername ?? address.host);
      if (this.tls.problem && !tls_config?.insecure_skip_verify)
        throw new ProbeFailure('tls', `TLS: ${this.tls.problem}`);
    }
    const sent = performance.now();
    const length = Buffer.alloc(2);
    length.writeUInt16BE(packet.length);
    socket.write(Buffer.concat([length, packet]));
    const answer = await this.#readStream(socket);
    this.request = performance.now() - sent;
    return answer;
  }

  /** Messages of a stream, each behind its length, until the answer is among them. */
  async #readStream(socket: Socket): Promise<DecodedPacket> {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const end = 2 + rest.readUInt16BE(0);
        const answer = this.#read(rest.subarray(2, end));
        if (answer) return answer;
        rest = rest.subarray(end);
      }
    }
    throw new ProbeFailure('protocol', 'Connection closed before the answer was complete');
  }

  /** Undefined for what is no answer to the question. @throws ProbeFailure for one that cannot be read */
  #read(message: Buffer): DecodedPacket | undefined {
    const isOurs =
      message.length >= 12 && message.readUInt16BE(0) === this.#id && (message[2] as number) >= 0x80;
    if (!isOurs) {
      if (++this.#skipped > MAX_SKIPPED)
        throw new ProbeFailure(
          'protocol',
          `More than ${MAX_SKIPPED} messages came that answer another question`,
        );
      return undefined;
    }
    try {
      return this.#library.decode(message);
    } catch (error) {
      throw new ProbeFailure('protocol', `The answer is damaged (${(error as Error).message})`);
    }
  }
}
