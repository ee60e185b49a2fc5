// Compiled code that is kept between starts, as a process of its own takes it.

import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { startMonitor } from '../support/monitor.js';
import { ROOT, tool } from './tool.js';

const folder = makeFolder('loader');
const inFolder = (path: string) => join(folder, path);

afterAll(() => removeFolder(folder));

/** Imported first, prints for each script with kept code its file, and whether V8 takes that code. */
const WITNESS = inFolder('witness.mjs');
writeFileSync(
  WITNESS,
  `import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import vm from 'node:vm';
vm.Script = class extends vm.Script {
  constructor(source, options = {}) {
    super(source, options);
    const taken = options.cachedData && !this.cachedDataRejected;
    if (options.filename?.endsWith('.cjs')) console.log('SCRIPT', basename(options.filename), taken ? 'taken' : 'compiled');
  }
};
syncBuiltinESMExports();
`,
);

/** File names of the scripts a process loaded, sorted, by whether V8 took kept code. */
function witnessed(stdout: string) {
  const all = [...stdout.matchAll(/^SCRIPT (\S+) (\S+)$/gm)].map(([, file, how]) => ({ file, how }));
  const of = (wanted: string) =>
    all
      .filter(({ how }) => how === wanted)
      .map(({ file }) => file)
      .sort();
  return { taken: of('taken'), compiled: of('compiled') };
}

beforeEach(() => {
  mkdirSync(inFolder('main'), { recursive: true });
  copyFileSync(join(ROOT, 'scripts/program-loader.mjs'), inFolder('load.js'));
  writeFileSync(inFolder('package.json'), '{ "type": "module" }');
  writeFileSync(
    inFolder('main/main.cjs'),
    "exports.answer = async () => [...require('./other.cjs').other, (await importModule('node:path')).sep];\n",
  );
  writeFileSync(inFolder('main/other.cjs'), "exports.other = [42, moduleUrl('a/b.js'), __filename];\n");
});

function answer(save = false) {
  const script = `import { load, saveCode } from './load.js';
console.log('ANSWER', JSON.stringify(await load('main').answer()));
if (${save}) saveCode();`;
  const args = ['--import', WITNESS, '--input-type=module', '-e', script];
  const { status, stdout, stderr } = tool(process.execPath, args, { cwd: folder });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(/^ANSWER (.*)$/m.exec(stdout)?.[1] ?? '')).toEqual([
    42,
    expect.stringMatching(/^file:.*\/a\/b\.js$/),
    inFolder('main/other.cjs'),
    '/',
  ]);
  return witnessed(stdout);
}

test('code that was kept is taken; what is broken, of other text, or of another Node is compiled', () => {
  const files = ['main.cjs', 'other.cjs'];
  expect(answer(true)).toEqual({ taken: [], compiled: files });
  expect(answer()).toEqual({ taken: files, compiled: [] });

  const [code = ''] = readdirSync(inFolder('main')).filter(name => /^other\..*\.code$/.test(name));
  expect(code).toBe(`other.${process.version}-${process.platform}-${process.arch}.code`);
  for (const bytes of ['', 'garbage'.repeat(1000)]) {
    writeFileSync(inFolder(`main/${code}`), bytes);
    expect(answer()).toEqual({ taken: ['main.cjs'], compiled: ['other.cjs'] });
  }

  answer(true);
  writeFileSync(inFolder('main/other.cjs'), "exports.other = [43 - 1, moduleUrl('a/b.js'), __filename];\n");
  expect(answer()).toEqual({ taken: ['main.cjs'], compiled: ['other.cjs'] });
});

/** Starts the built program. @returns which scripts its threads have loaded */
async function started() {
  await using monitor = await startMonitor(
    { services: { one: { url: 'http://127.0.0.1:1/' } } },
    { env: { NODE_OPTIONS: `--import=${WITNESS}` } },
  );
  // What threads print comes by way of the main thread.
  const loaded = () => Object.values(witnessed(monitor.output)).flat();
  await expect
    .poll(loaded)
    .toEqual(expect.arrayContaining(['monitor.cjs', 'checks.cjs', 'configuration.cjs', 'query.cjs']));
  return witnessed(monitor.output);
}

test('each thread of the built program takes code that the build kept', async () => {
  // Flags are the process's: rarely one thread sets its own just before V8 looks at those of another, which compiles then.
  let compiled: readonly (string | undefined)[] = [];
  for (let starts = 0; starts < 4; starts++) {
    ({ compiled } = await started());
    if (compiled.length === 0) return;
  }
  expect(compiled).toEqual([]);
});
