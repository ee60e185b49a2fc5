// What a real promtool says of a configuration.

import { spawnSync } from 'node:child_process';

/** Everything it prints about a prometheus.yml, and whether it takes it. */
export function promtoolCheck(file: string): { isValid: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', file], { encoding: 'utf8' });
  return { isValid: status === 0, output: `${stdout}${stderr}` };
}
