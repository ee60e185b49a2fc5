// `npm run test:promql -- DIR...`: PromQL cases in Prometheus' own test language, run against the language of this
// project. Folders in; a line per failing block and the count on stdout. Exit code 1 when a block does not hold.

import './node-version.mjs';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { main, ROOT, StepFailure } from './command.mjs';
import { ensureDependencies } from './dependencies.mjs';

const COMMAND = '/test/support/promqltest/command.ts';

await main(async () => {
  const folders = process.argv.slice(2);
  if (folders.length === 0) throw new StepFailure('usage: npm run test:promql -- DIR...', 2);
  const missing = folders.find(folder => !existsSync(folder));
  if (missing !== undefined) throw new StepFailure(`there is no folder ${resolve(missing)}`, 2);
  ensureDependencies('tests');
  process.exitCode = await withTypeScript(async load => {
    const { runFolders } = await load(COMMAND);
    return runFolders(folders, line => console.log(line));
  });
});

/** Loads modules as the tests do: the sources as they are, nothing to be built before. */
async function withTypeScript(body) {
  const { createViteServer } = await import('vitest/node');
  const server = await createViteServer({
    root: ROOT,
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    return await body(path => server.ssrLoadModule(path));
  } finally {
    await server.close();
  }
}
