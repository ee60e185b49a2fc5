import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ROOT, tool } from './tool.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'langgraph-monitor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('Prometheus reads', () => {
  test.each(['deploy/prometheus.yml', 'deploy/compose/prometheus.yml'])('%s, and rules/ beside it', path => {
    copyFileSync(join(ROOT, path), join(folder, 'prometheus.yml'));
    cpSync(join(ROOT, 'rules'), join(folder, 'rules'), { recursive: true });
    const { status, stdout, stderr } = tool('promtool', ['check', 'config', join(folder, 'prometheus.yml')]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/monitor\.rules\.yml\s+SUCCESS: \d+ rules found/);
  });
});

test('the rules alert as promtool runs them', () => {
  const { status, stdout, stderr } = tool('promtool', [
    'test',
    'rules',
    'test/deploy/monitor-rules.promtool.yml',
  ]);
  expect({ status, output: stdout + stderr }).toMatchObject({
    status: 0,
    output: expect.stringContaining('SUCCESS'),
  });
});

test('Alertmanager reads deploy/compose/alertmanager.yml', () => {
  const path = 'deploy/compose/alertmanager.yml';
  expect(tool('amtool', ['check-config', path])).toMatchObject({ status: 0, stderr: '' });
});

describe('Alertmanager sends to the right receiver', () => {
  test.each([
    ['the heartbeat', ['alertname=Heartbeat', 'severity=none'], 'heartbeat'],
    ['a service that is down', ['alertname=ServiceDown', 'severity=critical', 'target=redis'], 'default'],
  ])('%s', (_, labels, want) => {
    const args = ['config', 'routes', 'test', '--config.file=deploy/compose/alertmanager.yml', ...labels];
    expect(tool('amtool', args)).toMatchObject({ status: 0, stdout: `${want}\n` });
  });
});
