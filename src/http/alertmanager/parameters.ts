// Parameters that several endpoints have. Comes in: a query; goes out: matchers, switches and expressions of it.
// Source: Alertmanager, api/v2; go-openapi/swag, ConvertBool.

import { z } from 'zod';
import { MatcherError } from '../../alertmanager/matchers/error.js';
import type { Matcher } from '../../alertmanager/matchers/matcher.js';
import { parseMatcher } from '../../alertmanager/matchers/parse.js';
import { compileRegexp, type Regexp, RegexpError } from '../../go/regexp.js';
import type { Form } from '../prometheus/form.js';
import { Complaint } from './problem.js';

const YES = new Set(['true', '1', 'yes', 'ok', 'y', 'on', 'selected', 'checked', 't', 'enabled']);

/** What /openapi.json says of parameters; an array is a parameter that may be repeated. */
export const describe = {
  filter: () =>
    z
      .array(z.string())
      .optional()
      .describe('Matchers all of which have to hold')
      .meta({ examples: [['severity="critical"']] }),
  receiver: () => z.string().optional().describe('Only what reaches receivers this expression matches'),
  show: (what: string) => z.boolean().optional().describe(`Show ${what}; true unless said`),
};

/** Matchers of `filter`. @throws Complaint */
export function filterOf(query: Form): Matcher[] {
  try {
    return query.all('filter').map(parseMatcher);
  } catch (error) {
    if (error instanceof MatcherError) throw new Complaint(400, error.message);
    throw error;
  }
}

/** The expression `receiver`, of several the last; undefined without. @throws Complaint */
export function receiverOf(query: Form): Regexp | undefined {
  const text = query.all('receiver').at(-1) ?? '';
  if (text === '') return undefined;
  try {
    return compileRegexp(`^(?:${text})$`);
  } catch (error) {
    if (error instanceof RegexpError)
      throw new Complaint(400, `failed to parse receiver param: ${error.message}`);
    throw error;
  }
}

/** A switch that is on unless it is turned off; of several the last one counts. */
export function isOn(query: Form, name: string): boolean {
  const text = query.all(name).at(-1) ?? '';
  return text === '' || YES.has(text.toLowerCase());
}
