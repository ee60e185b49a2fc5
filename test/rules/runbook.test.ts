// Links of alerts: every one has its entry in the runbook, and an existing dashboard with the variables that the link
// sets.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadRuleFiles } from '../../src/rules/load.js';
import { panelsOf, shipped, variablesOf } from '../grafana/shipped.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const alerts = loadRuleFiles(['rules/*.rules.yml'], ROOT)
  .flatMap(({ groups }) => groups)
  .flatMap(({ rules }) => rules)
  .flatMap(rule => (rule.kind === 'alerting' ? [rule] : []));
const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
const entries = new Map(
  runbook
    .split(/^### /m)
    .slice(1)
    .map(entry => [entry.split('\n', 1)[0] as string, entry.split(/^## /m, 1)[0] as string]),
);

test('the alerts are there', () => {
  expect(alerts.length).toBeGreaterThan(30);
  expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
});

test('the runbook has an entry for every alert; and no others', () => {
  expect([...entries.keys()].sort()).toEqual(alerts.map(({ name }) => name).sort());
});

test('the panels that it names are there', () => {
  const titles = new Set(shipped.flatMap(panelsOf).map(({ title }) => title));
  // Names in backticks are no panels.
  const named = [...runbook.replace(/`[^`]*`/g, '').matchAll(/"([^"]+)"/g)].map(match => match[1] as string);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(title => !titles.has(title))).toEqual([]);
});

describe.each(alerts.map(alert => [alert.name, alert] as const))('%s', (name, { annotations }) => {
  /** The part of a link after the monitor's own. */
  const tail = (annotation: string) => {
    const { [annotation]: text = '' } = annotations as Readonly<Record<string, string>>;
    const match =
      /^\{\{ with query .*?langgraph_monitor_links_info.*? \}\}\{\{ first \. \| label "(\w+)" \}\}(.*)$/.exec(
        text,
      );
    // A template after the address ends the query; what only a target has stands in one of its own.
    return match?.slice(1).map(part => part.replaceAll(/\{\{ (end|with \$labels\.target) \}\}/g, ''));
  };

  test('describes the meaning, the diagnosis and the remedy', () => {
    const [title, , meaning, ...rest] = (entries.get(name) ?? '').split('\n');
    expect(title).toBe(name);
    expect(meaning).toMatch(/^[A-Z].{20,}/);
    expect(rest.join('\n')).toMatch(/\n- \*\*Look:\*\* [\s\S]{20,}\n- \*\*Do:\*\* [\s\S]{20,}\n$/);
  });

  test('links to its entry', () => {
    expect(tail('runbook_url')).toEqual(['runbook', `#${name.toLowerCase()}`]);
  });

  test('links to a dashboard with the variables of the link', () => {
    const [base, rest = ''] = tail('dashboard_url') ?? [];
    const [uid, query = ''] = rest.split('?');
    const dashboard = shipped.find(each => each.dashboard.uid === uid);
    expect([base, dashboard?.dashboard.uid]).toEqual(['dashboards', uid]);
    const known = dashboard ? variablesOf(dashboard).map(variable => `var-${variable.name}`) : [];
    for (const parameter of query === '' ? [] : query.split('&')) {
      const [key, value] = parameter.split('=');
      expect(known).toContain(key);
      expect(value).toMatch(/^\{\{ (\$labels\.\w+|first \. \| label "\w+") \}\}$/);
    }
  });
});

test('the page of dashboards names all of them', () => {
  const page = readFileSync(join(ROOT, 'docs/dashboards.md'), 'utf8');
  const files = [...page.matchAll(/^\| [\w ]+ \| [^|]+\? \| `(\w+\.json)` \|$/gm)].map(row => row[1]);
  const shipped = readdirSync(join(ROOT, 'grafana/dashboards')).filter(file => file.endsWith('.json'));
  expect(files.sort()).toEqual(shipped.sort());
});
