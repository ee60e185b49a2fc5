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

/** Positions among the readings, until their layout changes. */
interface Places {
  readonly phases: readonly (readonly [name: string, at: number])[];
  readonly certificate: CertificatePlaces;
}

const NOWHERE: Places = placesIn({ families: [], labels: [] });

interface ServiceResults {
  /** Oldest first. */
  readonly results: RecentResult[];
  /** Where the readings have what is wanted; a service may measure thousands of series. */
  places: Places;
  /** The one seen last: a check that fails may see none. */
  certificate: Certificate | undefined;
}

export class RecentResults {
  readonly #known = new Map<string, ServiceResults>();

  /** Takes a result. */
  add(result: CheckResult): void {
    const known = this.#known.get(result.target) ?? { results: [], places: NOWHERE, certificate: undefined };
    this.#known.set(result.target, known);
    const { layout, values } = result.readings;
    if (layout) known.places = placesIn(layout);
    known.certificate = certificateIn(known.places.certificate, values) ?? known.certificate;
    known.results.push(recentOf(result, known.places));
    if (known.results.length > MAX_RESULTS) known.results.shift();
  }

  /** Newest first. */
  of(id: string): RecentResult[] {
    return this.#known.get(id)?.results.toReversed() ?? [];
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

function recentOf(result: CheckResult, places: Places): RecentResult {
  const { at, status, responseTime, statusCode, reason, error, data, readings } = result;
  const phases = places.phases.flatMap(([name, place]): [string, number][] => {
    const value = measured(readings.values, place);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    at,
    status,
    responseTime,
    statusCode,
    reason,
    error,
    phases: phases.length > 0 ? Object.fromEntries(phases) : undefined,
    body: data === undefined ? undefined : summaryOf(data),
  };
}

function placesIn({ families, labels }: Layout): Places {
  const phases = families.flatMap((name, at): [string, number][] =>
    name === PHASES ? [[labels[at]?.[0] ?? '', at]] : [],
  );
  return { phases, certificate: certificatePlaces({ families, labels }) };
}

/** A reading, if there is one. */
function measured(values: readonly number[], at: number): number | undefined {
  const value = values[at];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function summaryOf(body: string): string {
  const text = hideCredentials(body.slice(0, MAX_READ)).replace(/\s+/g, ' ');
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}
