// In: the rows' lines, and the figures of the table before. Out: a Markdown table. A line: {what, of, unit, ours: Outcome,
// peers: Outcome[], reach?: Reach}; `of` is what is measured: `process` (all its threads), a thread, `clients`, `disk`. A
// Reach is {atMost: number}, {atLeast: number}, {atLeastOf: {who, share}} (a share of a peer's figure), or {atMostOf:
// {who, share}}; `text` says it otherwise.

import { median } from './statistics.mjs';

const HEAD = ['what', 'of', 'ours', 'to reach', 'reached', 'peers (ours / peer)'];
/** A ratio that got worse by less is not called worse; nor is a figure without a peer, which the machine's moods move more. */
const NOISE = 1.1;
const NOISE_ALONE = 1.3;

/**
 * The lines as one table.
 * @param {import('./figures.mjs').Figures} [before] a line that is worse than there says so
 * @param {string} [machine] this one, in a word
 */
export function markdown(lines, before, machine) {
  const rows = lines.map(line => [
    line.what,
    line.of ?? 'process',
    figure(line.ours, line.unit),
    reachText(line),
    [verdict(line), worsened(line, before, machine)].filter(Boolean).join('; ') || '-',
    line.peers.map(peer => peerText(line, peer)).join('; ') || '-',
  ]);
  return [HEAD, HEAD.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

/** The figure of an outcome: its value, or the median of its rounds; undefined without one. */
export function figureOf(outcome) {
  if (!('value' in outcome)) return undefined;
  return Array.isArray(outcome.value) ? median(outcome.value) : outcome.value;
}

/** The lowest and the highest of its rounds; undefined when there is one figure only. */
export function spreadOf({ value }) {
  return Array.isArray(value) && value.length > 1 ? [Math.min(...value), Math.max(...value)] : undefined;
}

function peerText({ ours, unit }, peer) {
  const ratio = 'value' in ours && 'value' in peer ? ` (${ratioText(ours, peer)})` : '';
  return `${peer.who} ${figure(peer, unit)}${ratio}`;
}

/** Ours / theirs; both must have a figure. */
export function ratioText(ours, peer) {
  return 'value' in ours && 'value' in peer ? `${digits(figureOf(ours) / figureOf(peer))}x` : '-';
}

/** An outcome's figure without its spread, or why there is none. */
export function figureText(outcome, unit) {
  return 'value' in outcome ? `${digits(figureOf(outcome))} ${unit}` : outcome.missing;
}

function figure(outcome, unit) {
  if (!('value' in outcome)) return outcome.missing;
  const spread = spreadOf(outcome);
  const range = spread ? ` [${spread.map(digits).join(' to ')}]` : '';
  return `${figureText(outcome, unit)}${range}`;
}

/** The figure a line is to reach, or undefined when the peer it refers to has none. */
function bound({ reach, peers }) {
  if (!reach) return undefined;
  if ('atMost' in reach) return { most: reach.atMost };
  if ('atLeast' in reach) return { least: reach.atLeast };
  const { who, share } = reach.atLeastOf ?? reach.atMostOf;
  const peer = peers.find(candidate => candidate.who === who);
  if (!peer || !('value' in peer)) return undefined;
  return reach.atLeastOf ? { least: share * figureOf(peer) } : { most: share * figureOf(peer) };
}

function reachText(line) {
  const { reach, unit } = line;
  if (!reach) return '-';
  if (reach.text) return reach.text;
  if ('atMost' in reach) return `at most ${digits(reach.atMost)} ${unit}`;
  if ('atLeast' in reach) return `at least ${digits(reach.atLeast)} ${unit}`;
  const { who, share } = reach.atLeastOf ?? reach.atMostOf;
  return `at ${reach.atLeastOf ? 'least' : 'most'} ${share} of ${who}`;
}

function verdict(line) {
  const limit = bound(line);
  const value = figureOf(line.ours);
  if (!limit || value === undefined) return '';
  return (limit.most === undefined || value <= limit.most) &&
    (limit.least === undefined || value >= limit.least)
    ? 'yes'
    : 'no';
}

/**
 * Says that a line is worse than it was: by its ratio to the first peer that both tables have, which another machine
 * changes less than the figure itself; without such a peer by the figure, on the same machine. '' where it is not, or there
 * is nothing to compare with.
 */
function worsened(line, before, machine) {
  const old = before?.lines.find(({ what }) => what === line.what);
  const value = figureOf(line.ours);
  if (!old || value === undefined) return '';
  const isMoreBetter = 'atLeast' in (line.reach ?? {}) || 'atLeastOf' in (line.reach ?? {});
  const isWorse = (now, then, noise) => (isMoreBetter ? now * noise < then : now > then * noise);
  const peer = line.peers.find(({ who, value: has }) => has !== undefined && old.peers[who] > 0);
  if (peer) {
    const then = old.ours / old.peers[peer.who];
    const now = value / figureOf(peer);
    return isWorse(now, then, NOISE) ? `worse than before (${digits(then)}x of ${peer.who})` : '';
  }
  const isSameMachine = machine !== undefined && machine === before.machine;
  return isSameMachine && isWorse(value, old.ours, NOISE_ALONE)
    ? `worse than before (${digits(old.ours)} ${line.unit})`
    : '';
}

/** Three significant digits below a thousand, thousands grouped above. */
function digits(value) {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 3 : 2)));
}
