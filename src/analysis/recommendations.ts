// What to do about a service, what helps most first, each with the figures it rests on. Comes in: facts and direction of a
// service; goes out: sentences.

import type { Service } from '../model/service.js';
import type { Findings } from './analyst.js';
import type { Period } from './asking.js';
import type { ServiceFacts } from './facts.js';
import * as measures from './measures.js';
import type { Direction } from './trend-word.js';
import { change, moment, percent, seconds, span } from './words.js';

/** A share of failed checks that is worth a look. */
const NOTABLE = 0.01;
/** An hour so many times as slow as its day is worth a larger machine. */
const STEEP = 1.3;
/** With less coverage of a period there is no recommendation. */
const SEEN = 0.5;

interface Recommendation {
  /** How much it would help: the share of time or of speed that it is about, above 0; the higher, the earlier. */
  readonly weight: number;
  readonly text: string;
  /** The figures it rests on. */
  readonly basis: readonly Basis[];
}

/** A figure of a service, and what asks for it. */
interface Basis {
  readonly figure: string;
  readonly measure: measures.Measure;
  readonly value: number;
}

/** @returns at least one: that there is nothing to do, or too little data */
export function recommendationsOf(
  facts: ServiceFacts,
  direction: Direction,
  period: Period,
): Recommendation[] {
  const found = known.get(facts) ?? make(facts, direction, period);
  known.set(facts, found);
  return found;
}

/** Of facts there is one direction, of one period; several reports want what is recommended. */
const known = new WeakMap<ServiceFacts, Recommendation[]>();

function make(facts: ServiceFacts, direction: Direction, period: Period): Recommendation[] {
  const found = [timeouts, failures, outages, speed, peaks]
    .map(rule => rule(facts, direction, period))
    .filter(each => each !== undefined)
    .sort((a, b) => b.weight - a.weight);
  if (found.length > 0) return found;
  const nothing = (text: string) => [{ weight: 0, text, basis: [] }];
  if (direction.word === undefined) return nothing(`Too little data: ${direction.reason}`);
  const seen = facts.coverage < SEEN ? `; the monitor saw ${percent(facts.coverage)} of the time` : '';
  return nothing(`Performance is optimal${seen}`);
}

/** Of all services, what helps most first; none of a service about which there is nothing to do. */
export function recommendationsOfAll({
  services,
  facts,
  directions,
  period,
}: Findings): (Recommendation & Pick<Service, 'id' | 'name'>)[] {
  return services
    .flatMap(({ id, name }) => {
      const [ofService, direction] = [facts.get(id), directions.get(id)];
      if (!ofService || !direction) return [];
      return recommendationsOf(ofService, direction, period).map(each => ({ ...each, id, name }));
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

type Rule = (facts: ServiceFacts, direction: Direction, period: Period) => Recommendation | undefined;

const timeouts: Rule = ({ timeoutRate, checks }) => {
  if (!(timeoutRate > NOTABLE)) return undefined;
  const text = `Investigate timeout issues, possibly add workers: ${percent(timeoutRate)} of ${Math.round(checks)} checks timed out`;
  return {
    weight: timeoutRate,
    text,
    basis: [{ figure: 'timeout_rate', measure: measures.timeoutShare, value: timeoutRate }],
  };
};

const failures: Rule = ({ failureRate, timeoutRate, checks }) => {
  const others = failureRate - timeoutRate;
  if (!(others > NOTABLE)) return undefined;
  const text = `Investigate failures: ${percent(others)} of ${Math.round(checks)} checks failed otherwise than by a timeout`;
  return {
    weight: others,
    text,
    basis: [
      { figure: 'failure_rate', measure: measures.failureShare, value: failureRate },
      { figure: 'timeout_rate', measure: measures.timeoutShare, value: timeoutRate },
    ],
  };
};

const outages: Rule = ({ outages: { length: count }, downSeconds, availability }) => {
  if (count < 3) return undefined;
  const text = `Find what it has in common: it went down ${count} times, for ${span(downSeconds * 1000)} in all`;
  return {
    weight: 1 - availability,
    text,
    basis: [
      { figure: 'outages', measure: measures.outages, value: count },
      { figure: 'uptime', measure: measures.availability, value: availability },
    ],
  };
};

const speed: Rule = ({ meanTime }, { word, step, trend, change: by }, { to }) => {
  const line = step ?? trend;
  if ((word !== 'increasing' && word !== 'degrading') || !line || by <= 0) return undefined;
  const figures = `from ${seconds(line.from)} to ${seconds(line.to)} (${change(by)})`;
  const text = step
    ? `Look for what changed ${moment(step.at, to)}: the response time rose at once, ${figures}`
    : `Look for what grows: the response time rises little by little, ${figures}`;
  return { weight: by / 10, text, basis: [meanOf(meanTime)] };
};

const peaks: Rule = ({ meanTime }, { pattern }) => {
  if (!pattern || pattern.peaks.length === 0) return undefined;
  const top = Math.max(...pattern.profile.filter(value => !Number.isNaN(value)));
  if (top < STEEP) return undefined;
  const hours = pattern.peaks.join(' and ');
  const text = `Consider scaling up during peak hours: ${hours}, when it takes ${top.toFixed(1)} times as long as usual`;
  return { weight: (top - 1) / 20, text, basis: [meanOf(meanTime)] };
};

const meanOf = (value: number): Basis => ({
  figure: 'avg_response_time',
  measure: measures.meanTime,
  value,
});
