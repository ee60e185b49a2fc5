// A report over a week of known samples, in each of its formats.

import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../../src/alerts/audit-trail.js';
import { lastDays } from '../../src/analysis/asking.js';
import { periodReport } from '../../src/analysis/reports/period-report.js';
import { isoLocal, type Millis } from '../../src/model/time.js';
import { type AuditedReport, withAudit } from '../../src/report/audited.js';
import { forms } from '../../src/report/formats.js';
import { messageOf } from '../../src/report/mail.js';
import { outlineOf } from '../../src/report/outline-of.js';
import { Store } from '../../src/store/store.js';
import { DAY } from '../analysis/history.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { analystOf, changed, HOSTILE, NOW, OPTIONS, TEXT } from './week.js';

const folder = makeFolder('report');
let running: RunningEngine;
const analystAt = (now: () => Millis) => analystOf(running.engine, now);
let report: AuditedReport;
const audits = new Store({ file: join(folder, 'audit.db'), retention: DAY, log: () => {} });
const audit = new AuditTrail(audits.states);

beforeAll(async () => {
  const [, start] = ENGINES[0] as (typeof ENGINES)[number];
  running = await start(TEXT);
  changed(audit, NOW);
  report = withAudit((await analystAt(() => NOW).report(periodReport, lastDays(7))).report, audit);
});
afterAll(async () => {
  await running?.close();
  audits.close();
  removeFolder(folder);
});

describe('forms', () => {
  test('services are ordered by severity of their problems', () => {
    const { title, summary } = outlineOf(report, OPTIONS);
    expect(title).toBe('Weekly report, 2026-10-05 to 2026-10-12: 99.55% up');
    expect(summary).toEqual([
      `99.55% up, 1 outage, 90 min in all; the longest was ${HOSTILE}, 90 min from 2026-10-09 08:00.`,
      'Services answered in 0.150s on average.',
    ]);
  });

  test('Markdown is a table, worst first, with names escaped', () => {
    const text = forms.md.write(report, OPTIONS);
    const rows = text.split('\n').filter(line => line.startsWith('| '));
    expect(
      rows.slice(0, 4).map(row => row.split(/ (?<!\\)\| /).map(cell => cell.replace(/^\| |\|$/g, '').trim())),
    ).toEqual([
      expect.arrayContaining(['Service', 'Uptime', 'Outages', 'Trend']),
      expect.arrayContaining([
        'Tools &lt;img src=x onerror=alert(1)&gt; \\*\\|\\_\\`',
        '99.11%',
        '1',
        '90 min',
      ]),
      expect.arrayContaining(['Steady', '100%', '0']),
      expect.arrayContaining(['Unseen', '-']),
    ]);
    // Every line of a table is as long as the others.
    expect(new Set(rows.slice(0, 4).map(row => row.length)).size).toBe(1);
  });

  test('HTML has no markup of names, and loads nothing', () => {
    const html = forms.html.write(report, OPTIONS);
    expect(html).not.toMatch(/<img|<script|src=["']?http|@import|url\(/);
    expect(html).toContain('Tools &lt;img src=x onerror=alert(1)&gt;');
    // A bar a day for each of the two that were seen, twice, the hours of today among them.
    expect(html.match(/<rect /g)).toHaveLength(2 * 2 * 8 + 2 * 8);
    expect(html).toContain('<title>2026-10-09: 93.8%</title>');
  });

  test('CSV has a row a service in base units', () => {
    const [head = '', ...rows] = forms.csv.write(report, OPTIONS).trimEnd().split('\r\n');
    const column = head.split(',').indexOf('downtime_seconds');
    const of = (id: string) => rows.find(row => row.startsWith(`${id},`))?.split(',') ?? [];
    expect(Math.abs(Number(of('tools')[column]) - 5400)).toBeLessThanOrEqual(60);
    expect(of('steady')[column]).toBe('0');
  });

  test('JSON is the answer of /report', () => {
    expect(JSON.parse(forms.json.write(report, OPTIONS))).toMatchObject({
      uptime: { services: { tools: { outage_count: 1 } } },
      daily: { dates: expect.arrayContaining(['2026-10-09']) },
    });
  });

  test('the audit trail of the period is in it, and nothing before or after', () => {
    const { audit_trail: trail, audit_trail_from: from } = JSON.parse(forms.json.write(report, OPTIONS));
    expect(trail.map(({ event }: { event: string }) => event)).toEqual([
      'report sent',
      'configuration reload failed',
      'silence created',
    ]);
    expect(from).toBeNull();
    const text = forms.md.write(report, OPTIONS);
    expect(text).toMatch(/^## Changes, newest first\n/m);
    const rows = text
      .split('\n')
      .map(line => line.replaceAll(/ +/g, ' '))
      .filter(line => /\| (silence|configuration) /.test(line));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain(
      '| 2026-10-11 08:00 | configuration reload failed | SIGHUP | problem: monitor.yml',
    );
    expect(rows[1]).toContain(
      '| silence created | alice (127.0.0.1) | matchers: {target="tools"}, comment: Tools',
    );
    const html = forms.html.write(report, OPTIONS);
    expect(html).toContain('alice (127.0.0.1)');
    expect(html).not.toContain('<img src=x');
    expect(outlineOf({ ...report, audit_trail: [] }, OPTIONS).sections).toContainEqual({
      heading: 'Changes, newest first',
      blocks: [{ kind: 'text', text: 'Nothing was changed.' }],
    });
  });

  test('a trail that begins later than the period has a note', () => {
    const store = new Store({ file: join(folder, 'full.db'), retention: DAY, log: () => {} });
    const full = new AuditTrail(store.states);
    for (let n = 1001; n > 0; n--)
      full.add({ at: NOW - n * 60_000, event: 'configuration reloaded', by: 'SIGHUP', details: {} });
    const late = withAudit(report, full);
    store.close();
    expect([late.audit_trail.length, late.audit_trail_from]).toEqual([1000, isoLocal(NOW - 1000 * 60_000)]);
    const section = outlineOf(late, OPTIONS).sections.find(({ heading }) => heading.startsWith('Changes'));
    expect(section?.blocks).toEqual([
      expect.objectContaining({ note: 'and 970 more; format=json has all' }),
      { kind: 'text', text: expect.stringMatching(/^Changes before 2026-10-11 15:20 are not known/) },
    ]);
  });

  test('images of a mail are PNG of the bars, each once', () => {
    const { html, images } = messageOf(outlineOf(report, OPTIONS));
    const used = new Set([...html.matchAll(/src="cid:([^"]+)"/g)].map(([, id]) => id));
    expect(new Set(images.map(({ id }) => id))).toEqual(used);
    for (const { content } of images) {
      const { height, channels } = decode(content);
      expect([height, channels]).toEqual([44, 4]);
    }
  });
});
