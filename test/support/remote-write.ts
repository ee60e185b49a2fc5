// Receivers of remote write for tests: a gate before a real one, which can be closed, and what requests say by the messages of
// the specification, read with another library than they are written with.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';
import snappy from 'snappyjs';
import { listener } from './http.js';

/** What is answered: by the receiver behind the gate, with a status, or not at all. */
export type GateMode =
  | 'pass'
  | 'hang'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

/** A request as it came. */
export interface GateRequest {
  readonly at: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** What the gate did. */
  readonly mode: GateMode;
  /** What was answered; undefined when nothing was. */
  readonly status: number | undefined;
}

/** A gate that listens. The caller must close it. */
export class Gate {
  mode: GateMode = 'pass';
  readonly requests: GateRequest[] = [];
  readonly #server: Server;
  readonly #target: string | undefined;
  readonly #scheme: 'http' | 'https';

  /** @param target where requests go that pass; without one they are answered with 204 @param tls its certificate, if it has one */
  constructor(target?: string, tls?: { readonly cert: string; readonly key: string }) {
    this.#target = target;
    this.#scheme = tls ? 'https' : 'http';
    const handle = listener((request, response) => this.#handle(request, response));
    this.#server = tls ? createTlsServer({ cert: tls.cert, key: tls.key }, handle) : createServer(handle);
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}/api/v1/write`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [body, { mode }] = [Buffer.concat(chunks), this];
    const at = Date.now();
    const { headers } = request;
    const note = (status: number | undefined) => this.requests.push({ at, headers, body, mode, status });
    if (mode === 'hang') {
      note(undefined);
      return;
    }
    if (mode !== 'pass') {
      note(mode.status);
      response.writeHead(mode.status, mode.headers).end(mode.body);
      return;
    }
    const answer = this.#target ? await this.#forward(headers, body) : { status: 204, text: '' };
    note(answer.status);
    const written = String(headers['x-prometheus-remote-write-version']).startsWith('2.')
      ? { 'x-prometheus-remote-write-samples-written': '1' }
      : {};
    response.writeHead(answer.status, written).end(answer.text);
  }

  async #forward(
    headers: IncomingMessage['headers'],
    body: Buffer,
  ): Promise<{ status: number; text: string }> {
    try {
      const answer = await fetch(this.#target as string, {
        method: 'POST',
        body: new Uint8Array(body),
        headers: {
          'content-type': String(headers['content-type']),
          'content-encoding': 'snappy',
          'x-prometheus-remote-write-version': String(headers['x-prometheus-remote-write-version']),
        },
      });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return { status: 502, text: 'the receiver is away' };
    }
  }
}

/** The parts of the specifications' messages that are sent. */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
  message MetricMetadata { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
  message WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
  message Metadata2 { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
  message TimeSeries2 { repeated uint32 labels_refs = 1; repeated Sample samples = 2; Metadata2 metadata = 5; }
  message Request { repeated string symbols = 4; repeated TimeSeries2 timeseries = 5; }
`,
  { keepCase: true },
);

/** A series of a message. */
export interface WrittenSeries {
  /** In their order. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Values by their bits, as two NaN are not the same. */
  readonly samples: readonly (readonly [at: number, bits: bigint])[];
  readonly metadata?: { readonly type: number; readonly help: string } | undefined;
}

interface Decoded {
  readonly timeseries?: readonly {
    readonly labels?: readonly { name: string; value: string }[];
    readonly labels_refs?: readonly number[];
    readonly samples: readonly { value: number; timestamp: { toString(): string } }[];
    readonly metadata?: { type: number; help_ref: number };
  }[];
  readonly metadata?: readonly { type: number; metric_family_name: string; help: string }[];
  readonly symbols?: readonly string[];
}

/** What a request says. */
export function written({ headers, body }: GateRequest): WrittenSeries[] {
  const message = decoded(headers, body);
  const symbols = message.symbols ?? [];
  const pairs = (refs: readonly number[]) =>
    Array.from(
      { length: refs.length / 2 },
      (_, i) => [symbols[refs[2 * i] as number], symbols[refs[2 * i + 1] as number]] as [string, string],
    );
  return (message.timeseries ?? []).map(({ labels, labels_refs, samples, metadata }) => ({
    labels: labels_refs?.length
      ? pairs(labels_refs)
      : (labels ?? []).map(({ name, value }) => [name, value] as const),
    samples: samples.map(({ value, timestamp }) => [Number(timestamp.toString()), bitsOf(value)] as const),
    metadata: metadata && { type: metadata.type, help: symbols[metadata.help_ref] as string },
  }));
}

/** The metadata of a request of 1.0. */
export function writtenMetadata({ headers, body }: GateRequest) {
  return decoded(headers, body).metadata ?? [];
}

function decoded(headers: IncomingMessage['headers'], body: Buffer): Decoded {
  const isSecond = String(headers['content-type']).includes('io.prometheus.write.v2.Request');
  const bytes = snappy.uncompress(body);
  return root.lookupType(isSecond ? 'Request' : 'WriteRequest').decode(bytes) as unknown as Decoded;
}

/** The bits of a number. */
export function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** Prometheus' stale marker, and the NaN that is a value. */
export const STALE = 0x7ff0000000000002n;
export const NOT_A_NUMBER = 0x7ff8000000000001n;
