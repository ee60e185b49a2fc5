// What finds targets and keeps looking for them.

import type { TargetGroup } from '../config/definition.js';

/** Called each time a provider has looked for targets. */
export type OnRefresh = (refresh: {
  /** All groups there are now; undefined when they could not be looked for, so that the last ones stay. */
  readonly groups?: readonly TargetGroup[];
  /** Why not all of them could be looked for, one line without secrets. */
  readonly problem?: string | undefined;
}) => void;

/** Begins to look when it is made. The caller must close it. */
export interface DiscoveryProvider {
  close(): void;
}
