// Names of types, classes and response codes that a question or a condition may have. Source: IANA, DNS parameters.

export const QUERY_TYPES = [
  ...([
    'A',
    'AAAA',
    'ANY',
    'CAA',
    'CDNSKEY',
    'CDS',
    'CNAME',
    'DNAME',
    'DNSKEY',
    'DS',
    'HINFO',
    'HTTPS',
    'LOC',
  ] as const),
  ...([
    'MX',
    'NAPTR',
    'NS',
    'NSEC',
    'PTR',
    'RP',
    'RRSIG',
    'SOA',
    'SRV',
    'SSHFP',
    'SVCB',
    'TLSA',
    'TXT',
    'URI',
  ] as const),
] as const;

export const QUERY_CLASSES = ['IN', 'CH', 'HS', 'ANY'] as const;

export const RCODES = [
  ...(['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const),
  ...(['YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE'] as const),
] as const;

/** Numbers of types that the packet library has no name for. */
const NUMBERS: Readonly<Record<string, number>> = { SVCB: 64, HTTPS: 65, URI: 256 };

/** A type as the packet library takes it. */
export function typeOnWire(type: string): string {
  return Object.hasOwn(NUMBERS, type) ? `UNKNOWN_${NUMBERS[type]}` : type;
}
