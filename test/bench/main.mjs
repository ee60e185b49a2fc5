// In: names of rows (none: all), --quick, --long, --save. Out: the table of speed and size on stdout, progress on stderr. A
// slow figure is no failure: the exit code is 1 only when something did not run.

import { parseArgs } from 'node:util';
import { Bench } from './harness/bench.mjs';
import { describeRun, figuresBefore, save, thisRun } from './harness/figures.mjs';
import { describeMachine } from './harness/machine.mjs';
import { missing, runRow } from './harness/run-row.mjs';
import { markdown } from './harness/table.mjs';
import { rows } from './rows/index.mjs';

/** Minutes a run of all rows may take. */
const LONGEST = 45;
const USAGE = `usage: npm run bench -- [--quick] [--long] [--save] [NAME...]
  --quick  shorter measurements, coarser figures
  --long   the memory row samples for an hour and adds the slope, the soak row for three hours
  --save   of all rows: the table in docs/benchmarks.md becomes this run's
rows:
${rows.map(row => `  ${row.name.padEnd(16)} ${row.about} (${row.minutes} min${row.apart ? ', only by name or with --long' : ''})`).join('\n')}`;

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
    const usual = rows.filter(row => !row.apart || values.long);
    const chosen = positionals.length > 0 ? rows.filter(row => positionals.includes(row.name)) : usual;
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
const begin = performance.now();
const minutesSince = since => (performance.now() - since) / 60_000;
const run = thisRun();
const lines = [];
const durations = [];
for (const row of chosen) {
  const start = performance.now();
  bench.say(`${row.name}: ${row.about}`);
  // A run of all rows keeps to its time: what has not begun by then is named.
  const isLate = !long && minutesSince(begin) >= LONGEST;
  const result = isLate ? missing(row, `not begun after ${LONGEST} min`) : await runRow(row, bench);
  lines.push(...result.lines);
  bench.incomplete ||= result.incomplete;
  if (result.problem !== undefined) bench.say(`  ${row.name} did not run: ${result.problem}`);
  const took = minutesSince(start);
  durations.push(`  ${took.toFixed(1).padStart(5)} of ${row.minutes} min  ${row.name}`);
  bench.say(`  ${took.toFixed(1)} min, ${minutesSince(begin).toFixed(1)} min in all`);
}
const minutes = minutesSince(begin);
bench.say(
  `rows, and the minutes they are expected to take:\n${durations.join('\n')}\n${minutes.toFixed(1)} min in all`,
);
const heading = describeRun({ ...run, minutes: Math.round(minutes) });
const text = `${heading}\n${describeMachine()}\n\n${markdown(lines, figuresBefore(), run.machine)}`;
process.stdout.write(`${text}\n`);
if (isSaved) save(run, lines, text);
process.exit(bench.incomplete ? 1 : 0);
