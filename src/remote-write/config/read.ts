// The section `remote_write` of monitor.yml or of a prometheus.yml. Comes in: YAML; goes out: what it says, or every mistake in it
// with its place, in Prometheus' words. Source: Prometheus, config/config.go.

import { dirname } from 'node:path';
import { ConfigError } from '../../config/config-error.js';
import { Decoder, isAbsent } from '../../config/decode.js';
import { maskedConfig } from '../../config/masked-yaml.js';
import { loadYamlSections } from '../../config/yaml-sections.js';
import type { YamlMapping, YamlNode } from '../../config/yaml-tree.js';
import { quote } from '../../go/quote.js';
import { parseModelDuration } from '../../promql/duration.js';
import type { RemoteWriteConfig, RemoteWriteConfiguration } from './definition.js';
import { readRemote } from './remote.js';

/** Where it stands in monitor.yml. */
export const REMOTE_WRITE = 'remote_write';

/** Reads it from a monitor.yml that is YAML. @throws ConfigError with every mistake */
export function loadRemoteWrite(file: string, env?: NodeJS.ProcessEnv): RemoteWriteConfiguration {
  return readRemoteWrite(loadYamlSections(file, [REMOTE_WRITE], env)[REMOTE_WRITE], file);
}

/**
 * Reads the section.
 * @param file where it stands; relative paths in it are relative to its folder
 * @throws ConfigError with every mistake
 */
export function readRemoteWrite(node: YamlNode | undefined, file: string): RemoteWriteConfiguration {
  const decoder = new Decoder(parseModelDuration, dirname(file));
  const line = (at: { readonly line: number }, reason: string) => `${file}: yaml: line ${at.line}: ${reason}`;
  const warnings: string[] = [];
  const items = decoder.list(node, '*config.RemoteWriteConfig');
  const remotes = items.flatMap(item => {
    if (!isAbsent(item)) return [readRemote(decoder, item, (at, reason) => warnings.push(line(at, reason)))];
    decoder.addMistake(item as unknown as YamlNode, 'empty or null remote write config section');
    return [];
  });
  if (remotes.length === items.length) refuseRepeated(decoder, items, remotes);
  if (decoder.problems.length > 0)
    throw new ConfigError(decoder.problems.map(problem => line(problem, problem.reason)));
  return { remotes, warnings, masked: remotes.length === 0 ? '' : masked(node, decoder) };
}

/** A queue's position is kept by its name. */
function refuseRepeated(
  decoder: Decoder,
  items: readonly YamlNode[],
  remotes: readonly RemoteWriteConfig[],
): void {
  for (const [i, { name }] of remotes.entries()) {
    const first = remotes.findIndex(each => each.name === name);
    if (first < i)
      decoder.addMistake(
        items[i] as YamlNode,
        `found multiple remote write configs with job name ${quote(name)}; give each a name of its own`,
      );
  }
}

function masked(node: YamlNode | undefined, decoder: Decoder): string {
  const key = { kind: 'scalar', line: 1, column: 1, text: REMOTE_WRITE, plain: true } as const;
  const root: YamlMapping = {
    kind: 'mapping',
    line: 1,
    column: 1,
    entries: [{ key, value: node as YamlNode }],
  };
  return maskedConfig(root, decoder.secrets);
}
