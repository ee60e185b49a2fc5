// Regular expressions on a body of any kind, with blackbox_exporter's keys and meaning.
// Source: blackbox_exporter, CONFIGURATION.md, <http_probe>.

import type { SchemaKit } from '../../../config/schema-kit.js';
import { regexpList } from '../../regexp-list.js';

export interface BodyRegexps {
  /** The probe fails where one of these matches. */
  readonly fail_if_body_matches_regexp?: readonly string[] | undefined;
  /** The probe fails where one of these does not match. */
  readonly fail_if_body_not_matches_regexp?: readonly string[] | undefined;
  /** One more of the latter. */
  readonly expect_body?: string | undefined;
}

/** The keys, to be spread into a section; one expression may stand without a list. */
export function bodyRegexps(schemaKit: SchemaKit) {
  const { about, goRegexp } = schemaKit;
  const expressions = () => regexpList(schemaKit);
  return {
    expect_body: about(
      goRegexp().optional(),
      'The check fails where this does not match the body; short for `fail_if_body_not_matches_regexp`.',
      { example: '"status":\\s*"ok"' },
    ),
    fail_if_body_matches_regexp: about(
      expressions(),
      'The check fails where one of these matches the body.',
      { example: ['out of memory'] },
    ),
    fail_if_body_not_matches_regexp: about(
      expressions(),
      'The check fails where one of these does not match the body.',
      { example: ['^ok'] },
    ),
  };
}

/** Makes a check of bodies: why one fails, or undefined when none of the expressions objects. */
export function unmetRegexp(
  { fail_if_body_matches_regexp: unwanted = [], ...wanted }: BodyRegexps,
  compile: (source: string) => (text: string) => boolean,
): (body: string) => string | undefined {
  const checks = [
    ...unwanted.map(source => ({ source, matches: compile(source), fails: true })),
    ...expected(wanted).map(source => ({ source, matches: compile(source), fails: false })),
  ];
  return body => {
    const failed = checks.find(({ matches, fails }) => matches(body) === fails);
    return failed && `Body ${failed.fails ? 'matches' : 'does not match'} ${JSON.stringify(failed.source)}`;
  };
}

function expected({ expect_body: one, fail_if_body_not_matches_regexp: more = [] }: BodyRegexps): string[] {
  return one === undefined ? [...more] : [one, ...more];
}

/** Whether there is one of the keys. */
export function hasBodyRegexps(config: BodyRegexps): boolean {
  return Boolean(
    config.fail_if_body_matches_regexp ?? config.fail_if_body_not_matches_regexp ?? config.expect_body,
  );
}
