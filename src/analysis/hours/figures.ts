// What is known of each hour: the catalogue of figures that reports are added up from. A further one is a line here; each is
// PromQL over the hour.

import { crc32 } from 'node:zlib';
import { loads, peakSessions } from '../loads.js';
import * as measures from '../measures.js';

/** Of every service, by the label `target`. */
export interface ServiceFigure {
  readonly measure: measures.Measure;
  /** Series of a service that a question about it reads, about. */
  readonly series: number;
}

export const serviceFigures = {
  dense: { measure: measures.dense, series: 1 },
  seen: { measure: measures.seen, series: 1 },
  up: { measure: measures.up, series: 1 },
  plannedSeen: { measure: measures.plannedSeen, series: 1 },
  plannedUp: { measure: measures.plannedUp, series: 1 },
  answerSeconds: { measure: measures.answerSeconds, series: 1 },
  answers: { measure: measures.answers, series: 1 },
  checks: { measure: measures.checksByHour, series: 1 },
  failures: { measure: measures.failuresByHour, series: 4 },
  timeouts: { measure: measures.timeoutsByHour, series: 1 },
  slow: { measure: measures.slowShare, series: 1 },
  fastest: { measure: measures.fastest, series: 2 },
  slowest: { measure: measures.slowest, series: 2 },
  avgCpu: { measure: measures.resource('avg', measures.CPU), series: 1 },
  maxCpu: { measure: measures.resource('max', measures.CPU), series: 1 },
  avgMemory: { measure: measures.resource('avg', measures.MEMORY), series: 1 },
  maxMemory: { measure: measures.resource('max', measures.MEMORY), series: 1 },
} as const satisfies Record<string, ServiceFigure>;

export type ServiceFigureName = keyof typeof serviceFigures;

/** Answered checks by bucket; a column `le:0.5` each. */
export const bucketFigure: ServiceFigure = { measure: measures.buckets, series: 16 };
export const BUCKET_PREFIX = 'le:';

/** One value of the whole cluster; a column `cluster:requests` each. */
export const clusterFigures: Readonly<Record<string, (window: string) => string>> = {
  ...Object.fromEntries(loads.map(({ key, query }) => [key, query])),
  peak_sessions: peakSessions,
};

/** Changes with the meaning of a figure: what was kept of another one is asked again. */
export const FIGURES_VERSION: number = crc32(
  [
    ...[...Object.values(serviceFigures), bucketFigure].map(({ measure }) => measure('1h')),
    ...Object.values(clusterFigures).map(query => query('1h')),
  ].join('\n'),
);
