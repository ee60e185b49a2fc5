/** A text that is no matcher, in Alertmanager's words. */
export class MatcherError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MatcherError';
  }
}
