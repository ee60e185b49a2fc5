// `alerting.alert_relabel_configs` of monitor.yml, which is in Prometheus' format.

import { ConfigError } from '../config/config-error.js';
import { Decoder } from '../config/decode.js';
import { readYamlTree, valueAt } from '../config/yaml-file.js';
import { parseModelDuration } from '../promql/duration.js';
import type { RelabelConfig } from '../relabel/config.js';
import { readRelabelConfigs } from '../relabel/read.js';

/** Its path in monitor.yml. Variables of the environment are not filled in: `${1}` and `${name}` are groups there. */
export const ALERT_RELABEL_CONFIGS = 'alerting.alert_relabel_configs';

/** The steps; undefined where there is no such key. @throws ConfigError with every mistake */
export function loadAlertRelabelConfigs(file: string): RelabelConfig[] | undefined {
  const node = valueAt(valueAt(readYamlTree(file), 'alerting'), 'alert_relabel_configs');
  if (!node) return undefined;
  const decoder = new Decoder(parseModelDuration);
  const configs = readRelabelConfigs(decoder, node, { of: 'alert relabeling rule', nameValidation: 'utf8' });
  if (decoder.problems.length > 0)
    throw new ConfigError(
      decoder.problems.map(({ line, reason }) => `${file}: yaml: line ${line}: ${reason}`),
    );
  return configs;
}
