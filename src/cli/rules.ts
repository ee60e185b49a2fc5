// `langgraph-monitor check-rules FILE...` and `test-rules FILE...`: what promtool says of rule files and of their tests,
// with its exit codes.

import { checkRules } from '../rules/check.js';
import { testRules } from '../rules/unit-test.js';
import { parseFlags, UsageError } from './flags.js';
import { inputFiles } from './input-files.js';
import type { Output } from './output.js';

const COMMANDS = { 'check-rules': checkRules, 'test-rules': testRules };

/** Runs one of them; resolves with its exit code. */
export async function ruleCommand(
  command: keyof typeof COMMANDS,
  args: readonly string[],
  output: Output,
): Promise<number> {
  const files = parseFlags(args).words;
  if (files.length === 0)
    throw new UsageError(`${command} wants the name of a file, or - for standard input`);
  const result = COMMANDS[command](inputFiles(files));
  for (const line of result.output) (result.code === 0 ? output.out : output.err).call(output, line);
  return result.code;
}
