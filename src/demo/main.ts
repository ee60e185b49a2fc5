// The command `npm run demo`. In: flags for the monitor. Out: lines on standard output, an exit code. No logic.

import { fileURLToPath } from 'node:url';
import { runDemo } from './run.js';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// `npm run demo | head` closes the output: the demo ends.
process.stdout.on('error', () => stop.abort());

const args = process.argv.slice(2);
process.exitCode = await runDemo({
  program: fileURLToPath(new URL('../main.js', import.meta.url)),
  flags: args[0] === '--' ? args.slice(1) : args,
  print: line => process.stdout.write(`${line}\n`),
  signal: stop.signal,
});
