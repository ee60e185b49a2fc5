// What a kind of probe is, and what its probes share.

import type { z } from 'zod';
import type { SchemaKit } from '../config/schema-kit.js';
import type { MetricFamily } from '../model/family.js';
import type { InferenceTest } from '../model/inference.js';
import type { LastPush } from '../model/push.js';
import type { Millis } from '../model/time.js';
import type { Connections } from './http/connections.js';
import type { Probe } from './probe.js';

/** What a kind of probe is: one file below `kinds/` and one line in its catalogue. */
export interface ProbeKind<Options = unknown> {
  /** The user's word for it in the configuration. */
  readonly kind: string;
  /** The keys of a service that belong to this kind; the common ones (`name`, `timeout`, ...) are not among them. */
  options(schemaKit: SchemaKit): z.ZodObject;
  /** Checks that need more than one key: `undefined`, or what is wrong and what to do. */
  check?(options: Options): string | undefined;
  /** Which models its probes ask, where they ask any; without a name: one that is found out while they run. */
  asks?(options: Options): readonly { readonly test: InferenceTest; readonly model?: string }[];
  /** Every family its probes may record. */
  readonly families: readonly MetricFamily[];
  /** A service that takes longer is degraded where `slow_after` is not set; 5 s or half of its timeout unless said. */
  readonly slowAfter?: Millis;
  /**
   * Makes a probe ready; it connects to nothing yet. Heavy packages are imported here, so that only a configuration
   * that uses a kind pays for it. The caller must close it.
   */
  open(options: Options, shared: ProbeResources): Probe | Promise<Probe>;
}

/** What probes share within one process, and what is known of the service. */
export interface ProbeResources {
  readonly connections: Connections;
  /** What the service reported last by itself; undefined where nothing is known. */
  readonly lastPush?: () => LastPush | undefined;
}
