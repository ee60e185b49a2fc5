import { describe, expect, test } from 'vitest';
import { csvRow } from '../../src/model/csv.js';
import { Labels } from '../../src/model/labels.js';
import { isoLocal } from '../../src/model/time.js';
import { START, startMonitor } from '../http/monitor.js';

describe('a cell', () => {
  test.each([
    ['is text as it is', 'Tools Server', 'Tools Server'],
    ['is quoted for a comma', 'a, b', '"a, b"'],
    ['is quoted for a quote', 'a "b"', '"a ""b"""'],
    ['is quoted for a line end', 'a\r\nb', '"a\r\nb"'],
    ['is no formula', '=1+1', "'=1+1"],
    ['is no sum', '+1', "'+1"],
    ['is no difference', '-1+1', "'-1+1"],
    ['is a number', '-44.45', '-44.45'],
    ['is a small number', '-1.5e-7', '-1.5e-7'],
    ['is no number', '-1 ', "'-1 "],
    ['is no call', '@SUM(A1)', "'@SUM(A1)"],
    ['is no formula behind a tab', '\t=1', "'\t=1"],
    ['is no formula behind a line end', '\r=1', `"'\r=1"`],
    ['is no formula in quotes', '=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['may hold such a sign', 'a=b', 'a=b'],
  ])('%s', (_, text, want) => expect(csvRow([text, 'x'])).toBe(`${want},x\r\n`));
});

test('alerts come as a table', async () => {
  await using monitor = await startMonitor();
  const send = (target: string, description: string, endsAt: number, startsAt?: number) => {
    const labels = Labels.of({ alertname: 'ServiceDown', severity: 'critical', target });
    const alert = { labels, annotations: { description }, startsAt, endsAt, generatorUrl: '' };
    monitor.alerting.ingest([alert], monitor.clock.now());
  };
  for (let i = 0; i < 250; i++) send(`s${i}`, '=cmd|"x"', START + 3_600_000, START);
  monitor.clock.advance(90_500);
  send('s0', '=cmd|"x"', monitor.clock.now());
  const response = await fetch(`${monitor.url}/alert_history?format=csv&limit=1000`);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/csv; charset=utf-8; header=present',
  ]);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="alert_history.csv"');
  const lines = (await response.text()).split('\r\n');
  expect(lines[0]).toBe(
    'id,severity,service,alertname,message,starts_at,ends_at,duration_seconds,escalation,action_taken,notified,silenced_by,runbook_url,dashboard_url,first_failed_at,active_at',
  );
  expect(lines).toHaveLength(252);
  expect(lines.at(-1)).toBe('');
  const over = lines.find(line => line.includes(',s0,')) ?? '';
  expect(over.slice(over.indexOf(','))).toContain(
    `,critical,s0,ServiceDown,"'=cmd|""x""",${isoLocal(START)},${isoLocal(START + 90_500)},90.5,,`,
  );
  expect((await fetch(`${monitor.url}/alert_history?format=xml`)).status).toBe(400);
});
