// The catalogue of dashboards: a new one is a file beside this and a line here. Written to ../dashboards, as Grafana
// reads them, by `npx vitest run test/grafana/source.test.ts -u`.

import type { Dashboard } from '@grafana/schema';
import { alerts } from './alerts.js';
import { cluster } from './cluster.js';
import { gpus } from './gpus.js';
import { haproxy } from './haproxy.js';
import { host } from './host.js';
import { modelServers } from './model-servers.js';
import { monitor } from './monitor.js';
import { nodes } from './nodes.js';
import { postgres } from './postgres.js';
import { redis } from './redis.js';
import { service } from './service.js';

export const dashboards: readonly Dashboard[] = [
  ...[cluster, service, haproxy, redis, host],
  ...[nodes, gpus, modelServers, postgres],
  ...[alerts, monitor],
];
