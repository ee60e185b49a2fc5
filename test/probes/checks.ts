// Runs a kind's probe once, as the prober does, and reads what it recorded by series name.

import { schemaKit } from '../../src/config/schema-kit.js';
import type { Resolver } from '../../src/net/resolver.js';
import { attemptFamilies, type CheckOutcome, runCheck } from '../../src/probes/attempt.js';
import { Connections } from '../../src/probes/http/connections.js';
import type { Probe } from '../../src/probes/probe.js';
import type { ProbeKind } from '../../src/probes/probe-kind.js';
import { ReadingsRecorder } from '../../src/probes/readings.js';

/** A probe that is asked again and again; {@link close} ends it. */
export class Checked {
  readonly connections: Connections;
  readonly #kind: ProbeKind;
  readonly #options: unknown;
  readonly #bounds: { timeout: number; slowAfter: number };
  #probe: Probe | undefined;

  /** @param options as written in monitor.yml */
  constructor(
    kind: ProbeKind,
    options: object,
    bounds: { timeout?: number; slowAfter?: number; resolver?: Resolver } = {},
  ) {
    this.connections = new Connections(bounds.resolver);
    this.#kind = kind;
    this.#options = kind.options(schemaKit).parse(options);
    this.#bounds = { timeout: bounds.timeout ?? 2000, slowAfter: bounds.slowAfter ?? 1500 };
  }

  async run(): Promise<CheckOutcome & { samples: Map<string, number> }> {
    this.#probe ??= await this.#kind.open(this.#options, { connections: this.connections });
    const outcome = await runCheck(this.#probe, { isService: true, ...this.#bounds }, new ReadingsRecorder());
    return { ...outcome, samples: samplesOf(this.#kind, outcome) };
  }

  async close(): Promise<void> {
    await this.#probe?.close();
    this.connections.close();
  }
}

function samplesOf(kind: ProbeKind, { readings }: CheckOutcome): Map<string, number> {
  const families = new Map([...kind.families, ...attemptFamilies].map(family => [family.name, family]));
  const samples = new Map<string, number>();
  const { layout, values } = readings;
  for (const [i, name] of (layout?.families ?? []).entries()) {
    const family = families.get(name);
    if (!family) throw new Error(`${name} is not declared`);
    const labels = family.labels.map((label, n) => `${label}="${layout?.labels[i]?.[n]}"`);
    const series = labels.length > 0 ? `${name}{${labels.join(',')}}` : name;
    if (samples.has(series)) throw new Error(`${series} is recorded twice`);
    samples.set(series, values[i] as number);
  }
  return samples;
}
