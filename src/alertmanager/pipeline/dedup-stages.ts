// The stages that compare a group with the last message about it. Source: Alertmanager, notify.DedupStage.

import { dedup } from './dedup.js';
import { logKey, type NotificationLog } from './notification-log.js';
import type { Draft, Stage } from './stage.js';

/** Finds what the integration does not know yet. */
export class DedupStage implements Stage {
  readonly #log: NotificationLog;

  constructor(log: NotificationLog) {
    this.#log = log;
  }

  exec(draft: Draft): Draft | undefined {
    const { integration, group, now, isMuted } = draft;
    const key = logKey(integration, group);
    const [entry, age] = [this.#log.entry(key), this.#log.age(key, now)];
    const { sendResolved } = integration;
    const result = dedup({ group, isMuted, entry, age, sendResolved, at: now.at });
    return result && { ...draft, result };
  }
}

/** Notes what has changed without anything to send: ends that the integration is not sent. */
export class NoteStage implements Stage {
  readonly #log: NotificationLog;

  constructor(log: NotificationLog) {
    this.#log = log;
  }

  exec(draft: Draft): Draft | undefined {
    const { integration, group, now, result } = draft;
    if (!result || result.alerts.length > 0) return draft;
    this.#log.log(logKey(integration, group), result.note, now.elapsed);
    return undefined;
  }
}
