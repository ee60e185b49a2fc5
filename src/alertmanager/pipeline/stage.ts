// What is to be sent to an integration about a group, found step by step. Comes in: a group whose time has come; goes out:
// a message, or nothing. The order of the steps is a list. Source: Alertmanager, notify.Stage and notify.MultiStage.

import type { StoredAlert } from '../alert-store.js';
import type { AlertGroup, Instant } from '../dispatch/group.js';
import type { DedupResult } from './dedup.js';
import type { Integration } from './integration.js';

/** What the stages so far have found. */
export interface Draft {
  readonly integration: Integration;
  readonly group: AlertGroup;
  readonly now: Instant;
  /** Whether an alert is muted at the moment. */
  readonly isMuted: (alert: StoredAlert) => boolean;
  /** What is sent, once it is known. */
  readonly result?: DedupResult;
}

/** One step. */
export interface Stage {
  /** Returns the draft with what it found; undefined: nothing is sent, and no further stage is run. */
  exec(draft: Draft): Draft | undefined;
}

/** Stages, each run with what the one before it found. */
export class MultiStage implements Stage {
  readonly #stages: readonly Stage[];

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
  }

  exec(draft: Draft): Draft | undefined {
    let found: Draft | undefined = draft;
    for (const stage of this.#stages) found = found && stage.exec(found);
    return found;
  }
}
