// Why a name has no address.

/** `not-found`: the name has no address, says a name server; `no-answer`: no name server answered usefully in time. */
type DnsProblem = 'not-found' | 'no-answer';

/** A failed lookup; its message is one line for people that names the host: `DNS: no answer for api.lan`. */
export class DnsError extends Error {
  readonly problem: DnsProblem;

  constructor(problem: DnsProblem, message: string) {
    super(`DNS: ${message}`);
    this.name = 'DnsError';
    this.problem = problem;
  }

  /** The deadline passed, or every name server kept silent. */
  static noAnswer(host: string, detail = ''): DnsError {
    return new DnsError('no-answer', `no answer for ${host}${detail && ` (${detail})`}`);
  }
}
