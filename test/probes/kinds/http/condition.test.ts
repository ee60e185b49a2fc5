// JSON of answers: conditions on it, fields as metrics.

import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { verdict } from '../recording.js';
import { answer, ask, closeAfterEach, HTML, JSON_TYPE, type Serve } from './serving.js';

closeAfterEach();

describe('conditions and fields of JSON', () => {
  const condition = { path: 'status', value: 'ok' };
  const good = '{"status":"ok"}';
  const cases: readonly [
    name: string,
    serve: Serve,
    condition: object | undefined,
    want: string,
    data?: string,
  ][] = [
    ['a text', answer(200, '"healthy"', JSON_TYPE), { path: '$', value: 'healthy' }, 'ok', '"healthy"'],
    ['a number', answer(200, ' 7\n', JSON_TYPE), { path: '$', operator: '>', value: 6 }, 'ok', ' 7\n'],
    ['a boolean', answer(200, 'true', JSON_TYPE), { path: '$', value: true }, 'ok', 'true'],
    ['null', answer(200, 'null', JSON_TYPE), { path: '$', value: null }, 'ok', 'null'],
    ['a byte order mark', answer(200, `\ufeff${good}`, JSON_TYPE), condition, 'ok', good],
    ['gzip', answer(200, gzipSync(good), { 'content-encoding': 'gzip' }), condition, 'ok', good],
    ['x-gzip', answer(200, gzipSync(good), { 'content-encoding': 'X-GZIP' }), condition, 'ok', good],
    ['deflate', answer(200, deflateSync(good), { 'content-encoding': 'deflate' }), condition, 'ok', good],
    [
      'deflate without a header',
      answer(200, deflateRawSync(good), { 'content-encoding': 'deflate' }),
      condition,
      'ok',
      good,
    ],
    ['br', answer(200, brotliCompressSync(good), { 'content-encoding': 'br' }), condition, 'ok', good],
    [
      'one in another',
      answer(200, gzipSync(deflateSync(good)), { 'content-encoding': 'deflate, gzip' }),
      condition,
      'ok',
      good,
    ],
    ['identity', answer(200, good, { 'content-encoding': 'identity' }), condition, 'ok', good],
    [
      'zstd',
      answer(200, 'x', { 'content-encoding': 'zstd' }),
      condition,
      'body: Condition failed: the body is compressed (zstd), which was not asked for and is not decoded',
    ],
    [
      'what is not gzip',
      answer(200, 'gzip?', { 'content-encoding': 'gzip' }),
      condition,
      'body: Condition failed: the body is compressed (broken gzip), which was not asked for and is not decoded',
    ],
    [
      'a bomb',
      answer(200, gzipSync(Buffer.alloc(3_000_000)), { 'content-encoding': 'gzip' }),
      undefined,
      'body: Body is longer than 1048576 bytes when unpacked (body_limit)',
    ],
    [
      'NaN',
      answer(200, '{"status":"ok","a":"NaN","util":NaN}', JSON_TYPE),
      condition,
      'body: Condition failed: the body is not JSON: it holds NaN, which JSON has no number for',
    ],
    [
      '-Infinity',
      answer(200, '[-Infinity]', JSON_TYPE),
      condition,
      'body: Condition failed: the body is not JSON: it holds -Infinity, which JSON has no number for',
    ],
    [
      'UTF-16',
      answer(200, Buffer.from(`\ufeff${good}`, 'utf16le'), JSON_TYPE),
      condition,
      'body: Condition failed: the body is UTF-16; JSON is UTF-8',
    ],
    [
      'UTF-16 without a mark',
      answer(200, Buffer.from(good, 'utf16le').swap16(), JSON_TYPE),
      condition,
      'body: Condition failed: the body is UTF-16; JSON is UTF-8',
    ],
    ['nothing', answer(200, ''), condition, 'body: Condition failed: the body is empty'],
    [
      'a page',
      answer(200, '<html><title>Sign in</title>', HTML),
      condition,
      'body: Condition failed: the body is HTML (Sign in), not JSON',
    ],
    ['a word', answer(200, 'OK'), condition, 'body: Condition failed: the body is not JSON'],
    ['a word, with no condition', answer(200, 'OK'), undefined, 'ok'],
    [
      'a pair',
      answer(200, '[{"status":"DOWN"},503]'),
      condition,
      'body: Condition failed: status is missing: the body is a list; write $[0].status',
    ],
    [
      'a list',
      answer(200, '[1]'),
      condition,
      'body: Condition failed: status is missing: the body is a list',
    ],
    [
      'a number that is a text',
      answer(200, '{"status":"45.2%"}'),
      { path: 'status', operator: '<', value: 80 },
      'body: Condition failed: status is "45.2%", which is not a number, wanted < 80',
    ],
  ];
  test.each(cases)('%s', async (_, serve, wanted, want, data) => {
    const ran = await ask(serve, wanted ? { condition: wanted } : {});
    expect(verdict(ran)).toBe(want);
    if (data !== undefined) expect(ran.attempt.data).toBe(data);
  });

  test('the length is that of the decompressed body, as in blackbox_exporter', async () => {
    const packed = gzipSync(good);
    const { attempt } = await ask(
      answer(200, packed, { 'content-encoding': 'gzip', 'content-length': String(packed.length) }),
    );
    expect(attempt.value('probe_http_uncompressed_body_length')).toBe(good.length);
    expect(attempt.value('probe_http_content_length')).toBe(packed.length);
  });

  test('a path of /metrics is valid in a condition', async () => {
    const body = '{"models":{"llama3.2:3b":{"queue":3}},"a.b":1,"c d":true}';
    const { attempt } = await ask(answer(200, body));
    const paths = [...attempt.measuredSamples].flatMap(([name, value]) => {
      const label = /^probe_http_json_value\{field=(".*")\}$/.exec(name)?.[1];
      return label ? [{ path: JSON.parse(label) as string, value }] : [];
    });
    expect(paths.map(({ path }) => path)).toEqual(["models['llama3.2:3b'].queue", "$['a.b']", "$['c d']"]);
    const conditions = paths.map(({ path, value }) => ({ path, operator: '>=', value }));
    expect(verdict(await ask(answer(200, body), { condition: conditions }))).toBe('ok');
  });
});
