// In: the lines of a whole run. Out: the rows of README.md, which are those that decide.

import { figureOf, figureText, ratioText } from './table.mjs';

const STACK = 'Prometheus + blackbox_exporter';

/** A row: the line it is of, in README's words, and the peer beside it. */
const ROWS = [
  {
    what: 'CPU per HTTP probe, 200 services every 5 s, after 2.5 minutes',
    text: 'CPU of a check, 200 services every 5 s, after 2.5 minutes, whole process with all rules',
    who: STACK,
    note: ', without rules',
  },
  {
    what: 'memory at rest, six services',
    text: 'memory at rest, six services',
    who: 'Prometheus + Alertmanager + three exporters',
  },
  {
    what: '20 panels of the shipped dashboards at once, 1 h, until the last answer',
    text: '20 panels of a dashboard at once, until the last answer',
    who: 'Prometheus',
  },
  {
    what: '1000 services every 30 s, memory after 2 min',
    text: 'memory with 1,000 services every 30 s',
    who: STACK,
  },
  {
    what: 'failure to webhook, checks every 5 s, p50',
    text: 'failure to notification, checks every 5 s, p50',
    who: 'Prometheus + blackbox_exporter + Alertmanager',
  },
];
const SMALL_QUERY = { what: 'instant query of a few fresh series, p50', who: 'Prometheus' };
const STORM = {
  what: '10,000 alerts grouped and delivered, from the first request to the last message',
  who: 'Alertmanager',
};

/** The text between README's two marks. */
export function readmeText(lines, { date, commit }) {
  const rows = ROWS.map(({ what, text, who, note = '' }) => {
    const { line, peer } = found(lines, { what, who });
    if (!line) return `| ${text} | not measured | |`;
    const beside = peer ? `${who}${note} ${figureText(peer, line.unit)} (${ratioText(line.ours, peer)})` : '';
    return `| ${text} | ${figureText(line.ours, line.unit)} | ${beside} |`;
  });
  return [
    `One run of all rows, ${date}, commit ${commit}. The ratio is ours / theirs: less is better.`,
    '',
    '| what | ours | beside |',
    '|---|---|---|',
    ...rows,
    '',
    `A small query costs ${shareOf(lines, SMALL_QUERY)} of Prometheus' time, 10,000 alerts at once ${shareOf(lines, STORM)} of Alertmanager's: [where the time goes](docs/performance.md).`,
  ].join('\n');
}

function found(lines, { what, who }) {
  const line = lines.find(each => each.what === what);
  return { line, peer: line?.peers.find(each => each.who === who) };
}

function shareOf(lines, wanted) {
  const { line, peer } = found(lines, wanted);
  if (!line || !peer || figureOf(line.ours) === undefined || figureOf(peer) === undefined)
    return 'an unknown part';
  return ratioText(line.ours, peer).replace('x', '');
}
