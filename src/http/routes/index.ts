// The catalogue of endpoints: a new one is a file beside this and a line here.

import { endpoints as alertmanagerEndpoints } from '../alertmanager/index.js';
import { endpoints } from '../prometheus/index.js';
import type { EndpointDescription, RouteDefinition } from '../route.js';
import { alertHistory } from './alert-history.js';
import { alerts } from './alerts.js';
import {
  deleteAnnouncement,
  getAnnouncement,
  getAnnouncements,
  postAnnouncement,
  putAnnouncement,
} from './announcements.js';
import { auditTrail } from './audit-trail.js';
import { badge } from './badges.js';
import { bestEndpoint } from './best-endpoint.js';
import { capacityProjections } from './capacity-projections.js';
import { capacityReport } from './capacity-report.js';
import { clusterHealth } from './cluster-health.js';
import { dashboardData } from './dashboard-data.js';
import { docs, tryIt } from './docs.js';
import { events } from './events.js';
import { federate } from './federate.js';
import { graph, queryPage } from './graph.js';
import { dashboards, runbook } from './guides.js';
import { haproxyMetrics } from './haproxy-metrics.js';
import { health } from './health.js';
import { history } from './history.js';
import { incidentsFeed } from './incidents-feed.js';
import { landing, style } from './landing.js';
import { healthy, ready, reload } from './lifecycle.js';
import { maintenance } from './maintenance.js';
import { metrics } from './metrics.js';
import { notifySms } from './notify-sms.js';
import { openapi } from './openapi.js';
import { pageAssets } from './page-assets.js';
import { performanceAnalysis } from './performance-analysis.js';
import { performanceHistory } from './performance-history.js';
import { performanceTrends } from './performance-trends.js';
import { publicRoutes } from './public.js';
import { getPush, postPush } from './push.js';
import { replica } from './replica.js';
import { report } from './report.js';
import { checkService, service } from './services.js';
import { stats } from './stats.js';
import { uptimeCalendar } from './uptime-calendar.js';
import { uptimeReport } from './uptime-report.js';
import { views, viewsOfOne } from './views.js';
import { weeklyProfile } from './weekly-profile.js';

/** Everything there is, for the description. */
const catalogue = (): readonly EndpointDescription[] => [...routes, ...endpoints, ...alertmanagerEndpoints];

/** Whether there is a link to it on the short page: a path with parts to be filled in leads nowhere. */
const isLinked = ({ method, path, hidden, inPath }: RouteDefinition) =>
  method === 'GET' && path !== '/' && !hidden && !inPath;

export const routes: readonly RouteDefinition[] = [
  landing(() => routes.filter(isLinked)),
  clusterHealth,
  events,
  bestEndpoint,
  health,
  service,
  checkService,
  alerts,
  alertHistory,
  incidentsFeed,
  badge,
  auditTrail,
  getAnnouncements,
  postAnnouncement,
  getAnnouncement,
  putAnnouncement,
  deleteAnnouncement,
  maintenance,
  history,
  stats,
  haproxyMetrics,
  performanceTrends,
  performanceAnalysis,
  performanceHistory,
  capacityReport,
  capacityProjections,
  weeklyProfile,
  uptimeReport,
  uptimeCalendar,
  report,
  dashboardData,
  metrics,
  federate,
  runbook,
  dashboards,
  replica,
  healthy,
  ready,
  reload,
  notifySms,
  postPush,
  getPush,
  openapi(catalogue),
  docs(catalogue),
  style,
  pageAssets,
  ...publicRoutes,
  views,
  viewsOfOne,
  graph,
  queryPage,
  tryIt,
];
