import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { ROOT, tool } from './tool.js';

interface Configuration {
  endpoints: unknown;
  services: Record<string, { critical: boolean; url?: string; host?: string }>;
}

describe('the monitor accepts', () => {
  test.each(['deploy/cluster.yml', 'deploy/compose/monitor.yml'])('%s', path => {
    expect(existsSync(join(ROOT, 'dist/main.js')), 'run `npm run build` first').toBe(true);
    expect(tool(process.execPath, ['dist/main.js', 'check-config', path])).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});

test("deploy/cluster.yml has the reference cluster's services and addresses", () => {
  const { services } = load(readFileSync(join(ROOT, 'deploy/cluster.yml'), 'utf8')) as Configuration;
  const found = Object.entries(services).map(([id, { url, host, critical }]) => [id, url ?? host, critical]);
  expect(found).toEqual([
    ['jetson_ollama', 'http://192.168.1.177:11434/api/tags', true],
    ['cpu_llama', 'http://192.168.1.81:8080/health', false],
    ['embeddings', 'http://192.168.1.178:8081/health', true],
    ['tools', 'http://192.168.1.105:8082/health', true],
    ['haproxy', 'http://192.168.1.81:8888/health', true],
    ['redis', '192.168.1.81:6379', true],
  ]);
});

test('deploy/cluster.yml has the endpoints of the document, in its order', () => {
  const { endpoints } = load(readFileSync(join(ROOT, 'deploy/cluster.yml'), 'utf8')) as Configuration;
  expect(endpoints).toEqual({
    llm: [
      { service: 'jetson_ollama', url: 'http://192.168.1.177:11434' },
      { service: 'cpu_llama', url: 'http://192.168.1.81:8080' },
    ],
    fallback: 'http://192.168.1.81:9000',
  });
});

test('every variable of deploy/langgraph-monitor.env is one that deploy/cluster.yml uses', () => {
  const environment = readFileSync(join(ROOT, 'deploy/langgraph-monitor.env'), 'utf8');
  const cluster = readFileSync(join(ROOT, 'deploy/cluster.yml'), 'utf8');
  const names = [...environment.matchAll(/^#?([A-Z_]+)=/gm)].map(match => match[1] as string);
  expect(names).not.toEqual([]);
  for (const name of names) expect(cluster).toContain(`\${${name}`);
});
