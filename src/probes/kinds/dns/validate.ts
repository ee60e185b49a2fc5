// What an answer must hold: blackbox_exporter's validators of records, and the short form for everyday use.
// Source: blackbox_exporter, CONFIGURATION.md, <dns_probe>, and prober/dns.go where the page leaves it open.

import type { Answer } from 'dns-packet';
import type { SchemaKit } from '../../../config/schema-kit.js';
import { oneLine } from '../../../model/scrub.js';
import { regexpList } from '../../regexp-list.js';
import { dataText, recordText } from './record-text.js';

/** Expressions for the lines of a section's records. */
export interface RecordValidator {
  readonly fail_if_matches_regexp?: readonly string[] | undefined;
  readonly fail_if_all_match_regexp?: readonly string[] | undefined;
  readonly fail_if_not_matches_regexp?: readonly string[] | undefined;
  readonly fail_if_none_matches_regexp?: readonly string[] | undefined;
}

/** The keys of a validator, as an optional section. */
export function recordValidator(schemaKit: SchemaKit, where: string) {
  const { about, section } = schemaKit;
  const list = () => regexpList(schemaKit);
  return about(
    section({
      fail_if_matches_regexp: about(list(), 'The check fails where one of these matches a record.', {
        example: ['\\t127\\.'],
      }),
      fail_if_all_match_regexp: about(
        list(),
        'The check fails where a record does not match all of these; blackbox_exporter does so too, in spite of the name.',
      ),
      fail_if_not_matches_regexp: about(
        list(),
        'The check fails where a record does not match all of these, or there is none.',
        { example: ['\\tA\\t10\\.'] },
      ),
      fail_if_none_matches_regexp: about(
        list(),
        'The check fails where none of these matches any record, or there is none.',
      ),
    }).optional(),
    `Expressions for the records ${where}; see docs/probes.md.`,
  );
}

/** Says what is wrong with a section's records; undefined for nothing. */
export type UnmetRecords = (records: readonly Answer[]) => string | undefined;

type Compile = (source: string) => (text: string) => boolean;

/** @param where `answer`, `authority` or `additional` */
export function unmetRecords(where: string, validator: RecordValidator, compile: Compile): UnmetRecords {
  const compiled = (sources: readonly string[] = []) =>
    sources.map(source => ({ source: JSON.stringify(source), matches: compile(source) }));
  const unwanted = compiled(validator.fail_if_matches_regexp);
  const all = compiled(validator.fail_if_all_match_regexp);
  const wanted = compiled(validator.fail_if_not_matches_regexp);
  const any = compiled(validator.fail_if_none_matches_regexp);
  return records => {
    const needed = wanted[0] ?? any[0];
    if (records.length === 0) return needed && `No ${where} record, which ${needed.source} should match`;
    for (const record of records) {
      const line = recordText(record);
      const shown = oneLine(line, 120);
      const found = unwanted.find(({ matches }) => matches(line));
      if (found) return `A record of the ${where} matches ${found.source}: ${shown}`;
      const missing = [...wanted, ...all].find(({ matches }) => !matches(line));
      if (missing) return `A record of the ${where} does not match ${missing.source}: ${shown}`;
    }
    const lines = any.length > 0 ? records.map(recordText) : [];
    if (any.length === 0 || any.some(({ matches }) => lines.some(matches))) return undefined;
    return `No record of the ${where} matches ${any.map(({ source }) => source).join(' or ')}`;
  };
}

/** Says which of the expected data no record of the answer has; undefined for none. */
export function unexpectedAnswer(
  expected: readonly string[],
  records: readonly Answer[],
): string | undefined {
  const forms = new Set(records.flatMap(formsOf));
  const missing = expected.find(text => !forms.has(normal(text)));
  if (missing === undefined) return undefined;
  const texts = records.map(record => `${record.type} ${dataText(record)}`).join(', ');
  const there = records.length === 0 ? 'it is empty' : `it has ${oneLine(texts, 200)}`;
  return `The answer does not have ${JSON.stringify(missing)}: ${there}`;
}

/** How a record's data may be written: as in a zone file, a text without quotes as well. */
function formsOf(record: Answer): string[] {
  const forms = [normal(dataText(record))];
  if (record.type === 'TXT')
    forms.push(normal(Buffer.concat(record.data as unknown as Buffer[]).toString('utf8')));
  return forms;
}

/** Names are equal in upper and lower case, and with or without the dot behind them; addresses in any spelling. */
function normal(text: string): string {
  const lower = text.trim().toLowerCase().replace(/\.$/, '');
  const url = lower.includes(':') ? `http://[${lower}]/` : '';
  return URL.canParse(url) ? new URL(url).hostname : lower;
}
