// The dashboards as they are shipped: the JSON files that Grafana reads.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnnotationQuery, Dashboard, Panel, RowPanel, VariableModel } from '@grafana/schema';

/** Where they are. */
export const FOLDER = fileURLToPath(new URL('../../grafana/dashboards/', import.meta.url));

/** A query of a panel as Grafana's Prometheus data source knows it. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant: boolean;
  readonly range: boolean;
  readonly format: 'time_series' | 'table';
  readonly datasource: { readonly type: string; readonly uid: string };
}

/** A dashboard and its file's name. */
export interface Shipped {
  readonly file: string;
  readonly text: string;
  readonly dashboard: Dashboard & { readonly uid: string; readonly title: string };
}

/** The file of a dashboard. */
export const fileOf = (uid: string) => `${uid.replace(/^langgraph-/, '')}.json`;

/** All of them, in the order of their names. */
export const shipped: readonly Shipped[] = readdirSync(FOLDER)
  .filter(file => file.endsWith('.json'))
  .sort()
  .map(file => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    return { file, text, dashboard: JSON.parse(text) };
  });

/** Panels that show something; headlines are none. */
export function panelsOf({ dashboard }: Shipped): (Panel & { title: string })[] {
  const isPanel = (each: Panel | RowPanel): each is Panel & { title: string } => each.type !== 'row';
  return (dashboard.panels ?? []).filter(isPanel);
}

export const targetsOf = ({ targets = [] }: Panel) => targets as unknown as Target[];
export const variablesOf = ({ dashboard }: Shipped): VariableModel[] => dashboard.templating?.list ?? [];
export const annotationsOf = ({ dashboard }: Shipped): AnnotationQuery[] => dashboard.annotations?.list ?? [];

/** The question of a variable whose values are a label's. @throws when it is of another form */
export function labelQuestion({ name, query }: VariableModel): { selector: string; label: string } {
  const text = (query as { query: string }).query;
  const match = /^label_values\((.+), (\w+)\)$/.exec(text);
  if (!match) throw new Error(`${name}: ${text} is no label_values(selector, label)`);
  return { selector: match[1] as string, label: match[2] as string };
}
