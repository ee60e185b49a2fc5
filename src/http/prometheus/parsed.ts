// The expression of endpoints that look at it without evaluating it.

import type { Expr } from '../../promql/ast.js';
import { ParseError } from '../../promql/error.js';
import { parse } from '../../promql/parse.js';
import type { Form } from './form.js';
import { invalid } from './parameters.js';

/** Evaluated queries may be longer: the query thread parses those, and here others wait meanwhile. */
const MAX_LENGTH = 4096;

/** Parses the parameter `query`. @throws QueryError when it is no PromQL */
export function parsed(form: Form): Expr {
  const text = form.first('query');
  if (text.length > MAX_LENGTH)
    throw invalid('query', `longer than ${MAX_LENGTH} characters; take a part of it`);
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof ParseError ? invalid('query', error.message) : error;
  }
}
