// Regular expressions on an answer's headers, with blackbox_exporter's keys and meaning.
// Source: blackbox_exporter, CONFIGURATION.md, <http_header_match_spec>.

import type { SchemaKit } from '../../../config/schema-kit.js';
import { oneLine } from '../../../model/scrub.js';
import type { ReceivedResponse } from '../../http/request.js';

/** An expression for the values of one header. */
export interface HeaderRegexp {
  readonly header: string;
  readonly regexp: string;
  /** Whether an answer without the header passes. */
  readonly allow_missing: boolean;
}

export interface HeaderRegexps {
  /** The probe fails where one of these matches a value of its header. */
  readonly fail_if_header_matches?: readonly HeaderRegexp[] | undefined;
  /** The probe fails where one of these matches no value of its header. */
  readonly fail_if_header_not_matches?: readonly HeaderRegexp[] | undefined;
}

/** RFC 9110, 5.6.2 (token). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Of a value in the reason of a failure, in characters. */
const MAX_VALUE_LENGTH = 80;

/** The keys, to be spread into a section. */
export function headerRegexps({ about, flag, goRegexp, section, words, z }: SchemaKit) {
  const one = section({
    header: about(
      words().refine(name => TOKEN.test(name), 'is not the name of a header'),
      'Name of the header, in upper or lower case.',
      { example: 'Content-Type' },
    ),
    regexp: about(goRegexp(), 'Expression for its value; of several values one that matches is enough.', {
      example: '^application/json',
    }),
    allow_missing: about(flag().default(false), 'Whether an answer without the header passes.'),
  });
  const list = () =>
    z.array(one, { error: 'expected a list of header, regexp and allow_missing' }).optional();
  return {
    fail_if_header_matches: about(list(), 'The check fails where one of these matches.', {
      example: [{ header: 'Warning', regexp: '^110', allow_missing: true }],
    }),
    fail_if_header_not_matches: about(list(), 'The check fails where one of these does not match.', {
      example: [{ header: 'Content-Type', regexp: '^application/json' }],
    }),
  };
}

/** Whether there is one of the keys. */
export function hasHeaderRegexps(config: HeaderRegexps): boolean {
  return Boolean(config.fail_if_header_matches ?? config.fail_if_header_not_matches);
}

/** Makes a check of headers: why they fail, or undefined. `hide` removes what is secret from a value. */
export function unmetHeader(
  { fail_if_header_matches: unwanted = [], fail_if_header_not_matches: wanted = [] }: HeaderRegexps,
  compile: (source: string) => (text: string) => boolean,
): (headers: ReceivedResponse['headers'], hide: (text: string) => string) => string | undefined {
  const checks = [
    ...unwanted.map(spec => ({ ...spec, matches: compile(spec.regexp), fails: true })),
    ...wanted.map(spec => ({ ...spec, matches: compile(spec.regexp), fails: false })),
  ];
  return (headers, hide) => {
    for (const { header, regexp, allow_missing, matches, fails } of checks) {
      const values = [headers[header.toLowerCase()] ?? []].flat();
      if (values.length === 0) {
        if (allow_missing) continue;
        return `Header ${header} is missing`;
      }
      const matching = values.find(matches);
      if ((matching !== undefined) !== fails) continue;
      const shown = oneLine(hide(matching ?? values.join(', ')), MAX_VALUE_LENGTH);
      return `Header ${header} is ${JSON.stringify(shown)}, which ${fails ? 'matches' : 'does not match'} ${JSON.stringify(regexp)}`;
    }
    return undefined;
  };
}
