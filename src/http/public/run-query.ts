// Asks the query engine for the public page. All readers of the page ask the same: an answer is shown again for
// some seconds, so that a crowd costs no more than one reader.

import type { Millis } from '../../model/time.js';
import { wholeOf } from '../../query/chunked-answer.js';
import { type ApiQuery, type QueryEngine, QueryError } from '../../query/engine.js';
import type { ApiContext } from '../context.js';
import { visibleServices } from './view.js';

const KEEP: Millis = 10_000;
const MAX_KEPT = 500;
const TIMEOUT: Millis = 10_000;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
}

/** A number is of no service: it has no series. */
interface Result {
  readonly resultType: string;
  readonly result: readonly Series[] | readonly [time: number, value: string];
}

interface CachedAnswer {
  readonly at: Millis;
  readonly answer: Promise<Result>;
}

const caches = new WeakMap<QueryEngine, Map<string, CachedAnswer>>();

/** The series of the services that are shown. @throws QueryError that names no server */
export async function runPublicQuery(
  request: ApiQuery,
  context: Pick<ApiContext, 'clock' | 'cluster' | 'query'>,
): Promise<Result> {
  const answer = await recent(request, context);
  const { resultType, result } = answer;
  if (!hasSeries(result)) return answer;
  const visible = new Set(visibleServices(context).map(({ id }) => id));
  const isShown = ({ target }: Readonly<Record<string, string>>) =>
    target === undefined || visible.has(target);
  return { resultType, result: result.filter(({ metric }) => isShown(metric)) };
}

function hasSeries(result: Result['result']): result is readonly Series[] {
  return typeof result[0] !== 'number';
}

function recent(request: ApiQuery, { query, clock }: Pick<ApiContext, 'clock' | 'query'>): Promise<Result> {
  const known = caches.get(query) ?? new Map<string, CachedAnswer>();
  caches.set(query, known);
  const now = clock.elapsed();
  for (const [key, { at }] of known) if (at + KEEP <= now || known.size > MAX_KEPT) known.delete(key);
  // The moment of an instant question is of no matter for so short a time.
  const key = JSON.stringify({ ...request, time: undefined });
  const found = known.get(key);
  if (found) return found.answer;
  const answer = runQuery(request, query);
  known.set(key, { at: now, answer });
  return answer;
}

async function runQuery(request: ApiQuery, query: QueryEngine): Promise<Result> {
  try {
    const { data } = await query.answer(request, { timeout: TIMEOUT });
    return JSON.parse((await wholeOf(data)).toString('utf8')) as Result;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    // Its words may be those of a server, or name one.
    throw new QueryError('unavailable', 'figures of the past are not available at the moment');
  }
}
