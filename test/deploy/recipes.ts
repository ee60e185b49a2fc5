// The commands of the recipes in a page.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './tool.js';

/** A fenced block of a page. */
export interface Recipe {
  readonly file: string;
  /** The first line of the block in the page, counted from 1. */
  readonly line: number;
  /** One command each, without the prompt. */
  readonly commands: readonly string[];
  /** What the page says that the commands print; empty for a block without prompts. */
  readonly printed: readonly string[];
}

/** The blocks of commands of a page: `sh`, every line one; `console`, every line after a prompt. */
export function recipesOf(file: string): Recipe[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^```(sh|bash|console)\n([\s\S]*?)^```$/gm)].map(([, kind, body = ''], i, all) => {
    const before = text.slice(0, all[i]?.index);
    const lines = body.split('\n').filter(line => line.trim() !== '');
    const isCommand = (line: string) => (kind === 'console' ? line.startsWith('$ ') : !line.startsWith('#'));
    return {
      file,
      line: before.split('\n').length,
      commands: lines.filter(isCommand).map(line => line.replace(/^\$ /, '')),
      printed: kind === 'console' ? lines.filter(line => !isCommand(line)) : [],
    };
  });
}
