// The last answers of every service, in memory: a restart begins with none. Comes in: results; goes out: what people
// want to know of each.

import { hideCredentials } from '../model/hide-credentials.js';
import type { CheckResult, Layout } from '../model/result.js';
import type { Millis } from '../model/time.js';
import { type Certificate, type CertificatePlaces, certificateIn, certificatePlaces } from './certificate.js';

/** Answers kept of a service; of more the oldest go. */
const MAX_RESULTS = 20;
/** Characters of a body that are looked at, and that are shown. */
const MAX_READ = 2000;
const MAX_SHOWN = 200;

const PHASES = 'probe_http_duration_seconds';

/** One answer, or that there was none. */
export interface RecentResult {
  /** When the check ended, wall clock. */
  readonly at: Millis;
  readonly status: CheckResult['status'];
  /** Seconds. */
  readonly responseTime: number;
  readonly statusCode: number | undefined;
  readonly reason: CheckResult['reason'];
  /** In a person's words. */
  readonly error: string | undefined;
  /** Seconds by phase of HTTP: resolve, connect, tls, processing, transfer; those that were reached. */
  readonly phases: Readonly<Record<string, number>> | undefined;
  /** Of the JSON body: the first characters, credentials hidden. */
  readonly body: string | undefined;
}

/** A {@link RecentResult} whose parts are put together when it is looked at, which few ever are. */
interface KeptResult extends Omit<RecentResult, 'body' | 'phases'> {
  readonly body: KeptBody | undefined;
  /** Seconds by phase, NaN where it was not reached. */
  readonly phases: readonly number[];
  readonly names: Places['phases'];
}

/** A body. Hiding credentials takes longer than all else that is done with a result. */
interface KeptBody {
  /** As it came. Of a long one it is that of the state of the cluster, and kept while it is the last one. */
  raw: string | undefined;
  summary?: string;
}

/** Positions among the readings, until their layout changes. */
interface Places {
  readonly phases: readonly (readonly [name: string, at: number])[];
  readonly certificate: CertificatePlaces;
}

const NOWHERE: Places = placesIn({ families: [], labels: [] });

interface ServiceResults {
  /** Oldest first. */
  readonly results: KeptResult[];
  /** Where the readings have what is wanted; a service may measure thousands of series. */
  places: Places;
  /** The one seen last: a check that fails may see none. */
  certificate: Certificate | undefined;
  /** The body that came last. */
  body: KeptBody | undefined;
}

export class RecentResults {
  readonly #known = new Map<string, ServiceResults>();

  /** Takes a result. */
  add(result: CheckResult): void {
    const known = this.#known.get(result.target) ?? emptyResults();
    this.#known.set(result.target, known);
    const { layout, values } = result.readings;
    if (result.data !== undefined) known.body = keptBody(result.data, known.body);
    if (layout) known.places = placesIn(layout);
    known.certificate = certificateIn(known.places.certificate, values) ?? known.certificate;
    known.results.push(keptOf(result, known));
    if (known.results.length > MAX_RESULTS) known.results.shift();
  }

  /** Newest first. */
  of(id: string): RecentResult[] {
    const results = this.#known.get(id)?.results.toReversed() ?? [];
    return results.map(shown);
  }

  /** The certificate a service presented last. */
  certificateOf(id: string): Certificate | undefined {
    return this.#known.get(id)?.certificate;
  }

  /** A service is gone, or another one bears its name. */
  remove(id: string): void {
    this.#known.delete(id);
  }
}

function emptyResults(): ServiceResults {
  return { results: [], places: NOWHERE, certificate: undefined, body: undefined };
}

function keptOf(result: CheckResult, { places, body }: ServiceResults): KeptResult {
  const { at, status, responseTime, statusCode, reason, error, data, readings } = result;
  return {
    at,
    status,
    responseTime,
    statusCode,
    reason,
    error,
    body: data === undefined ? undefined : body,
    phases: places.phases.map(([, place]) => readings.values[place] ?? Number.NaN),
    names: places.phases,
  };
}

function shown({ body, phases, names, ...result }: KeptResult): RecentResult {
  const reached = names
    .map(([name], i) => [name, phases[i] as number] as const)
    .filter(([, value]) => !Number.isNaN(value));
  return {
    ...result,
    phases: reached.length > 0 ? Object.fromEntries(reached) : undefined,
    body: body && summaryOf(body),
  };
}

function placesIn({ families, labels }: Layout): Places {
  const phases = families.flatMap((name, at): [string, number][] =>
    name === PHASES ? [[labels[at]?.[0] ?? '', at]] : [],
  );
  return { phases, certificate: certificatePlaces({ families, labels }) };
}

/** @param before the last body, which is often the same */
function keptBody(raw: string, before: KeptBody | undefined): KeptBody {
  if (before?.raw === raw) return before;
  if (before && (before.raw ?? '').length > MAX_SHOWN) {
    summaryOf(before);
    before.raw = undefined;
  }
  return { raw };
}

function summaryOf(body: KeptBody): string {
  body.summary ??= shortened(body.raw ?? '');
  return body.summary;
}

function shortened(body: string): string {
  const text = hideCredentials(body.slice(0, MAX_READ)).replace(/\s+/g, ' ');
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}
