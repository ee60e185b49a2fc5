// How the program was called, for messages that name a command to run.

/** `npx langgraph-monitor` where npx runs it: without it a shell would not find the program. */
export function programName(env: NodeJS.ProcessEnv = process.env): string {
  return env.npm_command === 'exec' ? 'npx langgraph-monitor' : 'langgraph-monitor';
}
