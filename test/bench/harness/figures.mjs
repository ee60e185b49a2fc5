// In: the lines of a whole run. Out: test/bench/figures.json, which the next run compares itself with, and the table in
// docs/benchmarks.md, and README.md's.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { machineName } from './machine.mjs';
import { readmeText } from './readme.mjs';
import { figureOf, spreadOf } from './table.mjs';

const FIGURES = fileURLToPath(new URL('../figures.json', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));
const README = fileURLToPath(new URL('../../../README.md', import.meta.url));
const [BEGIN, END] = ['<!-- table: written by npm run bench -- --save -->', '<!-- end of the table -->'];

/**
 * A table as it is kept.
 * @typedef {{commit: string, date: string, machine?: string, lines: {what: string, unit: string, ours: number, spread?: number[],
 *   peers: Record<string, number>}[]}} Figures
 */

/** The figures of the table in the document; undefined before the first. @returns {Figures | undefined} */
export function figuresBefore() {
  return existsSync(FIGURES) ? JSON.parse(readFileSync(FIGURES, 'utf8')) : undefined;
}

/** One line: which program was measured, when, and how much else the machine had to do when it began. */
export function describeRun({ commit, date, minutes, load }) {
  return `One run of ${minutes} minutes, ${date}, commit ${commit}; the machine's load before it was ${load.toFixed(1)}.`;
}

/** The commit that is checked out, with a word where files differ from it, the date, the machine and its load. */
export function thisRun() {
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const folder = fileURLToPath(new URL('../../..', import.meta.url));
  const isChanged = git('-C', folder, 'status', '--porcelain', '--untracked-files=no') !== '';
  const commit = git('-C', folder, 'rev-parse', '--short=10', 'HEAD') + (isChanged ? ' with changes' : '');
  return { commit, date: new Date().toISOString().slice(0, 10), machine: machineName(), load: loadavg()[0] };
}

/** Keeps what a whole run measured, and puts its text where the documents have that of the one before. */
export function save({ commit, date, machine }, lines, text) {
  const kept = lines.flatMap(({ what, unit, ours, peers }) => {
    const value = figureOf(ours);
    if (value === undefined) return [];
    const figures = peers
      .map(peer => [peer.who, figureOf(peer)])
      .filter(([, figure]) => figure !== undefined);
    return [{ what, unit, ours: value, spread: spreadOf(ours), peers: Object.fromEntries(figures) }];
  });
  writeFileSync(FIGURES, `${JSON.stringify({ commit, date, machine, lines: kept }, null, 1)}\n`);
  replaceTable(DOCUMENT, text);
  replaceTable(README, readmeText(lines, { commit, date }));
}

function replaceTable(file, text) {
  const document = readFileSync(file, 'utf8');
  const [start, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${file} has no lines "${BEGIN}" and "${END}"`);
  writeFileSync(file, `${document.slice(0, start)}${BEGIN}\n${text}\n${document.slice(end)}`);
}
