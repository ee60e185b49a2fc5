// The expression of endpoints that look at it without evaluating it.

import type { Expr } from '../../promql/ast.js';
import { ParseError } from '../../promql/error.js';
import { parse } from '../../promql/parse.js';
import type { Form } from './form.js';
import { invalid } from './parameters.js';

/** Parses the parameter `query`. @throws QueryError when it is no PromQL */
export function parsed(form: Form): Expr {
  try {
    return parse(form.first('query'));
  } catch (error) {
    throw error instanceof ParseError ? invalid('query', error.message) : error;
  }
}
