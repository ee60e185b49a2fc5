// The messages of grpc.health.v1, and what its answers mean. Source: grpc-proto, grpc/health/v1/health.proto; Protocol Buffers,
// "Encoding".

/** Names of HealthCheckResponse.ServingStatus by number. */
export const SERVING_STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export const SERVING = 1;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
/** Of a 64-bit number. */
const MAX_VARINT_LENGTH = 10;

/** A HealthCheckRequest: the field `service`, 1. */
export function encodeRequest(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length === 0) return name;
  return Buffer.concat([Buffer.from([(1 << 3) | LENGTH_DELIMITED]), varint(name.length), name]);
}

/** The field `status`, 1, of a HealthCheckResponse; without one it is 0. @throws Error for what is no message */
export function decodeResponse(message: Uint8Array): number {
  let status = 0;
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_LENGTH; i++) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('the message ends too early');
      // Larger numbers than 2^53 lose digits; none is of a status or a length.
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new Error('a number in the message is too long');
  };
  while (at < message.length) {
    const key = readVarint();
    const type = key % 8;
    if (type === VARINT) {
      const value = readVarint();
      if (Math.floor(key / 8) === 1) status = value;
    } else if (type === LENGTH_DELIMITED) {
      const length = readVarint();
      at += length;
    } else if (type === FIXED64) at += 8;
    else if (type === FIXED32) at += 4;
    else throw new Error('the message has a field of an unknown type');
    if (at > message.length) throw new Error('the message ends too early');
  }
  return status;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}
