// What endpoints may use of the other rooms. Built by monitor.ts.

import type { Alerting } from '../alerts/alerting.js';
import type { SmsGateway } from '../alerts/sms/gateway.js';
import type { Analyst } from '../analysis/analyst.js';
import type { EndpointSelector } from '../cluster/endpoints/selector.js';
import type { HealthWriter } from '../cluster/health-json.js';
import type { Refresher } from '../cluster/on-demand.js';
import type { RecentResults } from '../cluster/recent-results.js';
import type { ClusterState } from '../cluster/state.js';
import type { ScanWatchdog } from '../cluster/watchdog.js';
import type { ReplicaAnswer } from '../ha/settings.js';
import type { ReplicaStatus } from '../ha/status.js';
import type { MetricsPage } from '../metrics/page.js';
import type { Labels } from '../model/labels.js';
import type { Service } from '../model/service.js';
import type { Clock } from '../model/time.js';
import type { QueryEngine } from '../query/engine.js';
import type { Store } from '../store/store.js';
import type { AccessPolicy } from './access.js';
import type { HealthFeed } from './events/feed.js';
import type { Announcements } from './page/announcements.js';
import type { PageSettings } from './page/settings.js';
import type { PrometheusFacts } from './prometheus/facts.js';
import type { Pushes } from './push/pushes.js';

export interface ApiContext {
  readonly cluster: ClusterState;
  readonly health: HealthWriter;
  readonly refresher: Refresher;
  /** The last answers of every service. */
  readonly recent: RecentResults;
  /** What the configuration says of a service, as it was understood; undefined where there is none. */
  readonly configuration: (id: string) => object | undefined;
  readonly watchdog: ScanWatchdog;
  readonly store: Store;
  readonly metrics: MetricsPage;
  readonly endpoints: EndpointSelector;
  /** Ended by the server when it closes. */
  readonly events: HealthFeed;
  /** The same for the public; ended by the server, too. */
  readonly publicEvents: HealthFeed;
  /** Runs PromQL, embedded or remote. */
  readonly query: QueryEngine;
  /** Makes reports. */
  readonly analyst: Analyst;
  /** Other monitors with the same configuration; both undefined without any. */
  readonly ha: { readonly answer: ReplicaAnswer | undefined; readonly status: ReplicaStatus | undefined };
  /** Alerts, silences and notifications. */
  readonly alerting: Alerting;
  /** Labels of the alert about a service that is down. */
  readonly alertLabels: (service: Service) => Labels;
  /** Sends text messages; undefined unless `alerting.sms` is configured. */
  readonly sms: () => Pick<SmsGateway, 'send'> | undefined;
  /** What /api/v1 shows of the monitor itself. */
  readonly prometheus: PrometheusFacts;
  readonly clock: Clock;
  readonly version: string;
  /** What the configuration calls the monitoring node. */
  readonly node: () => string;
  /** Where the outside finds this monitor; paths are put behind it. */
  readonly externalUrl: () => string;
  /** The policy for browser requests that change something. */
  readonly access: () => AccessPolicy;
  /** What the status page is called, shows and allows. */
  readonly page: () => PageSettings;
  readonly announcements: Announcements;
  /** What services report of themselves. */
  readonly pushes: Pushes;
  /** Reads the configuration again; throws what is wrong with it. Undefined while that is not allowed over HTTP. */
  readonly reload: ((by: string) => Promise<void>) | undefined;
  /** Counts an answered request. */
  readonly onAnswer: (handler: string, status: number) => void;
}
