// A package as npm would publish and install it, without a registry.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Packs the package in `from` and unpacks it below `folder`/node_modules. @throws with what npm or tar said */
export function installPacked(from: string, folder: string, name: string): string {
  const to = join(folder, 'node_modules', name);
  mkdirSync(to, { recursive: true });
  const archives = mkdtempSync(join(folder, 'pack-'));
  run('npm', ['pack', '--ignore-scripts', `--pack-destination=${archives}`], from);
  const [archive = ''] = readdirSync(archives);
  run('tar', ['-xzf', join(archives, archive), '-C', to, '--strip-components=1'], folder);
  rmSync(archives, { recursive: true });
  return to;
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
}
