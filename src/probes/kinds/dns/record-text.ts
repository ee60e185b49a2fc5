// DNS records as text, in the form of zone files, which is the one blackbox_exporter's expressions are matched with.
// Source: RFC 1035, 5.1 (format of lines); RFC 3597, 5 (records of an unknown type); miekg/dns where they leave a choice.

import type { Answer } from 'dns-packet';

/** What stands behind the type, by type. */
const DATA: Readonly<Record<string, (data: never) => string>> = {
  A: String,
  AAAA: String,
  CNAME: absolute,
  DNAME: absolute,
  NS: absolute,
  PTR: absolute,
  MX: (data: { preference: number; exchange: string }) => `${data.preference} ${absolute(data.exchange)}`,
  SRV: (data: { priority: number; weight: number; port: number; target: string }) =>
    `${data.priority} ${data.weight} ${data.port} ${absolute(data.target)}`,
  SOA: (data: Soa) =>
    [
      ...[absolute(data.mname), absolute(data.rname)],
      ...[data.serial, data.refresh, data.retry, data.expire, data.minimum],
    ].join(' '),
  TXT: (data: readonly Uint8Array[]) => data.map(quoted).join(' '),
  HINFO: (data: { cpu: string; os: string }) => `${quoted(data.cpu)} ${quoted(data.os)}`,
  CAA: (data: { flags: number; tag: string; value: string }) =>
    `${data.flags} ${data.tag} ${quoted(data.value)}`,
  DS: (data: { keyTag: number; algorithm: number; digestType: number; digest: Buffer }) =>
    `${data.keyTag} ${data.algorithm} ${data.digestType} ${data.digest.toString('hex').toUpperCase()}`,
  DNSKEY: (data: { flags: number; algorithm: number; key: Buffer }) =>
    `${data.flags} 3 ${data.algorithm} ${data.key.toString('base64')}`,
  TLSA: (data: { usage: number; selector: number; matchingType: number; certificate: Buffer }) =>
    `${data.usage} ${data.selector} ${data.matchingType} ${data.certificate.toString('hex')}`,
  NSEC: (data: { nextDomain: string; rrtypes: readonly string[] }) =>
    [absolute(data.nextDomain), ...data.rrtypes].join(' '),
  SSHFP: (data: { algorithm: number; hash: number; fingerprint: string }) =>
    `${data.algorithm} ${data.hash} ${data.fingerprint.toUpperCase()}`,
  RP: (data: { mbox: string; txt: string }) => `${absolute(data.mbox)} ${absolute(data.txt)}`,
  RRSIG: (data: Rrsig) =>
    [
      ...[data.typeCovered, data.algorithm, data.labels, data.originalTTL],
      ...[moment(data.expiration), moment(data.inception), data.keyTag],
      ...[absolute(data.signersName), data.signature.toString('base64')],
    ].join(' '),
  NAPTR: (data: Naptr) =>
    [
      ...[data.order, data.preference, quoted(data.flags), quoted(data.services), quoted(data.regexp)],
      absolute(data.replacement),
    ].join(' '),
};

interface Soa {
  readonly mname: string;
  readonly rname: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

interface Naptr {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly services: string;
  readonly regexp: string;
  readonly replacement: string;
}

interface Rrsig {
  readonly typeCovered: string;
  readonly algorithm: number;
  readonly labels: number;
  readonly originalTTL: number;
  readonly expiration: number;
  readonly inception: number;
  readonly keyTag: number;
  readonly signersName: string;
  readonly signature: Buffer;
}

/** A record's line: name, TTL, class, type and data between tabs. */
export function recordText(record: Answer): string {
  if (record.type === 'OPT') return `${absolute(record.name)}\tOPT`;
  const { name, ttl, class: of, type } = record as { name: string; ttl: number; class: string; type: string };
  return [absolute(name), ttl, of, type.replace(/^UNKNOWN_/, 'TYPE'), dataText(record)].join('\t');
}

/** The data of a record. */
export function dataText(record: Answer): string {
  const { type, data } = record as { type: string; data: unknown };
  const print = Object.hasOwn(DATA, type) ? DATA[type] : undefined;
  if (print) return print(data as never);
  return Buffer.isBuffer(data) ? `\\# ${data.length} ${data.toString('hex')}` : JSON.stringify(data);
}

/** A name with the dot behind it. */
function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

/** Unix seconds as `YYYYMMDDHHMMSS`. Source: RFC 4034, 3.2. */
function moment(at: number): string {
  return new Date(at * 1000).toISOString().slice(0, 19).replaceAll(/\D/g, '');
}

function quoted(text: string | Uint8Array): string {
  const escaped = Array.from(Buffer.from(text as string), byte => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || byte > 0x7e ? `\\${String(byte).padStart(3, '0')}` : String.fromCharCode(byte);
  });
  return `"${escaped.join('')}"`;
}
