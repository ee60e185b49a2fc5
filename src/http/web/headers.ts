// `http_server_config`: the headers every answer carries.
// Source: Prometheus' exporter-toolkit, "Web configuration".

import { validateHeaderValue } from 'node:http';
import type { z } from 'zod';
import { flag, section, text } from '../../config/fields.js';

function header(...allowed: string[]) {
  return text()
    .refine(
      value => value === '' || allowed.length === 0 || allowed.includes(value),
      `expected ${allowed.join(' or ')}`,
    )
    .refine(isHeaderValue, 'holds a character that no header may have')
    .optional();
}

function isHeaderValue(value: string): boolean {
  try {
    validateHeaderValue('x', value);
    return true;
  } catch {
    return false;
  }
}

/** The section's schema. */
export const httpServerConfig = section({
  http2: flag()
    .refine(wanted => !wanted, 'HTTP/2 is not supported, only HTTP/1.1; write false or leave it out')
    .optional(),
  headers: section({
    'Content-Security-Policy': header(),
    'X-Frame-Options': header('deny', 'sameorigin'),
    'X-Content-Type-Options': header('nosniff'),
    'X-XSS-Protection': header(),
    'Strict-Transport-Security': header(),
  }).optional(),
});

/** Names and values; a blank one is none. */
export function headerList({ headers = {} }: z.output<typeof httpServerConfig>): [string, string][] {
  return Object.entries(headers).filter((entry): entry is [string, string] => Boolean(entry[1]));
}
