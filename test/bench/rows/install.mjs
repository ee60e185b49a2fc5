// What a newcomer waits for and what an installation takes: `npm start` in a fresh clone to the first answered /health, and
// the packed package installed with its dependencies. npm asks its registry, so the figures are of that, too.

import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OURS } from '../harness/bench.mjs';
import { Children, Missing } from '../harness/children.mjs';
import { freePort, get } from '../harness/loopback.mjs';
import { inTurns } from '../harness/turns.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const STACK = ['prometheus', 'prometheus-alertmanager', 'prometheus-blackbox-exporter'];
const MIB = 1024 * 1024;

export default {
  name: 'install',
  minutes: 1.8,
  about: 'npm start in a fresh clone to first answered /health; installed size of the packed package',
  async run(bench) {
    // The registry's own time is most of it: once says enough.
    const cold = await bench.attempt('with an empty npm cache', () => firstStart(bench, true));
    const [warm] = await inTurns(bench, bench.either(5, 1), [
      { who: OURS, value: undefined, measure: () => firstStart(bench) },
    ]);
    return [
      {
        what: "fresh clone, npm start to first answered /health, packages in npm's cache",
        of: 'clients',
        unit: 's',
        ours: warm,
        peers: [cold],
        reach: { atMost: 59, text: 'at most 59 s' },
      },
      {
        what: 'installed size, dependencies included, without Node',
        unit: 'MiB',
        of: 'disk',
        ours: await bench.attempt(OURS, () => packedSize(bench)),
        peers: [await bench.attempt('Prometheus + Alertmanager + blackbox_exporter', programsSize)],
      },
    ];
  },
};

/** Seconds. The checkout is that of the last commit. */
async function firstStart(bench, hasEmptyCache = false) {
  const folder = mkdtempSync(join(bench.folder, 'clone-'));
  const children = new Children();
  try {
    const checkout = join(folder, 'checkout');
    must('git', ['clone', '-q', ROOT, checkout]);
    const url = `127.0.0.1:${await freePort()}`;
    const flags = [`--web.listen-address=${url}`, `--storage.path=${join(folder, 'data')}`];
    const child = await children.start('npm start', 'npm', ['start', '--', ...flags], {
      cwd: checkout,
      env: hasEmptyCache ? { npm_config_cache: join(folder, 'cache') } : {},
    });
    await child.until(() => get(`http://${url}/health`), 240_000);
    return child.readyAfter / 1000;
  } finally {
    await children.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** MiB on disk of an empty folder that the packed package was installed in. */
async function packedSize(bench) {
  const folder = mkdtempSync(join(bench.folder, 'installed-'));
  must('npm', ['pack', '--silent', `--pack-destination=${folder}`], ROOT);
  const [packed] = readdirSync(folder);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  must('npm', ['install', '--silent', '--no-audit', '--no-fund', join(folder, packed)], empty);
  return sizeOf(join(empty, 'node_modules')) / MIB;
}

/** MiB of the programs alone. */
function programsSize() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const sizes = STACK.map(name => {
    for (const folder of folders) {
      try {
        return lstatSync(realpathSync(join(folder, name))).size;
      } catch {
        // Not in this one.
      }
    }
    throw new Missing(`${name} is not installed`);
  });
  return sizes.reduce((sum, size) => sum + size, 0) / MIB;
}

/** Bytes of disk below a folder. */
function sizeOf(path) {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return stats.blocks * 512;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), stats.blocks * 512);
}

function must(command, args, cwd) {
  const { status, error, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error || status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
}
