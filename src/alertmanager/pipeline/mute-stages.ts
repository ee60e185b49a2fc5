// The stages that mute alerts. Source: Alertmanager, notify.TimeMuteStage, TimeActiveStage and MuteStage.

import type { Millis } from '../../model/time.js';
import type { StoredAlert } from '../alert-store.js';
import type { AlertmanagerConfig } from '../config/definition.js';
import { type Muted, routeMutedBy } from './mute.js';
import type { Draft, Stage } from './stage.js';

/** Mutes all alerts while a time interval of the route says so. */
export class TimeMuteStage implements Stage {
  readonly #config: Pick<AlertmanagerConfig, 'timeIntervals'>;

  constructor(config: Pick<AlertmanagerConfig, 'timeIntervals'>) {
    this.#config = config;
  }

  exec(draft: Draft): Draft {
    const by = routeMutedBy(draft.group.route, this.#config, draft.now.at);
    return by === undefined ? draft : { ...draft, isMuted: () => true };
  }
}

/** Mutes what silences and other alerts mute. */
export class MuteStage implements Stage {
  readonly #muted: (alert: StoredAlert, at: Millis) => Muted;

  /** @param muted what mutes an alert at a moment */
  constructor(muted: (alert: StoredAlert, at: Millis) => Muted) {
    this.#muted = muted;
  }

  exec(draft: Draft): Draft {
    const isMuted = (alert: StoredAlert) => {
      if (draft.isMuted(alert)) return true;
      const { silencedBy, inhibitedBy } = this.#muted(alert, draft.now.at);
      return silencedBy.length > 0 || inhibitedBy.length > 0;
    };
    return { ...draft, isMuted };
  }
}
