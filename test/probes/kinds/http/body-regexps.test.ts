import { describe, expect, test } from 'vitest';
import { schemaKit } from '../../../../src/config/schema-kit.js';
import { http } from '../../../../src/probes/kinds/http.js';
import { Bench, run, verdict } from '../recording.js';
import { answer, ask, closeAfterEach, closeLater, served } from './serving.js';

closeAfterEach();

describe('regular expressions on a body', () => {
  const cases: readonly [name: string, config: object, want: string, failed: number][] = [
    ['none', {}, 'ok', 0],
    ['an unwanted one does not match', { fail_if_body_matches_regexp: ['ERROR', '^x'] }, 'ok', 0],
    [
      'an unwanted one matches',
      { fail_if_body_matches_regexp: ['x', '(?i)ERROR'] },
      'body: Body matches "(?i)ERROR"',
      1,
    ],
    ['a wanted one matches', { fail_if_body_not_matches_regexp: 'queue=\\d+' }, 'ok', 0],
    [
      'a wanted one does not',
      { fail_if_body_not_matches_regexp: ['queue', '^all well$'] },
      'body: Body does not match "^all well$"',
      1,
    ],
    [
      'a wrong status comes first',
      { fail_if_body_matches_regexp: ['error'], valid_status_codes: [204] },
      'status: HTTP 200 (queue=3 error)',
      0,
    ],
  ];
  test.each(cases)('%s', async (_, config, want, failed) => {
    const ran = await ask(answer(200, 'queue=3 error'), config);
    expect(verdict(ran)).toBe(want);
    expect(ran.attempt.value('probe_failed_due_to_regex')).toBe(failed);
  });

  test('without an answer none has failed', async () => {
    const bench = new Bench();
    closeLater(() => bench.close());
    const refused = await run(await bench.open(http, { url: 'http://127.0.0.1:1/' }));
    expect(refused.attempt.value('probe_failed_due_to_regex')).toBe(0);
    const hung = await run(await bench.open(http, { url: await served(() => {}) }), 200);
    expect(hung.attempt.value('probe_failed_due_to_regex')).toBe(0);
  });

  test('one that is none', () => {
    const options = http
      .options(schemaKit)
      .safeParse({ url: 'http://127.0.0.1/', fail_if_body_matches_regexp: ['(a'] });
    expect(options.error?.issues[0]?.message).toMatch(/missing closing \)/);
  });
});
