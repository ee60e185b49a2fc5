// Settings of the command line, in the shape in which the rooms use them.

import { join } from 'node:path';
import type { Listen } from '../http/server.js';
import type { Millis } from '../model/time.js';
import type { EmbeddedOptions } from '../query/embedded.js';
import type { QueryLimits } from '../query/protocol.js';

export interface StorageSettings {
  /** The folder of samples.db and monitor.db. */
  readonly path: string;
  readonly retention: Millis;
  /** Bytes the samples may take; 0 is any number. */
  readonly maxBytes: number;
}

export interface QuerySettings {
  /** How long a query may take. */
  readonly timeout: Millis;
  /** The default interval is the configuration's scrape interval. */
  readonly limits: Omit<QueryLimits, 'defaultInterval'>;
}

export interface CommandLineSettings {
  readonly configFile: string;
  readonly webConfigFile: string | undefined;
  readonly listen: Listen;
  readonly externalUrl: string | undefined;
  readonly enableLifecycle: boolean;
  readonly storage: StorageSettings;
  readonly query: QuerySettings;
  /** Every flag that has a value, as given or by default, for display. */
  readonly flags: Readonly<Record<string, string>>;
}

/** Options of the embedded engine over the samples of the storage folder. */
export function engineOptions(
  {
    storage: { path, ...bounds },
    query: { timeout, limits },
  }: Pick<CommandLineSettings, 'storage' | 'query'>,
  defaultInterval: Millis,
): Pick<EmbeddedOptions, 'file' | 'limits' | 'maxBytes' | 'retention' | 'timeout'> {
  return { file: join(path, 'samples.db'), ...bounds, timeout, limits: { ...limits, defaultInterval } };
}
