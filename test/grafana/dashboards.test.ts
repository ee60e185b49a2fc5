// The dashboards as files: that Grafana can open them, and that they read well.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultDashboard, type Panel } from '@grafana/schema';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { EXPORTERS, pageOf } from '../support/exporter-pages.js';
import { metricsOf } from './named.js';
import { annotationsOf, fileOf, panelsOf, type Shipped, shipped, targetsOf, variablesOf } from './shipped.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** What can be seen of 1440 x 900 at once: rows of 38 pixels, below Grafana's header and the variables. */
const FOLD = 20;
const COLUMNS = 24;

/** Some exporters name counters otherwise, and say that they are some. */
const COUNTERS = new Set(
  EXPORTERS.flatMap(name =>
    [...pageOf(name).matchAll(/^# TYPE (\S+) counter$/gm)].map(([, metric]) => metric),
  ),
);
const isCounter = (metric: string) => /_(total|sum|count|bucket)$/.test(metric) || COUNTERS.has(metric);

describe.each(shipped.map(each => [each.file, each] as const))('%s', (_, each) => {
  const { dashboard, text } = each;
  const panels = panelsOf(each);

  test('opens without a question: a fixed uid, no inputs, the data source by variable', () => {
    expect(dashboard).toMatchObject({
      id: null,
      uid: expect.stringMatching(/^langgraph-[a-z]+$/),
      title: expect.stringMatching(/^LangGraph \/ /),
      description: expect.stringMatching(/\?$/),
      schemaVersion: defaultDashboard.schemaVersion,
    });
    expect(text).not.toMatch(/"__(inputs|requires|elements)"/);
    expect(variablesOf(each)[0]).toMatchObject({
      ...{ type: 'datasource', name: 'datasource', query: 'prometheus' },
      current: { value: 'langgraph-monitor' },
    });
    const sources = [...text.matchAll(/"datasource": \{\s*"type": "(\w+)",\s*"uid": "([^"]*)"/g)];
    expect(sources.length).toBeGreaterThan(panels.length);
    expect(new Set(sources.map(match => match.slice(1).join(' ')))).toEqual(
      new Set(['prometheus ${datasource}']),
    );
  });

  test('every panel says what it is about, and in which unit', () => {
    for (const { title, description, fieldConfig } of panels) {
      expect(title, title).toMatch(/^[A-Z]/);
      expect(description, title).toMatch(/^[A-Z\d].{20,}\.$/);
      expect(fieldConfig?.defaults, title).toMatchObject({
        unit: expect.stringMatching(/^\w+$/),
        thresholds: { steps: expect.arrayContaining([expect.objectContaining({ value: null })]) },
      });
    }
  });

  test('panels have ids of their own, lie on the grid, and none on another', () => {
    const all = dashboard.panels ?? [];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const taken = new Map<string, string>();
    for (const { gridPos, title = '' } of all) {
      const { x, y, w, h } = gridPos as NonNullable<Panel['gridPos']>;
      expect(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= COLUMNS, title).toBe(true);
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          const cell = `${column}/${row}`;
          expect(taken.get(cell), `${title} at ${cell}`).toBeUndefined();
          taken.set(cell, title);
        }
      }
    }
    // Grafana moves panels up into holes; without holes they stay where they were put.
    const rows = Math.max(...[...taken.keys()].map(cell => Number(cell.split('/')[1]) + 1));
    expect(taken.size).toBe(rows * COLUMNS);
  });

  test('the first question is answered at the top, and its reasons are seen at once', () => {
    const top = panels.filter(({ gridPos }) => gridPos?.y === 0);
    expect(new Set(top.map(({ type }) => type))).toEqual(new Set(['stat']));
    expect(top.length).toBeGreaterThanOrEqual(4);
    const firstHeadline = (dashboard.panels ?? []).find(({ type }) => type === 'row')?.gridPos?.y ?? FOLD;
    expect(firstHeadline).toBeLessThanOrEqual(FOLD);
    const seen = panels.filter(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0) <= FOLD);
    expect(seen.map(({ type }) => type).join()).toMatch(/timeseries|state-timeline/);
  });

  test('legends and tooltips: the last value and the highest, all series at once', () => {
    for (const { type, title, options = {} } of panels) {
      const { legend, tooltip } = options as Record<string, Record<string, unknown>>;
      if (type === 'timeseries')
        expect(legend, title).toMatchObject({ displayMode: 'table', calcs: ['lastNotNull', 'max'] });
      if (['timeseries', 'state-timeline', 'status-history'].includes(type))
        expect(tooltip, title).toMatchObject({ mode: 'multi' });
    }
    expect(dashboard.graphTooltip).toBe(1);
  });

  test('states have words, and colours that say how good they are', () => {
    for (const { type, title, fieldConfig } of panels) {
      if (!['state-timeline', 'status-history'].includes(type)) continue;
      const [mapping] = fieldConfig?.defaults.mappings ?? [];
      const states = Object.values(mapping?.options ?? {}) as { text: string; color: string }[];
      expect(states.length, title).toBeGreaterThan(1);
      for (const { text: word, color } of states) {
        expect(word, title).toMatch(/^[A-Z]/);
        expect(['green', 'orange', 'red', 'blue', 'gray'], title).toContain(color);
      }
    }
  });

  test('queries have letters of their own, and names for their series', () => {
    for (const panel of panels) {
      const targets = targetsOf(panel);
      expect(targets.length, panel.title).toBeGreaterThan(0);
      expect(
        targets.map(target => target.refId),
        panel.title,
      ).toEqual([...'ABCDEFG'].slice(0, targets.length));
      for (const { expr, instant, range, format, legendFormat } of targets) {
        expect(expr, panel.title).not.toBe('');
        expect(instant !== range, panel.title).toBe(true);
        expect(format, panel.title).toBe(panel.type === 'table' ? 'table' : 'time_series');
        if (format === 'time_series') expect(legendFormat, panel.title).not.toBe('');
      }
    }
  });

  test('a table shows only fields that its queries give', () => {
    for (const panel of panels.filter(({ type }) => type === 'table')) {
      const targets = targetsOf(panel);
      const values = targets.length === 1 ? ['Value'] : targets.map(({ refId }) => `Value #${refId}`);
      const labels = targets.flatMap(({ expr }) => (/^\w+ by \(([^)]*)\)/.exec(expr)?.[1] ?? '').split(', '));
      const filter = panel.transformations?.find(({ id }) => id === 'filterFieldsByName');
      const names = (filter?.options as { include?: { names: string[] } })?.include?.names ?? [];
      expect(names.length, panel.title).toBeGreaterThan(1);
      for (const name of names) expect([...values, ...labels], panel.title).toContain(name);
    }
  });

  test('every variable used is one of its own, and every one of its own is used', () => {
    const own = variablesOf(each).map(({ name }) => name);
    const used = [...text.matchAll(/\$\{?(?!__)(\w+)/g)].map(match => match[1] as string);
    expect([...new Set(used)].sort()).toEqual([...own].sort());
  });

  test('alerts are marked, and its links lead to dashboards there are and keep what is chosen', () => {
    const [critical, warning] = annotationsOf(each).map(
      ({ target }) => (target as unknown as { expr: string }).expr,
    );
    expect(critical).toContain('alertstate=~"firing", severity=~"critical"');
    expect(warning).toContain('alertstate=~"firing", severity=~"warning"');
    expect(dashboard.links).toMatchObject([
      { type: 'dashboards', tags: ['langgraph'], includeVars: true, keepTime: true },
    ]);
    expect(dashboard.tags).toEqual(['langgraph']);
    for (const [, url = ''] of text.matchAll(/"url": "(\/[^"]*)"/g)) {
      const [path = '', query = ''] = url.split('?');
      const other = shipped.find(({ dashboard: { uid } }) => path === `/d/${uid}`);
      expect(other, url).toBeDefined();
      for (const kept of ['${datasource:queryparam}', '${instance:queryparam}', '${__url_time_range}'])
        expect(query.split('&'), url).toContain(kept);
      for (const [, name] of query.matchAll(/\bvar-(\w+)=/g))
        expect(variablesOf(other as Shipped).map(variable => variable.name)).toContain(name);
    }
  });

  test('rates are of counters, over an interval that Grafana chooses', () => {
    for (const panel of panels) {
      for (const { expr } of targetsOf(panel)) {
        for (const [, fn, metric, window] of expr.matchAll(
          /\b(rate|increase)\(([\w:]+)\{?[^[]*\[([^\]]+)\]/g,
        )) {
          expect(isCounter(metric as string), `${fn}(${metric}) in ${panel.title}`).toBe(true);
          expect(window, panel.title).toMatch(/^\$__(rate_interval|range)$/);
        }
      }
    }
  });
});

test('uids and titles are there once', () => {
  expect(new Set(shipped.map(({ dashboard }) => dashboard.uid)).size).toBe(shipped.length);
  expect(new Set(shipped.map(({ dashboard }) => dashboard.title)).size).toBe(shipped.length);
});

test('metric names are found in expressions', () => {
  const names = metricsOf(
    'sum by (a) (rate(b_total[5m])) / on (a) (-c{d="e"} > 1) or max_over_time(f[1h:1m])',
  );
  expect([...names]).toEqual(['b_total', 'c', 'f']);
});

test('a page says which question each dashboard answers', () => {
  const lines = read('docs/dashboards.md').split('\n');
  const wanted = shipped.map(({ dashboard: { title, description } }) => {
    const name = title.replace('LangGraph / ', '');
    return `| ${name} | ${description} | `;
  });
  expect(wanted.filter(row => !lines.some(line => line.startsWith(row)))).toEqual([]);
});

describe('provisioning', () => {
  const compose = load(read('docker-compose.yml')) as {
    services: { grafana: { image: string; environment: Record<string, string>; volumes: string[] } };
  };
  const { image, environment, volumes } = compose.services.grafana;
  const { providers } = load(read('grafana/provisioning/dashboards/langgraph.yml')) as {
    providers: { type: string; options: { path: string } }[];
  };
  const { datasources } = load(read('grafana/provisioning/datasources/prometheus.yml')) as {
    datasources: { name: string; uid: string; type: string; isDefault?: boolean }[];
  };

  test("the schema is that of the Compose file's Grafana", () => {
    const { version } = JSON.parse(read('node_modules/@grafana/schema/package.json')) as { version: string };
    expect(image.split(':')[1]).toBe(version);
  });

  test('the dashboards are where Grafana looks for them', () => {
    const [provider] = providers;
    const path = provider?.options.path.replace(/^\$\{(\w+)\}$/, (_, name) => environment[name] ?? 'unset');
    const mount = volumes.find(volume => volume.split(':')[1] === path);
    expect(provider?.type).toBe('file');
    expect(mount).toBe(`./grafana/dashboards:${path}:ro`);
    expect(existsSync(join(ROOT, 'grafana/dashboards', fileOf('langgraph-cluster')))).toBe(true);
  });

  test('every variable it asks for is set, the interval to that of Prometheus', () => {
    const asked = ['dashboards/langgraph.yml', 'datasources/prometheus.yml'].flatMap(file =>
      [...read(`grafana/provisioning/${file}`).matchAll(/\$\{(\w+)\}/g)].map(match => match[1] as string),
    );
    expect(asked.length).toBeGreaterThan(2);
    expect(Object.keys(environment)).toEqual(expect.arrayContaining(asked));
    const { global } = load(read('deploy/compose/prometheus.yml')) as { global: { scrape_interval: string } };
    expect(environment.SCRAPE_INTERVAL).toBe(global.scrape_interval);
  });

  test('they take the provisioned data source', () => {
    const current = variablesOf(shipped[0] as Shipped)[0]?.current;
    const [source] = datasources.filter(({ type }) => type === 'prometheus');
    expect(current).toMatchObject({ text: source?.name, value: source?.uid });
    expect(source?.isDefault).toBe(true);
  });

  test('Grafana begins with the cluster', () => {
    expect(environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toMatch(/\/cluster\.json$/);
  });
});
