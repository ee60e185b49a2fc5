// URLs of alertmanager.yml: what they have to be, in Alertmanager's words, which never repeat the URL itself, since many
// are secrets.

import type { Decoder, Field } from '../../config/decode.js';
import { isAbsent } from '../../config/decode.js';
import { notAUrl } from '../../config/url-words.js';
import { Secret } from '../../model/secret.js';

/** An absolute http or https URL as it is written; undefined when it is not there or is none. */
export function readUrl(decoder: Decoder, node: Field): string | undefined {
  if (isAbsent(node)) return undefined;
  const text = decoder.text(node);
  const problem = node.kind === 'scalar' ? urlProblem(text) : undefined;
  if (problem) decoder.addMistake(node, problem);
  return problem ? undefined : text;
}

/** The same for a URL that is a secret by itself. */
export function readSecretUrl(decoder: Decoder, node: Field): Secret | undefined {
  const url = readUrl(decoder, node);
  return url === undefined ? undefined : new Secret(url);
}

/** What is wrong with a URL; undefined when nothing is. Never repeats it. */
export function urlProblem(text: string): string | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase() ?? '';
  if (scheme !== 'http' && scheme !== 'https') return `unsupported scheme "${scheme}" for URL`;
  const authority = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1];
  if (!authority) return 'missing host for URL';
  // A URL of the web forgives what Go does not.
  const isUrl = URL.canParse(text) && !/[\s\\]/.test(authority);
  return isUrl ? undefined : notAUrl(text);
}
