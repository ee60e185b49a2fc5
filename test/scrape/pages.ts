// Pages of targets as the client hands them on.

import type { Page } from '../../src/scrape/page-reader.js';

/** A page with these bytes. */
export function page(text: string | Buffer, isOpenMetrics = false): Page {
  const bytes = Buffer.concat([Buffer.from(text), Buffer.from('\n')]);
  return { bytes, length: bytes.length - 1, isOpenMetrics };
}
