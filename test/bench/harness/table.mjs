// In: the rows' lines. Out: a Markdown table. A line: {what, unit, ours: Outcome, peers: Outcome[], reach?: Reach}; a
// Reach is {atMost: number}, {atLeast: number}, {atLeastOf: {who, share}} (a share of a peer's figure), or {atMostOf:
// {who, share}}; `text` says it otherwise.

const HEAD = ['what', 'ours', 'to reach', 'reached', 'peers (ours / peer)'];

/** The lines as one table. */
export function markdown(lines) {
  const rows = lines.map(line => [
    line.what,
    figure(line.ours, line.unit),
    reachText(line),
    verdict(line),
    line.peers.map(peer => peerText(line, peer)).join('; ') || '-',
  ]);
  return [HEAD, HEAD.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function peerText({ ours, unit }, peer) {
  const ratio = 'value' in ours && 'value' in peer ? ` (${digits(ours.value / peer.value)}x)` : '';
  return `${peer.who} ${figure(peer, unit)}${ratio}`;
}

function figure(outcome, unit) {
  return 'value' in outcome ? `${digits(outcome.value)} ${unit}` : outcome.missing;
}

/** The figure a line is to reach, or undefined when the peer it refers to has none. */
function bound({ reach, peers }) {
  if (!reach) return undefined;
  if ('atMost' in reach) return { most: reach.atMost };
  if ('atLeast' in reach) return { least: reach.atLeast };
  const { who, share } = reach.atLeastOf ?? reach.atMostOf;
  const peer = peers.find(candidate => candidate.who === who);
  if (!peer || !('value' in peer)) return undefined;
  return reach.atLeastOf ? { least: share * peer.value } : { most: share * peer.value };
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
  if (!limit || !('value' in line.ours)) return '-';
  return (limit.most === undefined || line.ours.value <= limit.most) &&
    (limit.least === undefined || line.ours.value >= limit.least)
    ? 'yes'
    : 'no';
}

/** Three significant digits below a thousand, thousands grouped above. */
function digits(value) {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 3 : 2)));
}
