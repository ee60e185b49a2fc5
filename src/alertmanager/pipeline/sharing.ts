// Several monitors with the same alerts, of which one sends. What the pipeline asks before it sends, and what it makes known.
// Source: Alertmanager, notify.WaitStage and the gossip of its nflog; here one of all sends until another takes over.

export interface Sharing {
  /** Whether this monitor sends now. */
  readonly isSending: boolean;
  /** What the notification log has under a key has changed here: resolves when the others can know, or cannot for now. */
  publish(key: string): Promise<void>;
  /** Resolves when another monitor changed what the log has under a key, when this one begins to send, or with the signal. */
  changed(key: string, signal: AbortSignal): Promise<void>;
}
