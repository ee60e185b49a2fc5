// What a report says of models: from counters and gauges of a day, in each of its formats.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastDays } from '../../src/analysis/asking.js';
import { periodReport } from '../../src/analysis/reports/period-report.js';
import { withAudit } from '../../src/report/audited.js';
import { forms } from '../../src/report/formats.js';
import { outlineOf } from '../../src/report/outline-of.js';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { analystOf, NOW, OPTIONS } from './week.js';

const MINUTE = 60_000;
const QUESTIONS = 48;

/** A question every 30 minutes of a day; scrapes every minute. @returns OpenMetrics text */
function history(): string {
  const text = 'test="generate"';
  const failed = (n: number) => Math.floor(n / 4);
  const series: readonly (readonly [name: string, labels: string, value: (n: number) => number])[] = [
    ['successes_total', `target="steady",model="llama",${text}`, n => n],
    ['successes_total', `target="tools",model="qwen|a",${text}`, n => n - failed(n)],
    ['successes_total', 'target="steady",model="embed",test="embed"', n => n],
    ['successes_total', `target="gone",model="llama",${text}`, n => n],
    ['successes_total', `target="unseen",model="idle",${text}`, () => 0],
    ['failures_total', `target="tools",model="qwen|a",${text},reason="timeout"`, failed],
    ['failures_total', `target="tools",model="qwen|a",${text},reason="empty"`, () => 0],
    ['failures_total', `target="unseen",model="idle",${text},reason="empty"`, () => 0],
    ['time_to_first_token_seconds_sum', 'target="steady",model="llama"', n => n * 0.5],
    ['time_to_first_token_seconds_count', 'target="steady",model="llama"', n => n],
    ['embedding_seconds_sum', 'target="steady",model="embed"', n => n * 0.02],
    ['embedding_seconds_count', 'target="steady",model="embed"', n => n],
    ['tokens_per_second', 'target="steady",model="llama"', n => (n % 2 === 0 ? 30 : 50)],
  ];
  const begin = NOW - QUESTIONS * 30 * MINUTE;
  const lines = series.flatMap(([name, labels, value]) =>
    Array.from(
      { length: QUESTIONS * 30 + 1 },
      (_, minute) =>
        `llm_probe_${name}{${labels}} ${value(Math.floor(minute / 30))} ${(begin + minute * MINUTE) / 1000}`,
    ),
  );
  return `${lines.join('\n')}\n# EOF\n`;
}

let running: RunningEngine;
beforeAll(async () => {
  const [, start] = ENGINES[0] as (typeof ENGINES)[number];
  running = await start(history());
});
afterAll(() => running?.close());

test('models that were asked are in a table, those that answered worst first', async () => {
  const { report } = await analystOf(running.engine, () => NOW).report(periodReport, lastDays(2));
  expect(report.models.map(({ service, model, test }) => [service, model, test])).toEqual([
    ['tools', 'qwen|a', 'generate'],
    ['steady', 'embed', 'embed'],
    ['steady', 'llama', 'generate'],
  ]);
  const [qwen, embed, llama] = report.models;
  expect(qwen).toMatchObject({ answered: 0.75, response_time: null, tokens_per_second: null });
  expect(embed).toMatchObject({ answered: 1, response_time: 0.02, tokens_per_second: null });
  expect(llama).toMatchObject({ answered: 1, response_time: 0.5, questions: QUESTIONS });
  expect(llama?.tokens_per_second).toBeCloseTo(40, 0);

  const audited = withAudit(report, { between: () => [], beginsAt: () => undefined });
  const section = outlineOf(audited, OPTIONS).sections.find(({ heading }) => heading.startsWith('Models'));
  const [table] = section?.blocks ?? [];
  expect(table).toMatchObject({
    kind: 'table',
    rows: [
      ['qwen|a', expect.stringContaining('Tools'), 'text', String(QUESTIONS), '75%', '-', '-'],
      ['embed', 'Steady', 'vectors', String(QUESTIONS), '100%', '0.020s', '-'],
      ['llama', 'Steady', 'text', String(QUESTIONS), '100%', '0.500s', '40'],
    ],
  });
  expect(forms.md.write(audited, OPTIONS)).toMatch(/^## Models/m);
  expect(forms.html.write(audited, OPTIONS)).toContain('Tokens per second');
  expect(outlineOf({ ...audited, models: [] }, OPTIONS).sections.map(({ heading }) => heading)).not.toContain(
    section?.heading,
  );
});
