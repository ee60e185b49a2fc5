#!/usr/bin/env node
// The command: flags, signals and exit codes are run.ts' business; this file only joins it to the process.

import './cli/engine.js';
import { run } from './cli/run.js';

process.exitCode = await run(process.argv.slice(2), {
  out: line => console.log(line),
  err: line => console.error(line),
});
