// What Grafana asks when a page is opened: all panels of a dashboard at once, until the last answer is there; and that the
// answers are the same.

import { cpuDuring } from './accounting.mjs';
import { answerOf, difference, urlOf } from './answers.mjs';
import { get } from './loopback.mjs';
import { questionsOf } from './panels.mjs';
import { each, inTurns } from './turns.mjs';

const DASHBOARDS = ['cluster', 'monitor'];
const PANELS = 20;
const HOURS = 1;
/** Grafana's requests say so. */
const GZIP = { 'accept-encoding': 'gzip' };

/** The lines of a live history. */
export async function dashboardLines(bench, { end, instance, servers }) {
  const questions = questionsOf(DASHBOARDS, { count: PANELS, end, hours: HOURS, instance });
  bench.say(`  ${questions.length} panels`);
  const [ours, prometheus] = servers;
  if ('value' in ours && 'value' in prometheus) await requireSame(ours.value, prometheus.value, questions);
  const pages = bench.either(10, 5);
  const contestants = servers.map(server => ({
    ...server,
    measure: async ({ pid, url }) => {
      const urls = questions.map(question => urlOf(url, question));
      const { cpu, wall } = await cpuDuring([pid], async () => {
        for (let i = 0; i < pages; i++) await opened(urls);
      });
      return { cpu: cpu / pages, wall: wall / pages };
    },
  }));
  const what = `${PANELS} panels of the shipped dashboards at once, ${HOURS} h, until the last answer`;
  return linesOf(what, await inTurns(bench, bench.either(9, 5), contestants, { warmUps: 3 }));
}

/** @throws Error when a peer answers otherwise, or too few find anything: it would be quick or slow with something else */
async function requireSame(ours, theirs, questions) {
  let found = 0;
  for (const question of questions) {
    const [own, other] = [
      await answerOf(urlOf(ours.url, question)),
      await answerOf(urlOf(theirs.url, question)),
    ];
    const problem = difference(own, other);
    if (problem) throw new Error(`another answer to ${question.query}: ${problem}`);
    if (own.size > 0) found++;
  }
  if (found < questions.length / 2)
    throw new Error(`only ${found} of ${questions.length} queries find anything`);
}

async function opened(urls) {
  await Promise.all(urls.map(url => get(url, GZIP)));
}

function linesOf(what, [ours, ...peers]) {
  return [
    { what, of: 'clients', field: 'wall' },
    { what: 'the same, CPU of the whole process', of: 'process', field: 'cpu' },
  ].map(({ what, of, field }) => ({
    what,
    of,
    unit: 'ms',
    ours: each(ours, values => values[field]),
    peers: peers.map(peer => each(peer, values => values[field])),
    reach: { atMostOf: { who: 'Prometheus', share: 1 } },
  }));
}
