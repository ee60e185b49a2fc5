// What the short form for a silence is given.

/** An alert that can be silenced. */
export interface SilenceTarget {
  readonly alertname: string;
  /** A service's id, or what the alert is about. */
  readonly service: string;
  readonly message: string;
  readonly fingerprint: string | undefined;
}

export interface QuickProps {
  readonly target: SilenceTarget;
  /** @param text what was done */
  readonly onDone: (text: string) => void;
  readonly onCancel: () => void;
}
