// The command `report`.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../../src/alerts/audit-trail.js';
import { Store } from '../../src/store/store.js';
import { importOpenMetrics } from '../../src/tsdb/import/import.js';
import { DAY, HOUR, openMetrics } from '../analysis/history.js';
import { changed, TRUTH } from '../report/week.js';
import { makeFolder, removeFolder } from '../support/child.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const folder = makeFolder('report-command');
afterAll(() => removeFolder(folder));

describe('the command', () => {
  const storage = join(folder, 'data');
  const config = join(folder, 'monitor.yml');
  beforeAll(async () => {
    const text = join(folder, 'samples.om');
    // Up to now, as the command looks back from now.
    const now = Date.now();
    writeFileSync(text, openMetrics({ from: now - 2 * DAY, to: now, services: TRUTH.slice(0, 1) }));
    await importOpenMetrics(text, join(storage, 'samples.db'));
    const store = new Store({ file: join(storage, 'monitor.db'), retention: DAY, log: () => {} });
    changed(new AuditTrail(store.states), now - HOUR);
    store.close();
    writeFileSync(config, 'services: {steady: {name: Steady, url: "http://127.0.0.1:9/"}}\n');
  });
  const command = (...args: string[]) => {
    const flags = [`--config.file=${config}`, `--storage.path=${storage}`];
    const answer = spawnSync(process.execPath, [MAIN, 'report', ...flags, ...args], { encoding: 'utf8' });
    const lines = answer.stderr.replaceAll(folder, 'FOLDER').split('\n').filter(Boolean);
    return { code: answer.status, out: answer.stdout, err: lines };
  };

  test('prints Markdown, and writes the format of a file name', () => {
    const { code, out, err } = command('--days=1');
    expect([code, err]).toEqual([0, []]);
    expect(out).toMatch(/^# Daily report, .*: 100% up\n/);
    expect(out).toMatch(/\| silence expired \| alice \(127\.0\.0\.1\) \|/);
    expect(out).not.toContain('silence created');
    const file = join(folder, 'out.csv');
    expect(command('--days=1', `--output=${file}`)).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^service,name,from,to,uptime_ratio/);
  });

  test.each([
    [['--days=0'], 2, 'langgraph-monitor: --days: "0" is no number of days from 1 to 366'],
    [['--days=3', '--month=2026-10'], 2, 'langgraph-monitor: report takes --days or --month, not both'],
    [['--month=2026-13'], 2, 'langgraph-monitor: --month: "2026-13" is no month; write 2026-10'],
    [['--format=pdf'], 2, 'langgraph-monitor: --format: "pdf" is none of html, md, json, csv'],
    [['more'], 2, 'langgraph-monitor: report: unexpected more'],
    [['--month=2999-01'], 1, 'langgraph-monitor: that time has not begun'],
    [['--output=FOLDER/none/x.md'], 1, /^langgraph-monitor: FOLDER\/none\/x\.md: cannot be written: ENOENT/],
    [
      ['--storage.path=FOLDER/none'],
      1,
      "FOLDER/none/samples.db: no such file; name the folder of a monitor's samples with --storage.path",
    ],
  ])('%j is exit code %i', (args, code, message) => {
    const answer = command(...args.map(arg => arg.replace('FOLDER', folder)));
    expect(answer.code).toBe(code);
    expect(answer.err).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
  });
});
