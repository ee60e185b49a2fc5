// Answers that are no 200, as they are thrown.

/** An answer that is no 200: `{"error": "..."}` with a 4xx or 5xx status. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the log has it already, from where it happened. */
  readonly isLogged: boolean = false;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.headers = headers;
  }
}

/** An answer that is no 200, of something that was logged where it happened. */
export class LoggedError extends HttpError {
  override readonly isLogged = true;
}
