// The catalogue of rows, in the order of the table. A row: {name, minutes, about, run(bench): Promise<Line[]>}: `minutes` it takes on
// two cores; one that is `apart` is not part of a run of all rows unless that is --long.

import alertLatency from './alert-latency.mjs';
import alertStorm from './alert-storm.mjs';
import anomalies from './anomalies.mjs';
import bounds from './bounds.mjs';
import clusterHealth from './cluster-health.mjs';
import haproxy from './haproxy.mjs';
import importRow from './import.mjs';
import install from './install.mjs';
import memory from './memory.mjs';
import metricsAgain from './metrics-again.mjs';
import pacedProbes from './paced-probes.mjs';
import page from './page.mjs';
import promqlBlocking from './promql-blocking.mjs';
import promqlDisk from './promql-disk.mjs';
import promqlFresh from './promql-fresh.mjs';
import promqlMemory from './promql-memory.mjs';
import promqlQueries from './promql-queries.mjs';
import promqlStart from './promql-start.mjs';
import reports from './reports.mjs';
import routing from './routing.mjs';
import rules from './rules.mjs';
import saturatedProbes from './saturated-probes.mjs';
import scale from './scale.mjs';
import scaleOne from './scale-one.mjs';
import scan from './scan.mjs';
import scrape from './scrape.mjs';
import soak from './soak.mjs';
import start from './start.mjs';
import timingError from './timing-error.mjs';

export const rows = [
  saturatedProbes,
  pacedProbes,
  scan,
  timingError,
  clusterHealth,
  haproxy,
  metricsAgain,
  memory,
  soak,
  start,
  install,
  page,
  promqlFresh,
  promqlQueries,
  promqlDisk,
  importRow,
  promqlBlocking,
  promqlStart,
  promqlMemory,
  scrape,
  reports,
  rules,
  alertLatency,
  alertStorm,
  routing,
  anomalies,
  bounds,
  scale,
  scaleOne,
];
