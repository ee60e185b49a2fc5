// What is waited for and sent on a TCP connection, with blackbox_exporter's keys and meaning.
// Source: blackbox_exporter, CONFIGURATION.md, <tcp_probe>.

import type { z } from 'zod';
import type { SchemaKit } from '../../../config/schema-kit.js';
import { hideable, revealed, type SecretSource } from '../../../model/secret.js';

/** One step: a line is waited for, then one is sent, then TLS begins. */
export interface QueryResponse {
  readonly expect?: string | undefined;
  readonly send?: SecretSource | undefined;
  readonly starttls: boolean;
}

/** The key `query_response`. */
export function queryResponse({ about, flag, goRegexp, secret, section, z }: SchemaKit) {
  const step = section({
    expect: about(goRegexp().optional(), 'Lines are read until this matches one of them.', {
      example: '^220 ([^ ]+) ESMTP',
    }),
    send: about(
      secret().optional(),
      'Line that is sent, without its end; `$1` is a group of `expect` in the same entry.',
      { example: 'EHLO $1' },
    ),
    starttls: about(flag().default(false), 'Begin TLS after that, with `tls_config`.'),
  });
  return about(
    z.array(step, { error: 'expected a list of expect, send and starttls' }).default([]),
    'What is waited for and sent, in this order; none: a connection is enough.',
  ) satisfies z.ZodType<QueryResponse[]>;
}

/** What an expression matched a line with: the groups, put in a text's `${1}` and `${name}`. */
export type Match = (template: string) => string;

/** A step whose expression is compiled. */
export interface Step {
  /** Undefined: nothing is waited for. */
  readonly expect:
    | { readonly source: string; readonly match: (line: string) => Match | undefined }
    | undefined;
  /** The line to send. @throws Error when it is in a file that cannot be read */
  readonly send: (() => string) | undefined;
  readonly starttls: boolean;
}

/** Compiles the steps; the expressions' library is loaded only where there is one. */
export async function compileSteps(steps: readonly QueryResponse[]): Promise<readonly Step[]> {
  const needsRegexps = steps.some(({ expect }) => expect !== undefined);
  const compile = needsRegexps ? (await import('../../../go/regexp/match.js')).compileMatch : undefined;
  return steps.map(({ expect, send, starttls }) => ({
    expect:
      expect === undefined ? undefined : { source: expect, match: compile?.(expect) ?? (() => undefined) },
    send: send && (() => revealed(send)),
    starttls,
  }));
}

/** Words of a line to sign in with, beside which others are secret. */
const SIGNS_IN = /auth|cookie|token|key|secret|pass|pwd|credential|login|sig/i;
/** Shorter lines and words stand everywhere. */
const MIN_LINE_LENGTH = 8;
const MIN_WORD_LENGTH = 4;

/** What must not be shown of lines that a server may repeat. */
export function secretsOfSteps(steps: readonly QueryResponse[]): string[] {
  return steps
    .flatMap(({ send }) => hideable(send))
    .flatMap(line => {
      const words = SIGNS_IN.test(line) ? line.split(/[\s,;]+/).slice(1) : [];
      return [
        ...(line.length >= MIN_LINE_LENGTH ? [line] : []),
        ...words.filter(word => word.length >= MIN_WORD_LENGTH),
      ];
    });
}
