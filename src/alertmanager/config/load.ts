// alertmanager.yml from the disk. Called at the start, on reload, by check-config and by check-routes.

import { readText } from '../../config/text-file.js';
import type { AlertmanagerConfig } from './definition.js';
import { readAlertmanagerConfig } from './read.js';

/** Loads an alertmanager.yml with the files it names. @throws ConfigError with every mistake, each one line with its place */
export function loadAlertmanagerConfig(file: string): AlertmanagerConfig {
  return readAlertmanagerConfig(file, readText(file));
}
