// An attempt that remembers what a probe put into it, and a run within a deadline. For the tests of the kinds.

import { schemaKit } from '../../../src/config/schema-kit.js';
import type { MetricFamily } from '../../../src/model/family.js';
import type { ProbeFacts } from '../../../src/model/result.js';
import { Connections } from '../../../src/probes/http/connections.js';
import { failureOf } from '../../../src/probes/http/failure.js';
import { type Attempt, type Probe, ProbeFailure } from '../../../src/probes/probe.js';
import type { ProbeKind } from '../../../src/probes/probe-kind.js';

/** One sample as the text format names it: `redis_db_keys{db="db0"}`. */
export function seriesName(family: string, names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return family;
  return `${family}{${names.map((name, i) => `${name}=${JSON.stringify(values[i])}`).join(',')}}`;
}

export class RecordingAttempt implements Attempt {
  readonly timeout: number;
  degraded: string | undefined;
  statusCode: number | undefined;
  data: string | undefined;
  details: Record<string, string | number> | undefined;
  facts: ProbeFacts | undefined;
  elapsed: number | undefined;
  /** Every sample by name, NaN included, in the order recorded. */
  readonly samples = new Map<string, number>();
  readonly #cancels: (() => void)[] = [];
  #open = true;

  constructor(timeout: number) {
    this.timeout = timeout;
  }

  /** @throws for a wrong number of labels and for a series recorded twice, which no probe may do. */
  record(family: MetricFamily, labels: readonly string[], value: number): void {
    if (!this.#open) return;
    if (labels.length !== family.labels.length) {
      throw new Error(`${family.name} has ${labels.length} labels, declared: ${family.labels.join(', ')}`);
    }
    const name = seriesName(family.name, family.labels, labels);
    if (this.samples.has(name)) throw new Error(`${name} is recorded twice`);
    this.samples.set(name, value);
  }

  readonly room = Number.POSITIVE_INFINITY;

  dropSamples(_samples: number): void {}

  onCancel(callback: () => void): void {
    this.#cancels.push(callback);
  }

  measured(elapsed: number): void {
    this.elapsed = elapsed;
  }

  cancel(): void {
    for (const callback of this.#cancels) callback();
    this.#open = false;
  }

  /** What was measured: the samples that are not NaN. */
  get measuredSamples(): Map<string, number> {
    return new Map([...this.samples].filter(([, value]) => !Number.isNaN(value)));
  }

  /** Values by label values of the family's samples. */
  value(name: string): number | undefined {
    return this.measuredSamples.get(name);
  }
}

export interface Run {
  readonly attempt: RecordingAttempt;
  readonly failure: ProbeFailure | undefined;
}

/** Runs a probe once, in the way its caller does. */
export async function run(probe: Probe, timeout = 5000): Promise<Run> {
  const attempt = new RecordingAttempt(timeout);
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ProbeFailure('timeout', 'Request timed out'));
      attempt.cancel();
    }, timeout);
  });
  try {
    await Promise.race([probe.run(attempt), deadline]);
    return { attempt, failure: undefined };
  } catch (error) {
    return { attempt, failure: failureOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** `reason: message` of a run, or `ok`. */
export function verdict({ failure }: Run): string {
  return failure ? `${failure.reason}: ${failure.message}` : 'ok';
}

/** Opened probes and what they share, closed together after a test. */
export class Bench {
  readonly #connections = new Connections();
  readonly #probes: Probe[] = [];

  /** A probe of a service configured as a user would write it. @throws zod's error */
  async open<Options>(kind: ProbeKind<Options>, config: Record<string, unknown>): Promise<Probe> {
    const probe = await kind.open(kind.options(schemaKit).parse(config) as Options, {
      connections: this.#connections,
    });
    this.#probes.push(probe);
    return probe;
  }

  async close(): Promise<void> {
    for (const probe of this.#probes) await probe.close();
    this.#connections.close();
  }
}
