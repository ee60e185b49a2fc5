// In: names of rows (none: all), --quick, --long. Out: the table of speed and size on stdout, progress on stderr. A
// slow figure is no failure: the exit code is 1 only when something did not run.

import { parseArgs } from 'node:util';
import { Bench } from './harness/bench.mjs';
import { describeMachine } from './harness/machine.mjs';
import { markdown } from './harness/table.mjs';
import { rows } from './rows/index.mjs';

const USAGE = `usage: npm run bench -- [--quick] [--long] [NAME...]
  --quick  shorter measurements, coarser figures
  --long   the memory row samples for an hour and adds the slope, the soak row for three hours
rows:
${rows.map(row => `  ${row.name.padEnd(16)} ${row.about}`).join('\n')}`;

function readCommandLine() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        long: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const unknown = positionals.find(name => !rows.some(row => row.name === name));
    if (unknown !== undefined) throw new Error(`there is no row "${unknown}"`);
    const chosen = positionals.length > 0 ? rows.filter(row => positionals.includes(row.name)) : rows;
    return { ...values, chosen };
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    process.exit(2);
  }
}

const { quick = false, long = false, help = false, chosen } = readCommandLine();
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
const minutes = long ? 320 : 55;
setTimeout(() => {
  bench.say(`not finished after ${minutes} minutes: giving up`);
  process.exit(1);
}, minutes * 60_000).unref();

const lines = [];
for (const row of chosen) {
  bench.say(`${row.name}: ${row.about}`);
  try {
    lines.push(...(await row.run(bench)));
  } catch (error) {
    bench.incomplete = true;
    bench.say(`  ${row.name} did not run: ${error.message}`);
  }
}
process.stdout.write(`${describeMachine()}\n\n${markdown(lines)}\n`);
process.exit(bench.incomplete ? 1 : 0);
