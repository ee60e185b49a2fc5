// The forms a report can be written in. A further one is a line here.

import type { AuditedReport } from './audited.js';
import { csvOf } from './csv.js';
import { htmlOf } from './html.js';
import { markdownOf } from './markdown.js';
import { type OutlineOptions, outlineOf } from './outline-of.js';

export const FORMATS = ['html', 'md', 'json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

interface Form {
  /** Media type. */
  readonly type: string;
  readonly write: (report: AuditedReport, options: OutlineOptions) => string;
}

export const forms: Readonly<Record<Format, Form>> = {
  html: {
    type: 'text/html; charset=utf-8',
    write: (report, options) => htmlOf(outlineOf(report, options)),
  },
  md: {
    type: 'text/markdown; charset=utf-8',
    write: (report, options) => markdownOf(outlineOf(report, options)),
  },
  json: { type: 'application/json', write: report => `${JSON.stringify(report, null, 2)}\n` },
  csv: { type: 'text/csv; charset=utf-8', write: csvOf },
};
