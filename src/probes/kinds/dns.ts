// A name server. Healthy when it answers a question with a wanted code and, if that is said, with the wanted records.
// Source: blackbox_exporter, prober/dns.go.

import { createRequire } from 'node:module';
import type { DecodedPacket } from 'dns-packet';
import type { z } from 'zod';
import { tlsProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { family } from '../../model/family.js';
import { hostPort } from '../host-port.js';
import { certificateDaysShape, checkCertificateDays } from '../http/certificate-days.js';
import { recordConnection } from '../http/connection-record.js';
import * as families from '../http/families.js';
import { recordTls } from '../http/tls.js';
import { type Attempt, type Probe, ProbeFailure } from '../probe.js';
import type { ProbeKind, ProbeResources } from '../probe-kind.js';
import { QUERY_CLASSES, QUERY_TYPES, RCODES, typeOnWire } from './dns/names.js';
import { type DnsLibrary, DnsQuery, type DnsQuestion } from './dns/query.js';
import { recordValidator, type UnmetRecords, unexpectedAnswer, unmetRecords } from './dns/validate.js';

const require = createRequire(import.meta.url);

const duration = family(
  'probe_dns_duration_seconds',
  'Duration of the DNS request by phase; a phase that was not reached is absent',
  'gauge',
  ['phase'],
);
const answerRrs = family('probe_dns_answer_rrs', 'Number of records in the answer section');
const authorityRrs = family('probe_dns_authority_rrs', 'Number of records in the authority section');
const additionalRrs = family('probe_dns_additional_rrs', 'Number of records in the additional section');
const succeeded = family(
  'probe_dns_query_succeeded',
  'Whether an answer came (1), whatever it says, or not (0)',
);
const serial = family('probe_dns_serial', 'Serial number of the zone; only of a query for SOA');

const DNS_PORT = 53;
/** Labels of up to 63 bytes. Source: RFC 1035, 2.3.4 and 3.1. */
const NAME = /^(?:\.|(?:[!-\-/-~]{1,63}\.)*[!-\-/-~]{1,63}\.?)$/;
const MAX_NAME_LENGTH = 254;

function options(schemaKit: SchemaKit) {
  const { about, flag, ipProtocolShape, ofType, section, tlsConfig, words, z } = schemaKit;
  const oneOf = (names: readonly [string, ...string[]]) =>
    z.enum(names, { error: `expected one of ${names.join(', ')}` });
  const texts = z.union([words().transform(one => [one]), z.array(words())], {
    error: 'expected a text or a list of texts',
  });
  const json = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
  return section({
    address: about(hostPort(schemaKit, DNS_PORT), 'The name server: `HOST`, `HOST:PORT` or `[IPV6]:PORT`.', {
      example: '127.0.0.1:53',
    }),
    query_name: about(
      words().refine(
        name => NAME.test(name) && name.length <= MAX_NAME_LENGTH,
        'is not a name; write it in ASCII (xn--...), labels of up to 63 characters between dots',
      ),
      'Name that is asked for.',
      { example: 'redis.cluster.example.org' },
    ),
    query_type: about(oneOf(QUERY_TYPES).default('A'), 'Type of record that is asked for.'),
    query_class: about(oneOf(QUERY_CLASSES).default('IN'), 'Class of record that is asked for.'),
    recursion_desired: about(flag().default(true), 'Ask the server to ask others.'),
    expect: about(
      ofType('text, or a list of them', json, texts.optional()),
      'Data that the answer must have; of a list all of it.',
      { example: ['10.0.0.1', '10.0.0.2'] },
    ),
    valid_rcodes: about(
      z.array(oneOf(RCODES), { error: 'expected a list of response codes' }).optional(),
      'Response codes of a healthy server.',
      { example: ['NOERROR', 'NXDOMAIN'], fallback: 'NOERROR' },
    ),
    validate_answer_rrs: recordValidator(schemaKit, 'of the answer'),
    validate_authority_rrs: recordValidator(schemaKit, 'of the authority section'),
    validate_additional_rrs: recordValidator(schemaKit, 'of the additional section'),
    transport_protocol: about(
      z.enum(['udp', 'tcp'], { error: 'expected udp or tcp' }).optional(),
      'How it is asked; a truncated answer over UDP is asked for again over TCP.',
      { fallback: 'udp; tcp with `dns_over_tls`' },
    ),
    dns_over_tls: about(flag().default(false), 'Ask over TLS; the port of that is 853.'),
    tls_config: about(tlsConfig.optional(), 'Certificates, for `dns_over_tls`; see docs/probes.md.'),
    ...certificateDaysShape(schemaKit),
    ...ipProtocolShape,
  });
}

type DnsOptions = z.output<ReturnType<typeof options>>;

export const dns: ProbeKind<DnsOptions> = {
  kind: 'dns',
  options,
  check: config => tlsUseProblem(config) ?? tlsProblem(config.tls_config),
  families: [
    duration,
    answerRrs,
    authorityRrs,
    additionalRrs,
    succeeded,
    serial,
    families.dnsLookup,
    families.ipProtocol,
    families.ipHash,
    families.certExpiry,
    families.chainExpiry,
    families.chainInfo,
    families.tlsVersion,
    families.tlsCipher,
  ],
  open: async (config, { connections }) => {
    const unmet = await validatorsOf(config);
    return new DnsProbe(config, unmet, require('dns-packet') as DnsLibrary, connections);
  },
};

function tlsUseProblem(config: DnsOptions): string | undefined {
  const { dns_over_tls, transport_protocol, tls_config, min_certificate_days: days, address } = config;
  if (dns_over_tls && transport_protocol === 'udp')
    return 'dns_over_tls is over TCP; remove transport_protocol';
  if (dns_over_tls && address.port === DNS_PORT)
    return `address: DNS over TLS is on port 853; write ${address.host.includes(':') ? `[${address.host}]` : address.host}:853`;
  if (dns_over_tls) return undefined;
  if (tls_config) return 'tls_config is not used; set dns_over_tls: true';
  return days === undefined ? undefined : 'min_certificate_days needs dns_over_tls: true';
}

/** Checks of the three sections of an answer. */
type Validators = readonly [answer: UnmetRecords, authority: UnmetRecords, additional: UnmetRecords];

async function validatorsOf(config: DnsOptions): Promise<Validators> {
  const {
    validate_answer_rrs: answer,
    validate_authority_rrs: authority,
    validate_additional_rrs: additional,
  } = config;
  const none = () => undefined;
  if (!answer && !authority && !additional) return [none, none, none];
  // Two megabytes, loaded only where the keys are used.
  const { compileFind } = await import('../../go/regexp/find.js');
  return [
    unmetRecords('answer', answer ?? {}, compileFind),
    unmetRecords('authority', authority ?? {}, compileFind),
    unmetRecords('additional', additional ?? {}, compileFind),
  ];
}

class DnsProbe implements Probe {
  readonly #config: DnsOptions;
  readonly #validators: Validators;
  readonly #library: DnsLibrary;
  readonly #resolver: ProbeResources['connections']['resolver'];
  readonly #question: DnsQuestion;

  constructor(
    config: DnsOptions,
    validators: Validators,
    library: DnsLibrary,
    { resolver }: ProbeResources['connections'],
  ) {
    this.#config = config;
    this.#validators = validators;
    this.#library = library;
    this.#resolver = resolver;
    this.#question = {
      name: config.query_name,
      type: typeOnWire(config.query_type),
      class: config.query_class,
      recursionDesired: config.recursion_desired,
    };
  }

  async run(attempt: Attempt): Promise<void> {
    const { transport_protocol: transport = 'udp' } = this.#config;
    const query = new DnsQuery(
      { ...this.#config, transport_protocol: transport },
      this.#library,
      this.#resolver,
    );
    attempt.onCancel(() => {
      const late = query.waitedFor;
      record(attempt, query, undefined);
      query.close();
      return late;
    });
    let answer: DecodedPacket | undefined;
    try {
      answer = await query.ask(this.#question);
    } finally {
      record(attempt, query, answer);
    }
    this.#check(answer);
    checkCertificateDays(this.#config, query.tls);
  }

  /** Nothing is kept: each check asks over a socket of its own. */
  close(): void {}

  #check(answer: DecodedPacket): void {
    const { valid_rcodes: valid = ['NOERROR'], expect = [] } = this.#config;
    const { rcode } = answer as { rcode?: string };
    if (!valid.includes(rcode as string))
      throw new ProbeFailure('status', `The server answered ${rcode}, wanted ${valid.join(' or ')}`);
    const [ofAnswer, ofAuthority, ofAdditional] = this.#validators;
    const unmet =
      (expect.length > 0 ? unexpectedAnswer(expect, answer.answers ?? []) : undefined) ??
      ofAnswer(answer.answers ?? []) ??
      ofAuthority(answer.authorities ?? []) ??
      ofAdditional(answer.additionals ?? []);
    if (unmet) throw new ProbeFailure('body', unmet);
  }
}

function record(
  attempt: Attempt,
  { trace, tls, request }: DnsQuery,
  answer: DecodedPacket | undefined,
): void {
  const connect = trace.connect === undefined ? undefined : trace.connect + (trace.handshake ?? 0);
  for (const [phase, span] of Object.entries({ resolve: trace.resolve, connect, request })) {
    if (span !== undefined) attempt.record(duration, [phase], span / 1000);
  }
  recordConnection(attempt, trace, undefined);
  if (tls) recordTls(attempt, tls);
  attempt.record(succeeded, [], answer ? 1 : 0);
  if (!answer) return;
  const { answers = [], authorities = [], additionals = [] } = answer;
  attempt.record(answerRrs, [], answers.length);
  attempt.record(authorityRrs, [], authorities.length);
  attempt.record(additionalRrs, [], additionals.length);
  const soa = answers.findLast(each => each.type === 'SOA');
  if (soa?.type === 'SOA' && soa.data.serial !== undefined) attempt.record(serial, [], soa.data.serial);
}
