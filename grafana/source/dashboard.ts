// A dashboard around its panels: variables, annotations, links, and the places of the panels on the grid. A dashboard is
// written as rows from top to bottom, so that no panel can lie on another.

import {
  type AnnotationQuery,
  type Dashboard,
  DashboardCursorSync,
  type DashboardLink,
  type RowPanel,
  VariableHide,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/schema';
import { DATA_SOURCE, type Link, type OurPanel } from './panels.js';
import { alerts, MONITOR, variable } from './query.js';
import { COLOUR } from './style.js';

/** Grafana 12.1's, which the Compose file runs; later ones convert it by themselves. */
const SCHEMA_VERSION = 41;
/** Columns of Grafana's grid. */
const COLUMNS = 24;
const TAG = 'langgraph';

/** Panels side by side, all of one height; widths add up to the grid's 24 columns. */
export interface Row {
  readonly height: number;
  readonly panels: readonly (readonly [width: number, panel: OurPanel])[];
}

/** A headline over the rows that follow. */
export interface Section {
  readonly section: string;
}

/** What a dashboard is made of. */
export interface Content {
  /** A fixed one: links and alerts name it. */
  readonly uid: string;
  readonly title: string;
  /** The question it answers first. */
  readonly question: string;
  /** Beside the data source and the monitor. */
  readonly variables: readonly VariableModel[];
  readonly from: string;
  readonly rows: readonly (Row | Section)[];
}

/** Makes the dashboard. @throws RangeError when a row is not as wide as the grid */
export function dashboard({ uid, title, question, variables, from, rows }: Content): Dashboard {
  return {
    ...{ id: null, uid, title, description: question, tags: [TAG] },
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: DashboardCursorSync.Crosshair,
    ...{ refresh: '30s', time: { from, to: 'now' }, timepicker: {}, timezone: 'browser', weekStart: '' },
    ...{ fiscalYearStartMonth: 0, liveNow: false, preload: false },
    templating: { list: [dataSource, monitor, ...variables] },
    annotations: { list: [firing('critical', COLOUR.bad), firing('warning', COLOUR.fair)] },
    links: [toTheOthers],
    panels: place(rows),
  };
}

function place(rows: Content['rows']): (OurPanel | RowPanel)[] {
  let y = 0;
  let id = 0;
  const placed: (OurPanel | RowPanel)[] = [];
  for (const row of rows) {
    if ('section' in row) {
      const gridPos = { x: 0, y, w: COLUMNS, h: 1 };
      placed.push({ type: 'row', id: ++id, title: row.section, collapsed: false, gridPos, panels: [] });
      y += 1;
      continue;
    }
    let x = 0;
    for (const [w, panel] of row.panels) {
      placed.push({ ...panel, id: ++id, gridPos: { x, y, w, h: row.height } });
      x += w;
    }
    if (x !== COLUMNS) throw new RangeError(`a row is ${x} columns wide: ${row.panels[0]?.[1].title}`);
    y += row.height;
  }
  return placed;
}

const dataSource: VariableModel = {
  ...{ type: 'datasource', name: 'datasource', label: 'Data source', query: 'prometheus', regex: '' },
  description: 'A Prometheus that scrapes the monitor, or the monitor itself',
  // The provisioned one; Grafana takes its default where that is not there.
  current: { text: 'Prometheus', value: 'langgraph-monitor', selected: true },
  ...{
    hide: VariableHide.dontHide,
    refresh: VariableRefresh.onDashboardLoad,
    multi: false,
    includeAll: false,
  },
  ...{ options: [], skipUrlSync: false },
};

const several = { multi: true, includeAll: true, current: { text: ['All'], value: ['$__all'] } };

/** A variable whose values are those of a label; "All" is every one of them, unless it is said what else. */
export function labelValues(
  name: string,
  { label, selector, ...rest }: { label: string; selector: string; of: string; isMulti?: true; all?: string },
): VariableModel {
  const { of, isMulti, all } = rest;
  return {
    ...{ type: 'query', name, label, datasource: DATA_SOURCE },
    query: { qryType: 1, query: `label_values(${selector}, ${of})`, refId: `variable-${name}` },
    ...{ regex: '', sort: VariableSort.alphabeticalAsc, refresh: VariableRefresh.onTimeRangeChanged },
    ...(isMulti
      ? { ...several, ...(all === undefined ? {} : { allValue: all }) }
      : { multi: false, includeAll: false }),
    ...{ hide: VariableHide.dontHide, options: [], skipUrlSync: false },
  };
}

const monitor = labelValues('instance', {
  ...{ label: 'Monitor', selector: 'langgraph_monitor_build_info', of: 'instance' },
});

/** The services of the monitor; several with "All", or one. */
export function services(isMulti?: true): VariableModel {
  const selector = `langgraph_monitor_service_info{${MONITOR}}`;
  return labelValues('service', {
    label: 'Service',
    selector,
    of: 'target',
    ...(isMulti ? { isMulti } : {}),
  });
}

/** A mark on every course for as long as alerts fire. */
function firing(severity: 'critical' | 'warning', iconColor: string): AnnotationQuery {
  const look = {
    ...{ titleFormat: '{{alertname}}', textFormat: '{{target}}', tagKeys: 'severity,target' },
    useValueForTime: false,
  };
  return {
    name: `${severity === 'critical' ? 'Critical' : 'Warning'} alerts`,
    ...{ datasource: DATA_SOURCE, enable: severity === 'critical', hide: false, iconColor },
    target: { refId: 'Anno', ...{ expr: alerts('firing', severity), interval: '30s' } },
    ...look,
  };
}

const toTheOthers: DashboardLink = {
  ...{ title: 'Dashboards', type: 'dashboards', tags: [TAG], icon: 'external link', tooltip: '', url: '' },
  ...{ asDropdown: true, includeVars: true, keepTime: true, targetBlank: false },
};

/** A link to another of our dashboards that keeps the time range, the data source and the monitor. */
export function linkTo(uid: string, title: string, variables: Readonly<Record<string, string>> = {}): Link {
  const own = Object.entries(variables).map(([name, value]) => `var-${name}=${value}`);
  const kept = ['datasource:queryparam', 'instance:queryparam', '__url_time_range'].map(variable);
  return { title, url: `/d/${uid}?${[...own, ...kept].join('&')}` };
}
