// Which formats a target is asked for, and in which one it has answered. Source: Prometheus, scrape/scrape.go
// (acceptHeader) and model/textparse/interface.go (extractMediaType).

import { quote } from '../go/quote.js';
import type { NameEscaping, ScrapeProtocol } from './target.js';

const MEDIA_TYPES: Readonly<Record<ScrapeProtocol, string>> = {
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
  'PrometheusText1.0.0': 'text/plain;version=1.0.0',
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'OpenMetricsText1.0.0': 'application/openmetrics-text;version=1.0.0',
};
/** Formats in which names may be escaped in several ways. */
const ESCAPED: readonly ScrapeProtocol[] = ['PrometheusText1.0.0', 'OpenMetricsText1.0.0'];

const OPENMETRICS = 'application/openmetrics-text';
const PROTOBUF = 'application/vnd.google.protobuf';
const TEXT = 'text/plain';

/** The header `Accept`: the most preferred first. */
export function acceptHeader(protocols: readonly ScrapeProtocol[], escaping: NameEscaping): string {
  const wanted = protocols.map((protocol, i) => {
    const names = ESCAPED.includes(protocol) ? `;escaping=${escaping}` : '';
    return `${MEDIA_TYPES[protocol]}${names};q=0.${protocols.length + 1 - i}`;
  });
  return [...wanted, '*/*;q=0.1'].join(',');
}

/** RFC 9110's `token`, as Go's mime.ParseMediaType reads it. */
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const MEDIA_TYPE = new RegExp(
  `^\\s*(${TOKEN}/${TOKEN})\\s*(?:;\\s*(?:${TOKEN}\\s*=\\s*(?:${TOKEN}|"(?:[^"\\\\]|\\\\.)*")\\s*)?)*$`,
);

/** A page in no format that can be read. */
export class FormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FormatError';
  }
}

/** Whether a page is OpenMetrics, by its header `Content-Type`; otherwise it is text. @throws FormatError */
export function isOpenMetrics(contentType: string, fallback: ScrapeProtocol | undefined): boolean {
  const type = MEDIA_TYPE.exec(contentType)?.[1]?.toLowerCase();
  if (type === OPENMETRICS) return true;
  if (type === TEXT) return false;
  if (type === PROTOBUF)
    throw new FormatError(
      'the target answered in protobuf, which it was not asked for and which is not supported',
    );
  if (fallback) return fallback.startsWith('OpenMetrics');
  if (contentType === '')
    throw new FormatError(
      'non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target',
    );
  if (type === undefined)
    throw new FormatError(
      `cannot parse Content-Type ${quote(contentType)} and no fallback_scrape_protocol for target`,
    );
  throw new FormatError(
    `received unsupported Content-Type ${quote(contentType)} and no fallback_scrape_protocol specified for target`,
  );
}
