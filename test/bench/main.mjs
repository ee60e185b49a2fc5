// In: names of rows (none: all), --quick, --long, --save. Out: the table of speed and size on stdout, progress on stderr. A
// slow figure is no failure: the exit code is 1 only when something did not run.

import { parseArgs } from 'node:util';
import { Bench } from './harness/bench.mjs';
import { describeRun, figuresBefore, save, thisRun } from './harness/figures.mjs';
import { describeMachine } from './harness/machine.mjs';
import { markdown } from './harness/table.mjs';
import { rows } from './rows/index.mjs';

/** Minutes a run of all rows may take. */
const LONGEST = 45;
const USAGE = `usage: npm run bench -- [--quick] [--long] [--save] [NAME...]
  --quick  shorter measurements, coarser figures
  --long   the memory row samples for an hour and adds the slope, the soak row for three hours
  --save   of all rows: the table in docs/benchmarks.md becomes this run's
rows:
${rows.map(row => `  ${row.name.padEnd(16)} ${row.about}`).join('\n')}`;

function readCommandLine() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        long: { type: 'boolean' },
        save: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const unknown = positionals.find(name => !rows.some(row => row.name === name));
    if (unknown !== undefined) throw new Error(`there is no row "${unknown}"`);
    if (values.save && (values.quick || values.long || positionals.length > 0))
      throw new Error('--save is for a run of all rows in their usual length');
    const chosen = positionals.length > 0 ? rows.filter(row => positionals.includes(row.name)) : rows;
    return { ...values, chosen };
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    process.exit(2);
  }
}

const { quick = false, long = false, save: isSaved = false, help = false, chosen } = readCommandLine();
if (help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
if (process.platform !== 'linux') {
  process.stderr.write('the bench reads /proc and so runs on Linux only\n');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const bench = new Bench({ quick, long });
const minutes = long ? 320 : LONGEST;
setTimeout(() => {
  bench.say(`not finished after ${minutes} minutes: giving up`);
  process.exit(1);
}, minutes * 60_000).unref();

const begin = performance.now();
const took = since => `${((performance.now() - since) / 60_000).toFixed(1)} min`;
const run = thisRun();
const lines = [];
for (const row of chosen) {
  const start = performance.now();
  bench.say(`${row.name}: ${row.about}`);
  try {
    lines.push(...(await row.run(bench)));
  } catch (error) {
    bench.incomplete = true;
    bench.say(`  ${row.name} did not run: ${error.message}`);
  }
  bench.say(`  ${took(start)}, ${took(begin)} in all`);
}
const heading = describeRun({ ...run, minutes: Math.round((performance.now() - begin) / 60_000) });
const text = `${heading}\n${describeMachine()}\n\n${markdown(lines, figuresBefore())}`;
process.stdout.write(`${text}\n`);
if (isSaved) save(run, lines, text);
process.exit(bench.incomplete ? 1 : 0);
