// What Grafana asks when a page is opened: all panels of a dashboard at once, until the last answer is there; and that the
// answers are the same.

import { cpuDuring } from '../harness/accounting.mjs';
import { answerOf, difference, urlOf } from '../harness/answers.mjs';
import { map } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { liveHistory } from '../harness/live-history.mjs';
import { get } from '../harness/loopback.mjs';
import { questionsOf } from '../harness/panels.mjs';
import { median } from '../harness/statistics.mjs';

const DASHBOARDS = ['cluster', 'monitor'];
const PANELS = 20;
const HOURS = 1;
/** Grafana's requests say so. */
const GZIP = { 'accept-encoding': 'gzip' };

export default {
  name: 'dashboard',
  about: `${PANELS} panels of the shipped dashboards at once, ${HOURS} h, until the last answer`,
  async run(bench) {
    const children = new Children();
    try {
      const { end, instance, servers } = await liveHistory(bench, children);
      const questions = questionsOf(DASHBOARDS, { count: PANELS, end, hours: HOURS, instance });
      bench.say(`  ${questions.length} queries`);
      const [ours, prometheus] = servers;
      if ('value' in ours && 'value' in prometheus)
        await requireSame(ours.value, prometheus.value, questions);
      const outcomes = [];
      for (const server of servers) outcomes.push(await begun(bench, server, questions));
      await inTurns(bench, outcomes);
      return linesOf(this.about, outcomes);
    } finally {
      await children.stop();
    }
  },
};

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

async function begun(bench, server, questions) {
  if (!('value' in server)) return server;
  return await bench.attempt(server.who, async () => {
    const { pid, url } = server.value;
    const urls = questions.map(question => urlOf(url, question));
    for (let i = 0; i < bench.either(30, 10); i++) await opened(urls);
    return { pid, urls, wall: [], cpu: [] };
  });
}

async function inTurns(bench, outcomes) {
  const pages = bench.either(10, 5);
  for (let round = 0; round < bench.either(9, 5); round++) {
    for (const { value } of outcomes) {
      if (!value) continue;
      const { cpu, wall } = await cpuDuring([value.pid], async () => {
        for (let i = 0; i < pages; i++) await opened(value.urls);
      });
      value.wall.push(wall / pages);
      value.cpu.push(cpu / pages);
    }
  }
}

async function opened(urls) {
  await Promise.all(urls.map(url => get(url, GZIP)));
}

function linesOf(what, outcomes) {
  return [
    { what, field: 'wall' },
    { what: 'the same, CPU of the whole process', field: 'cpu' },
  ].map(({ what, field }) => {
    const [ours, ...peers] = outcomes.map(outcome => map(outcome, value => median(value[field])));
    return { what, unit: 'ms', ours, peers, reach: { atMostOf: { who: 'Prometheus', share: 1 } } };
  });
}
