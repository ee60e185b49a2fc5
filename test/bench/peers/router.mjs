// An application that routes by health, as a child of its own: `router.mjs URL HOW PER_SECOND SECONDS`. HOW is `view`
// (decisions from a view in memory), `watch` (a view and no decisions) or `ask` (every decision asks four times, as the
// document's code does). Prints what its process used, as JSON: {decisions, cpu, wall}, in milliseconds.

import { LangGraphMonitoring } from '../../../dist/client/monitoring.js';
import { intelligentRouting } from '../../../dist/langgraph/workflow.js';

/** Work comes in bits, as requests do. */
const TICK = 100;
const MESSAGES = ['Hello there', 'Search for cats', 'What is in the document about cats?', 'Tell me a joke'];

const [url, how, perSecond, seconds] = process.argv.slice(2);
const log = { warn() {}, error() {} };
const monitoring = new LangGraphMonitoring({ url, log });
if (how !== 'ask') await monitoring.watch({ mayHoldProcess: true }).ready();

const route = intelligentRouting({
  monitoring,
  requiresEmbeddings: message => message.includes('document'),
});
const states = MESSAGES.map(content => ({ messages: [{ content }] }));

async function decide(count) {
  for (let i = 0; i < count; i++) {
    if (how === 'ask') for (let question = 1; question < 4; question++) await monitoring.checkClusterHealth();
    const name = route(states[i % states.length]);
    if (typeof name !== 'string') await name;
  }
}

/** Decides at the pace that is wanted, or as fast as it can when it cannot keep it. */
async function work(span) {
  const begun = performance.now();
  let decisions = 0;
  const catchUp = async () => {
    const due = Math.floor(((performance.now() - begun) / 1000) * Number(perSecond)) - decisions;
    const count = how === 'watch' ? 0 : how === 'ask' ? Math.min(due, 100) : due;
    await decide(count);
    decisions += count;
  };
  while (performance.now() - begun < span) {
    await catchUp();
    await new Promise(resolve => setTimeout(resolve, TICK));
  }
  // Those of the last bit.
  await catchUp();
  return decisions;
}

await work(2000);
const before = process.cpuUsage();
const started = performance.now();
const decisions = await work(Number(seconds) * 1000);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ decisions, cpu: (user + system) / 1000, wall: performance.now() - started }));
process.exit(0);
