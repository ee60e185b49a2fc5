// `npm start` and `npm run demo`: installs and builds what is missing or stale, then runs the program in this
// process with the words and flags given, so that signals, memory and the exit code are its own.

import './node-version.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, isBuilt } from './build.mjs';
import { main, ROOT } from './command.mjs';
import { ensureDependencies } from './dependencies.mjs';

await main(() => {
  // What is built runs without the bundler and its like.
  ensureDependencies(isBuilt() ? 'program' : 'build');
  ensureBuilt();
});
const program = join(ROOT, 'dist/main.js');
// The program sees the command line it would have had if called directly.
process.argv.splice(1, 1, program);
await import(pathToFileURL(program).href);
