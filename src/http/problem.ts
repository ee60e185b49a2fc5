// What a thrown error shows the client. Each surface (mount.ts) puts it into its own words.

import { ZodError } from 'zod';
import { type ErrorType, QueryError } from '../query/engine.js';
import { HttpError } from './http-error.js';

/** Longest error message, in UTF-16 units. */
const MAX_MESSAGE = 2000;
/** Controls would make more than one line of a message, or hide a part of it. */
const CONTROLS = /\p{Cc}/gu;

/** HTTP status of each error type of a query. Source: Prometheus, web/api/v1/api.go. */
const STATUS: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  canceled: 499,
  timeout: 503,
  unavailable: 503,
  internal: 500,
  not_found: 404,
  not_acceptable: 406,
};

/** A thrown error as an answer needs it. */
interface Problem {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One line of bounded length, however much of the request it repeats. Nothing of an unexpected error is shown. */
export function problemOf(error: unknown): Problem {
  const problem = thrownProblem(error);
  return { ...problem, message: boundedLine(problem.message) };
}

/** The status that answers a thrown error. */
export function statusOf(error: unknown): number {
  return thrownProblem(error).status;
}

function thrownProblem(error: unknown): Problem {
  if (error instanceof HttpError) {
    const { status, message, headers } = error;
    return { status, message, headers };
  }
  if (error instanceof QueryError) return { status: STATUS[error.type], message: error.message };
  if (error instanceof ZodError) return { status: 400, message: error.issues.map(issueText).join('; ') };
  // Express' own errors (a malformed %-escape) carry their status.
  const status = (error as { status?: unknown }).status;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, message: (error as Error).message };
  }
  return { status: 500, message: 'internal error; the log tells more' };
}

/** Control characters are written as escapes; of a long text the middle is left out. */
function boundedLine(text: string): string {
  const line = text.replace(CONTROLS, character => JSON.stringify(character).slice(1, -1));
  if (line.length <= MAX_MESSAGE) return line;
  const half = MAX_MESSAGE / 2;
  // Through bytes and back, so that half a surrogate pair does not stay one.
  return Buffer.from(`${line.slice(0, half)} ... ${line.slice(-half)}`).toString();
}

/** What is wrong with a part of the request, without the schema library's own words. */
function issueText({ path, message }: ZodError['issues'][number]): string {
  const text = message.replace(/^Invalid (?:input|option): /, '');
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  return `${where}${text.replace(/, received undefined$/, ', but it is missing')}`;
}
