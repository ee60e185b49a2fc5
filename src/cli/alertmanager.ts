// What `langgraph-monitor check-config` says of an alertmanager.yml.

import { loadAlertmanagerConfig } from '../alertmanager/config/load.js';
import { allRoutes } from '../alertmanager/dispatch/routes.js';
import { type CheckedConfig, counted } from './output.js';

/** What is in it, as `amtool check-config` counts it. @throws ConfigError */
export function checkedAlertmanagerConfig(file: string): CheckedConfig {
  const config = loadAlertmanagerConfig(file);
  const { route, receivers, inhibitRules, timeIntervals, templates, warnings } = config;
  const parts = [
    counted([...allRoutes(route)].length, 'route'),
    counted(receivers.length, 'receiver'),
    counted(inhibitRules.length, 'inhibit rule'),
    counted(timeIntervals.size, 'time interval'),
    counted(templates.length, 'template'),
  ];
  return { summary: parts.join(', '), warnings };
}
