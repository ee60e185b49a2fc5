// What the endpoints of reports have in common: the period, how an answer is made and how old it says it is.

import { z } from 'zod';
import { type Findings, NothingYet, type Report, TooMuch } from '../../analysis/analyst.js';
import type { Scope } from '../../analysis/asking.js';
import type { Millis } from '../../model/time.js';
import { QueryError } from '../../query/engine.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { wholeNumber } from '../query.js';
import { timestamp } from '../shapes.js';

/** Days of a period; a year is as long as samples are kept at most. */
export const days = wholeNumber(1, 366).default(7).meta({ description: 'How many days back', default: 7 });

/** The same where weeks are compared with each other: three of them are left when a back-test leaves out the last. */
export const manyDays = wholeNumber(1, 366)
  .default(35)
  .meta({ description: 'How many days back', default: 35 });

export const trendWord = z
  .enum(['stable', 'increasing', 'degrading', 'improving'])
  .describe(
    'increasing: slower; degrading: slower or failing more often, and over 1 % of its checks fail or are slow',
  );

export const peakHours = z
  .array(z.string())
  .describe('Local time; empty where days do not resemble each other')
  .meta({ examples: [['14:00-16:00']] });

export const evidence = z
  .array(
    z.object({
      figure: z.string().describe('The key it belongs to'),
      query: z.string().describe('PromQL; ask it for the moment `to`'),
      value: z.number().nullable(),
      from: timestamp,
      to: timestamp,
    }),
  )
  .describe('What the figures rest on');

export const reply = { 503: { when: 'The query engine does not answer' } };

/**
 * A report, and the header that says how old it is: seconds, as RFC 9111 has it.
 * @throws HttpError
 */
export async function makeReport<Result>(
  { analyst }: Pick<ApiContext, 'analyst'>,
  kind: Report<Result>,
  scope: Scope,
): Promise<{ report: Result; headers: Record<string, string> }> {
  const { report, age } = await answered(analyst.report(kind, scope));
  return { report, headers: ageHeader(age) };
}

/** The same of what is asked of a part: one service of many. @throws HttpError */
export async function ofFindings<Result>(
  { analyst }: Pick<ApiContext, 'analyst'>,
  scope: Scope,
  make: (findings: Findings) => Promise<Result>,
): Promise<{ report: Result; headers: Record<string, string> }> {
  const { report: findings, age } = await answered(analyst.findings(scope));
  return { report: await answered(make(findings)), headers: ageHeader(age) };
}

const ageHeader = (age: Millis) => ({ age: String(Math.floor(age / 1000)) });

/** @throws HttpError */
async function answered<Result>(making: Promise<Result>): Promise<Result> {
  try {
    return await making;
  } catch (error) {
    if (error instanceof NothingYet || error instanceof TooMuch) throw new HttpError(400, error.message);
    if (!(error instanceof QueryError)) throw error;
    throw new HttpError(503, `the query engine does not answer: ${error.message}`);
  }
}
