// A real LangGraph server for a test: `langgraphjs dev` of @langchain/langgraph-cli, with one graph that
// does nothing.

import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child, freePort, makeFolder, removeFolder } from './child.js';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const CLI = join(MODULES, '@langchain/langgraph-cli/dist/cli/cli.mjs');
/** It compiles the graph with esbuild before it listens. */
const START = 60_000;

const GRAPH = `
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
const state = Annotation.Root({ done: Annotation() });
export const graph = new StateGraph(state)
  .addNode('work', async () => ({ done: true }))
  .addEdge(START, 'work').addEdge('work', END).compile();
`;

export interface LangGraphServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1; it tells nothing to its maker. */
export async function startLangGraph(): Promise<LangGraphServer> {
  const [port, folder] = [await freePort(), makeFolder('langgraph')];
  const url = `http://127.0.0.1:${port}`;
  symlinkSync(MODULES, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'graph.mjs'), GRAPH);
  const config = join(folder, 'langgraph.json');
  writeFileSync(
    config,
    JSON.stringify({ node_version: '20', graphs: { agent: './graph.mjs:graph' }, env: {} }),
  );
  const args = [CLI, 'dev', '--no-browser', '--host=127.0.0.1', `--port=${port}`, `--config=${config}`];
  const child = new Child(process.execPath, args, {
    ...{ LANGGRAPH_CLI_NO_ANALYTICS: '1', LANGSMITH_TRACING: 'false', LANGCHAIN_TRACING_V2: 'false' },
  });
  const close = async () => {
    // It ends the process that serves when it is asked to end, not when it is killed.
    await child.end();
    removeFolder(folder);
  };
  try {
    await child.until(async () => (await fetch(`${url}/ok`)).ok, START);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}
