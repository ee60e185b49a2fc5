// Alerts that fire, or would, and are not sent: what the page and the endpoints show of them.

/** As the metric names it. */
type MutedReason = 'dependency' | 'silence' | 'inhibition' | 'time_interval';

export const MUTED_REASONS: readonly MutedReason[] = ['dependency', 'silence', 'inhibition', 'time_interval'];

/** Why something is not sent. */
export interface Mute {
  readonly reason: MutedReason;
  /** For people: `silenced by ann (upgrade)`. */
  readonly text: string;
}

export interface MutedAlert {
  /** A service's id, or whatever the alert's `target` is; empty for an alert about none. */
  readonly service: string;
  readonly severity: string;
  /** `Tools Server is error - Connection refused` */
  readonly message: string;
  /** At least one. */
  readonly mutes: readonly Mute[];
}
