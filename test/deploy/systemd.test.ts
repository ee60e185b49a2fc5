import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, tool } from './tool.js';

const UNIT = 'deploy/langgraph-monitor.service';
const lines = readFileSync(join(ROOT, UNIT), 'utf8').split('\n');

test('systemd accepts the unit without a warning', () => {
  expect(tool('systemd-analyze', ['verify', UNIT])).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('systemd rates its exposure at most 2.0 of 10', () => {
  const args = ['security', '--offline=true', '--threshold=20', '--no-pager', UNIT];
  expect(tool('systemd-analyze', args).status).toBe(0);
});

describe('the unit says', () => {
  test.each([
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'Restart=always',
    'RestartSec=10',
    'StateDirectory=langgraph-monitor',
    'ExecReload=/bin/kill -HUP $MAINPID',
  ])('%s', directive => {
    expect(lines).toContain(directive);
  });
});

test('everything it starts from and writes to is where its own protection allows it', () => {
  const started = lines.find(line => line.startsWith('ExecStart='));
  expect(started).toContain(' --storage.path=/var/lib/langgraph-monitor');
  expect(lines).toContain('WorkingDirectory=/opt/langgraph-monitor');
  expect(lines.filter(line => /^(MemoryDenyWriteExecute|ProcSubset)=/.test(line))).toEqual([]);
});
