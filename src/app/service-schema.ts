// The keys of a service in monitor.yml: the common ones, and those of its kind. Comes in: what stands below `services`; goes
// out: the services as they were understood, and every mistake.

import { z } from 'zod';
import { about } from '../config/about.js';
import { didYouMean } from '../config/did-you-mean.js';
import { count, duration, flag, section, text, words } from '../config/fields.js';
import { schemaKit } from '../config/schema-kit.js';
import { SEVERITIES } from '../model/service.js';
import { dependencyMistakes } from '../probes/dependencies.js';
import { kinds } from '../probes/kinds/index.js';
import type { ProbeKind } from '../probes/probe-kind.js';

const ID = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
/** Longest name of a group of services, in characters. */
const MAX_GROUP = 60;
/** Samples of one check: those of a HAProxy with some 1,300 servers. More hold the main thread up when they are new. */
export const SAMPLE_LIMIT = 100_000;

const confirm = section({
  failures: about(count(1, 100).default(2), 'Failed checks in a row before a service is unhealthy.'),
  successes: about(count(1, 100).default(2), 'Checks in a row that succeed before it is healthy again.'),
  every: about(duration(100).default(2000), 'Time between checks while a change is being confirmed.'),
});

/** The keys every kind of service has. */
export const serviceKeys = {
  name: about(words().optional(), 'Name on pages and in messages.', {
    example: 'Jetson Ollama Server',
    fallback: 'the id',
  }),
  kind: about(
    text().optional(),
    `What is asked: ${kinds.map(({ kind }) => `\`${kind}\``).join(', ')}; each has keys of its own, see below.`,
    { example: 'ollama', fallback: 'http' },
  ),
  check_type: about(text().optional(), 'Another name of `kind`.'),
  critical: about(
    flag().default(false),
    'Whether the cluster is unhealthy while the service is; otherwise degraded.',
  ),
  severity: about(
    z.enum(SEVERITIES, { error: `expected ${SEVERITIES.join(', ')}` }).optional(),
    'Severity of the alerts about it.',
    { fallback: 'critical where `critical` is true, else warning' },
  ),
  timeout: about(
    duration(10).default(10_000),
    'How long a check may take; one that has not ended by then has failed.',
  ),
  slow_after: about(duration().optional(), 'A service that takes longer to answer is degraded.', {
    example: '2s',
    fallback: '5s, or half of `timeout` where that is less; none for `kind: push`',
  }),
  interval: about(duration(100).optional(), 'Time between two checks.', {
    example: '15s',
    fallback: 'that of `scan.intervals`',
  }),
  confirm: about(confirm.prefault({}), 'When a change of the state counts.'),
  sample_limit: about(
    count(0).default(SAMPLE_LIMIT),
    'Most samples of one check; further ones are left out, see docs/probes.md. 0 is any number.',
  ),
  depends_on: about(
    z.array(text(), { error: 'expected a list of services' }).default([]),
    'Services that this one needs: while one of them is down, its own alerts are muted.',
    { example: ['redis'] },
  ),
  group: about(
    words()
      .refine(name => [...name].length <= MAX_GROUP, `expected at most ${MAX_GROUP} characters`)
      .optional(),
    'Heading on the status page.',
    { example: 'Models', fallback: 'critical or other services' },
  ),
};

type CommonKeys = z.output<z.ZodObject<typeof serviceKeys>>;

/** A service as it was understood. */
export interface ParsedService {
  readonly id: string;
  readonly kind: string;
  readonly common: CommonKeys;
  readonly options: Record<string, unknown>;
}

/** What stands below `services`. */
export const services = z
  .record(z.string(), z.unknown(), { error: 'expected services by name, each with its settings' })
  .transform((entries, context) => {
    const parsed: ParsedService[] = [];
    for (const [id, entry] of Object.entries(entries)) {
      const service = parseService(id, entry, (path, message) =>
        context.addIssue({ code: 'custom', path: [id, ...path], message }),
      );
      if (service) parsed.push(service);
    }
    if (Object.keys(entries).length === 0)
      context.addIssue({ code: 'custom', message: 'name at least one service' });
    // A service with a mistake of its own is not in it.
    const graph = new Map(parsed.map(({ id, common }) => [id, common.depends_on]));
    for (const { id, index, message } of dependencyMistakes(graph, new Set(Object.keys(entries))))
      context.addIssue({ code: 'custom', path: [id, 'depends_on', index], message });
    return parsed;
  });

type Complain = (path: (string | number)[], message: string) => void;

interface ServiceSchema {
  /** Keys of the kind's own. */
  readonly shape: z.ZodRawShape;
  /** All keys of a service. */
  readonly schema: z.ZodObject;
}

/** Made once for each kind: making one takes longer than a hundred uses. */
const serviceSchemas = new Map<string, ServiceSchema>();

function schemasOf(kind: ProbeKind): ServiceSchema {
  let known = serviceSchemas.get(kind.kind);
  if (!known) {
    const { shape } = kind.options(schemaKit);
    known = { shape, schema: section({ ...serviceKeys, ...shape }) };
    serviceSchemas.set(kind.kind, known);
  }
  return known;
}

/** All keys of a service of one kind. */
export function serviceSchema(kind: string): z.ZodObject {
  return schemasOf(kinds.find(each => each.kind === kind) as ProbeKind).schema;
}

function parseService(id: string, entry: unknown, complain: Complain): ParsedService | undefined {
  if (!ID.test(id)) {
    complain([], 'a service is named with letters, digits, "_", "-" and "."');
    return undefined;
  }
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) {
    complain([], 'expected the settings of a service');
    return undefined;
  }
  const word = (entry as { kind?: unknown }).kind ?? (entry as { check_type?: unknown }).check_type ?? 'http';
  const kind = kinds.find(each => each.kind === word);
  if (!kind) {
    const names = kinds.map(each => each.kind);
    complain(
      ['kind'],
      `no kind ${JSON.stringify(word)}${didYouMean(String(word), names) || `; there are ${names.join(', ')}`}`,
    );
    return undefined;
  }
  const { shape, schema } = schemasOf(kind);
  const result = schema.safeParse(entry);
  if (!result.success) {
    for (const issue of result.error.issues) {
      for (const message of issue.message.split('\n')) complain(issue.path as (string | number)[], message);
    }
    return undefined;
  }
  const all: Record<string, unknown> = result.data;
  const options = Object.fromEntries(Object.entries(all).filter(([key]) => key in shape));
  const problem = kind.check?.(options);
  if (problem) complain([], problem);
  return { id, kind: kind.kind, common: all as unknown as CommonKeys, options };
}
