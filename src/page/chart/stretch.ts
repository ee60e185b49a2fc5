// A stretch of time on the axis of the charts: a state, an incident, a silence.

export interface Stretch {
  /** Seconds since the epoch; until now where it lasts. */
  readonly from: number;
  readonly to: number;
  /** A state or severity, for its colour. */
  readonly tone: string;
  readonly text: string;
}
