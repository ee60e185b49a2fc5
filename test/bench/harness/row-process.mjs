// A row in a process of its own, so that one that fails or hangs costs the table only itself, and the garbage of one is not
// collected while the next measures.
//
// In: a row's name and the bench's options as JSON. Out: a message {lines, incomplete}, or {problem}.

import { rows } from '../rows/index.mjs';
import { Bench } from './bench.mjs';

const [name, options] = process.argv.slice(2);
// An `exit` handler of the children ends them.
for (const signal of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(signal, () => process.exit(130));

const bench = new Bench(JSON.parse(options));
const result = await rows
  .find(row => row.name === name)
  .run(bench)
  .then(
    lines => ({ lines, incomplete: bench.incomplete }),
    error => ({ problem: error.message }),
  );
process.send(result, () => process.exit(0));
