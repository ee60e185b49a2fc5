// Runs the program once for a moment, so that V8 compiles what a start needs, and keeps the compiled code beside the
// bundles for later starts. Imported again by every thread of that program, where it does the keeping.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/** Names the loader's file to the program that is run. */
const LOADER = 'LANGGRAPH_MONITOR_RECORD_LOADER';
/** In milliseconds. */
const PATIENCE = 60_000;
/** What is asked for as soon as a monitor is up: most starts are over the samples of earlier ones. */
const ASKED = [
  ...['/health', '/metrics', '/alerts', '/services', '/api/v2/alerts'],
  ...['up', 'avg_over_time(recorded_seconds[1h])', 'sum by (series) (rate(recorded_total[5m]))'].map(
    query => `/api/v1/query?query=${encodeURIComponent(query)}`,
  ),
];
/** Of the samples: enough that some are in chunks. In seconds. */
const [INTERVAL, SPAN] = [15, 3600];
/** Nothing listens there. */
const CONFIGURATION = 'services:\n  one: { url: http://127.0.0.1:1/ }\n';

/** Without the compiled code the program runs as well, only later; so a failure is a line and no more. */
export async function recordCode(program, loader) {
  const folder = mkdtempSync(join(tmpdir(), 'langgraph-monitor-record-'));
  const file = join(folder, 'monitor.yml');
  const storage = `--storage.path=${join(folder, 'data')}`;
  writeFileSync(file, CONFIGURATION);
  importSamples(program, join(folder, 'samples.txt'), storage);
  const flags = [`--config.file=${file}`, storage, '--web.listen-address=127.0.0.1:0'];
  const child = spawn(process.execPath, ['--import', import.meta.url, program, ...flags], {
    env: { ...process.env, [LOADER]: loader },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  const ended = once(child, 'exit');
  try {
    await use(
      await Promise.race([listening(child), ended.then(() => Promise.reject(new Error('it ended')))]),
    );
    child.send('save');
    await Promise.race([once(child, 'message'), ended]);
  } catch (error) {
    console.error(`No compiled code is kept, starts take longer: ${error.message}`);
  } finally {
    clearTimeout(timer);
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Should it fail, the monitor begins without samples, and less of its code is kept. */
function importSamples(program, file, storage) {
  writeFileSync(file, `${[...samples()].join('\n')}\n`);
  spawnSync(process.execPath, [program, 'import', file, storage], { timeout: PATIENCE });
}

/** In the OpenMetrics format. */
function* samples() {
  const end = Math.floor(Date.now() / 1000) - INTERVAL;
  for (const [name, type] of [
    ['recorded_seconds', 'gauge'],
    ['recorded_total', 'counter'],
  ]) {
    yield `# TYPE ${name.replace('_total', '')} ${type}`;
    for (let series = 0; series < 10; series++)
      for (let at = end - SPAN, i = 1; at < end; at += INTERVAL, i++)
        yield `${name}{series="${series}"} ${type === 'counter' ? i * 7 : (i % 9) / 8} ${at}`;
  }
  yield '# EOF';
}

async function listening(child) {
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /msg=Listening .*url=(\S+)/.exec(line)?.[1];
    if (url) {
      child.stderr.resume();
      return url;
    }
  }
  return Promise.reject(new Error('it does not listen'));
}

async function use(url) {
  const end = Date.now() + PATIENCE / 2;
  while (!(await fetch(`${url}/-/ready`)).ok) {
    if (Date.now() > end) throw new Error('it does not become ready');
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  for (const path of ASKED) await (await fetch(url + path)).arrayBuffer();
}

const loader = process.env[LOADER];
if (loader) {
  // Or what ran once would be gone before it is kept.
  setFlagsFromString('--no-flush-bytecode');
  const { saveCode } = await import(pathToFileURL(loader).href);
  const save = () => {
    setFlagsFromString('--flush-bytecode');
    saveCode();
  };
  const channel = new BroadcastChannel(LOADER);
  channel.unref();
  if (isMainThread) {
    let waiting = 0;
    process.on('worker', () => waiting++);
    channel.onmessage = () => --waiting === 0 && process.send('saved');
    process.on('message', () => {
      save();
      channel.postMessage('save');
    });
    process.channel.unref();
  } else {
    channel.onmessage = () => {
      save();
      channel.postMessage('saved');
    };
  }
}
