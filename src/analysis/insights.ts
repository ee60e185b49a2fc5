// What is worth knowing of the cluster now, a sentence each, what matters most first. Comes in: findings; goes out:
// sentences that say only what the samples say.

import type { Findings } from './analyst.js';
import { grouped } from './grouped.js';
import { percent, seconds } from './words.js';

/** So many services are named; of more it is said how many they are. */
const NAMED = 10;
/** A share of timeouts worth naming. */
const TIMEOUTS = 0.01;
/** From here on a cache serves well, and below there it does not. */
const [HIGH_HITS, LOW_HITS] = [0.9, 0.5];
/** Sessions below which a distribution is chance. */
const FEW_SESSIONS = 20;
/** Jain's index of fairness from which on load is even; 1 is all alike. */
const EVEN = 0.9;

const HITS = 'sum by (target) (increase(redis_keyspace_hits_total[1h]))';
const MISSES = 'sum by (target) (increase(redis_keyspace_misses_total[1h]))';
/** Backup servers get load only when others are gone, and servers out of service get none. */
const SESSIONS = `sum by (target, proxy, server) (increase(haproxy_server_sessions_total[1h]))
  and on (target, proxy, server) haproxy_server_status{state="UP"} == 1`;

export async function insightsOf(findings: Findings): Promise<string[]> {
  return [
    ...speeds(findings),
    ...failing(findings),
    ...(await cacheHits(findings)),
    ...(await distribution(findings)),
  ];
}

/** Services that change, each; those that do not, together. */
function speeds({ services, facts, directions }: Findings): string[] {
  const known = services.flatMap(({ id, name }) => {
    const [direction, ofService] = [directions.get(id), facts.get(id)];
    return direction?.word && ofService ? [{ name, direction, facts: ofService }] : [];
  });
  const changing = known.filter(({ direction }) => direction.word !== 'stable');
  const stable = known.filter(({ direction }) => direction.word === 'stable');
  return [
    ...named(
      changing.map(({ name, direction }) => `${name} is ${direction.word}: ${direction.reason}`),
      'more change',
    ),
    ...named(
      stable.map(({ name, facts: { meanTime } }) => `${name} is stable at ${seconds(meanTime)}`),
      'more are stable',
    ),
  ];
}

function failing({ services, facts }: Findings): string[] {
  const found = services.flatMap(({ id, name }) => {
    const rate = facts.get(id)?.timeoutRate ?? 0;
    return rate > TIMEOUTS ? [{ name, rate }] : [];
  });
  const sentences = found
    .sort((a, b) => b.rate - a.rate)
    .map(({ name, rate }) => `${name}: ${percent(rate)} of the checks timed out - check it and the network`);
  return named(sentences, 'more have timeouts');
}

function named(sentences: string[], rest: string): string[] {
  if (sentences.length <= NAMED) return sentences;
  return [...sentences.slice(0, NAMED), `${sentences.length - NAMED} ${rest}`];
}

async function cacheHits({ engine, services, period: { to } }: Findings): Promise<string[]> {
  const { samples } = await engine.instant(`${HITS} / (${HITS} + ${MISSES} > 0)`, to);
  return samples.map(({ labels, value }) => {
    const id = labels.get('target');
    const name = services.find(service => service.id === id)?.name ?? id;
    const verdict =
      value >= HIGH_HITS ? ' - excellent performance' : value < LOW_HITS ? ' - most reads miss' : '';
    return `${name} cache hit rate: ${Math.round(value * 100)}%${verdict}`;
  });
}

async function distribution({ engine, period: { to } }: Findings): Promise<string[]> {
  const { samples } = await engine.instant(SESSIONS, to);
  const backends = grouped(samples, ({ labels }) => `${labels.get('target')}/${labels.get('proxy')}`);
  const sentences: string[] = [];
  for (const servers of backends.values()) {
    const sum = servers.reduce((all, { value }) => all + value, 0);
    if (servers.length < 2 || sum < FEW_SESSIONS) continue;
    const squares = servers.reduce((all, { value }) => all + value * value, 0);
    const [first] = servers.slice().sort((a, b) => b.value - a.value);
    if (!first) continue;
    const backend = first.labels.get('proxy');
    const isEven = (sum * sum) / (servers.length * squares) >= EVEN;
    sentences.push(
      isEven
        ? `HAProxy distributes load evenly over the ${servers.length} servers of ${backend}`
        : `HAProxy gives ${percent(first.value / sum)} of the sessions of ${backend} to ${first.labels.get('server')}, one of ${servers.length} servers`,
    );
  }
  return named(sentences, 'more backends');
}
