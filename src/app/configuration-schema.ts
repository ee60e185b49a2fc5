// What may stand in monitor.yml: its sections, and the checks that need more than one of them.

import { hostname } from 'node:os';
import { z } from 'zod';
import { receiverKinds } from '../alertmanager/receivers/index.js';
import { actionsSection, alertingSection } from '../alerts/settings.js';
import { endpointSection, unknownServices } from '../cluster/endpoints/section.js';
import { about, ofType } from '../config/about.js';
import { didYouMean } from '../config/did-you-mean.js';
import { count, duration, flag, httpUrl, section, words } from '../config/fields.js';
import { httpClientShape } from '../config/http-client/config.js';
import { httpClientProblem } from '../config/http-client/problem.js';
import { schemaKit } from '../config/schema-kit.js';
import { haSection } from '../ha/section.js';
import { webSection } from '../http/access-section.js';
import { pageSection } from '../http/page/settings.js';
import type { Millis } from '../model/time.js';
import { MAX_LIMIT } from '../probes/concurrency.js';
import { host } from '../probes/kinds/host.js';
import { remoteWriteJson } from '../remote-write/config/json-schema.js';
import { REMOTE_WRITE } from '../remote-write/config/read.js';
import { reportsSection } from '../report/settings.js';
import { globalJson, scrapeConfigsJson } from '../scrape/config/json-schema.js';
import { SCRAPE_SECTIONS } from '../scrape/config/read.js';
import { services } from './service-schema.js';
import { shardSection } from './sharding.js';

/** Prometheus' own advice. */
const MAX_SCRAPE_INTERVAL: Millis = 120_000;

/** A whole number within bounds, or `auto`, the default. */
const countOrAuto = (min: number, max: number) =>
  ofType(
    `auto or a whole number from ${min} to ${max}`,
    {
      anyOf: [
        { const: 'auto' },
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: '\\$\\{' },
      ],
    },
    parsedCountOrAuto(min, max),
  ).default('auto');

const parsedCountOrAuto = (min: number, max: number) =>
  z.unknown().transform((value, context): number | 'auto' => {
    if (value === 'auto') return value;
    const given = count(min, max).safeParse(value);
    if (given.success) return given.data;
    context.addIssue({ code: 'custom', message: `expected auto or a whole number from ${min} to ${max}` });
    return z.NEVER;
  });

const scan = section({
  intervals: about(
    section({
      critical: about(duration(100).default(30_000), 'Of critical services.'),
      other: about(duration(100).default(60_000), 'Of all others.'),
    }).prefault({}),
    'Time between two checks of a service; half of it while the cluster is degraded, a sixth while it is unhealthy.',
  ),
  max_concurrent_checks: about(
    countOrAuto(1, MAX_LIMIT),
    'Checks at one time. `auto` is 5 for a small cluster, and more where services that hang would make others wait.',
  ),
  pool: about(
    section({
      connections: about(
        countOrAuto(1, 2 * MAX_LIMIT),
        'Open connections in all; `auto` is 50 for a small cluster.',
      ),
      per_host: about(
        countOrAuto(1, 2 * MAX_LIMIT),
        'Open connections to one host and port; `auto` is 10 for a small cluster.',
      ),
      keep_alive: about(duration(1000).default(60_000), 'How long an unused connection is kept.'),
      max_age: about(
        duration(1000).default(45_000),
        'A connection is not used again after this time, so that checks notice what a new client would meet.',
      ),
      max_requests: about(count(1).default(5), 'Requests on one connection.'),
    }).prefault({}),
    'Connections of checks over HTTP.',
  ),
});

const hostSection = section({
  enabled: about(
    flag().default(true),
    "Whether processor, memory, disks and network of the monitor's machine are measured.",
  ),
  interval: about(duration(1000).default(30_000), 'Time between two measurements.'),
  ...host.options(schemaKit).shape,
});

const RULE_PLACES = ['local', 'remote'] as const;
export type RulePlace = (typeof RULE_PLACES)[number];

const query = section({
  url: about(
    httpUrl()
      .transform(url => url.replace(/\/+$/, ''))
      .optional(),
    'A Prometheus or VictoriaMetrics that is asked instead of keeping samples and evaluating rules here; see docs/scaling.md.',
    { example: 'http://127.0.0.1:9090' },
  ),
  rules: about(
    z.enum(RULE_PLACES, { error: `expected ${RULE_PLACES.join(' or ')}` }).optional(),
    'Where rules are evaluated beside `url`: `remote`, by the Prometheus or vmalert there, which sends the alerts; `local`, by this monitor over its own samples, which sends them as without `url`.',
    { example: 'local', fallback: '`remote` with `url`, else `local`' },
  ),
  timeout: about(duration(100).default(30_000), 'How long its answer may take.'),
  scrape_interval: about(
    duration(100)
      .refine(interval => interval <= MAX_SCRAPE_INTERVAL, {
        error: 'expected 2m at most: rules and queries take a series without a sample for 5 minutes as gone',
      })
      .optional(),
    'Time between two samples of each series, and between evaluations of rules; 2m at most. With `url` only beside `remote_write` or `rules: local`.',
    { example: '30s', fallback: '15s' },
  ),
  ...httpClientShape,
}).superRefine((config, context) => {
  const problem = httpClientProblem(config);
  if (problem) context.addIssue({ code: 'custom', message: problem });
  if (
    config.url === undefined &&
    (config.basic_auth || config.authorization || config.headers || config.tls_config)
  )
    context.addIssue({ code: 'custom', message: 'url is missing; without one the monitor answers itself' });
  if (config.url === undefined && config.rules === 'remote')
    context.addIssue({
      code: 'custom',
      path: ['rules'],
      message: 'remote is for rules that the Prometheus at query.url evaluates; set url, or take rules out',
    });
});

type QuerySection = z.output<typeof query>;

/** Where the rules are evaluated. */
export function rulePlace({ url, rules }: Pick<QuerySection, 'url' | 'rules'>): RulePlace {
  return rules ?? (url === undefined ? 'local' : 'remote');
}

const links = section({
  grafana: about(
    httpUrl()
      .transform(url => url.replace(/\/+$/, ''))
      .optional(),
    'Grafana with the dashboards of `grafana/`: where `dashboard_url` of alerts leads.',
    { example: 'http://127.0.0.1:3000', fallback: 'the status page' },
  ),
  runbook: about(
    httpUrl().optional(),
    'A page with a section for each alert, named in lower case: where `runbook_url` leads.',
    {
      example: 'https://wiki.example.org/runbook',
      fallback: '/runbook of the monitor',
    },
  ),
});

/** What a reader of its own reads as Prometheus does, after the rest of the file. */
const asPrometheus = (type: string, json: Readonly<Record<string, unknown>>) =>
  ofType(type, json, z.unknown());

/** The sections that are in prometheus.yml too. */
const scrapeSections = {
  global: about(
    asPrometheus('as in prometheus.yml', globalJson).optional(),
    'Defaults of `scrape_configs` and `external_labels`; see docs/scraping.md.',
    { example: { scrape_interval: '15s' } },
  ),
  scrape_configs: about(
    asPrometheus('list, as in prometheus.yml', scrapeConfigsJson).optional(),
    'What is scraped beside the monitor itself: exporters and whatever has a `/metrics`; see docs/scraping.md. With `query.url` only beside `remote_write` or `query.rules: local`.',
    { example: [{ job_name: 'node', static_configs: [{ targets: ['127.0.0.1:9100'] }] }] },
  ),
  scrape_config_files: about(
    asPrometheus('list of texts', { type: ['array', 'null'], items: { type: 'string' } }).optional(),
    'Files or patterns of files with further `scrape_configs`, relative to this file.',
    { example: ['scrape/*.yml'] },
  ),
  remote_write: about(
    asPrometheus('list, as in prometheus.yml', remoteWriteJson).optional(),
    'Storages that every sample is sent to by remote write; see docs/scaling.md.',
    { example: [{ url: 'http://127.0.0.1:8428/api/v1/write' }] },
  ),
};

/** Everything monitor.yml may hold, but for the keys of the kinds of services. */
export const monitorYml = section({
  node: about(
    words().default(hostname()),
    'Name of this machine in `/health` and in `host_*`; no service may have it.',
    { example: 'worker-node4', fallback: 'the host name' },
  ),
  scan: about(scan.prefault({}), 'When and how services are checked.'),
  host: about(hostSection.prefault({}), 'The machine that the monitor runs on.'),
  query: about(query.prefault({}), 'Samples and rules: kept here, or asked for elsewhere.'),
  links: about(links.prefault({}), "Where alerts lead, instead of the monitor's own pages."),
  web: about(
    webSection.prefault({}),
    'Names and proxies under which browsers reach the monitor. Users and certificates are in the file of `--web.config.file`.',
  ),
  page: about(pageSection.prefault({}), 'The status page; see docs/page.md.'),
  rule_files: about(
    z
      .array(words(), { error: 'expected a list of files, or of patterns such as rules/*.rules.yml' })
      .optional(),
    "Rules in Prometheus' format, as files or patterns, relative to this file.",
    { example: ['rules/*.rules.yml'], fallback: 'a folder `rules` beside this file, or those that ship' },
  ),
  ...scrapeSections,
  alerting: about(alertingSection(schemaKit).prefault({}), 'Where alerts go; see docs/alerting.md.'),
  ha: about(haSection(schemaKit).optional(), 'Several monitors with one configuration; see docs/scaling.md.'),
  actions: about(actionsSection(schemaKit).default([]), 'What is done about an alert by itself.'),
  reports: about(
    reportsSection(schemaKit, receiverKinds).default([]),
    'Reports that are sent by schedule; see docs/reports.md.',
  ),
  shard: about(
    shardSection.optional(),
    'This monitor checks a part of the services, and scrapes a part of the targets, of a configuration that several share; see docs/scaling.md.',
    { example: { index: 0, of: 4 } },
  ),
  services: about(services, 'What is monitored, by id: letters, digits, `_`, `-` and `.`.'),
  endpoints: about(
    endpointSection.prefault({}),
    'Where workflows call which kind of service, for `/best_endpoint`.',
  ),
}).superRefine((config, context) => {
  const areAlertsElsewhere = rulePlace(config.query) === 'remote';
  if (areAlertsElsewhere && config.alerting.alertmanagers !== undefined) {
    context.addIssue({
      code: 'custom',
      path: ['alerting', 'alertmanagers'],
      message:
        'with query.url the Prometheus there sends the alerts; name the Alertmanagers in its configuration, or set query.rules: local',
    });
  }
  if (areAlertsElsewhere && config.alerting.alert_relabel_configs !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['alerting', 'alert_relabel_configs'],
      message:
        'with query.url the Prometheus there sends the alerts; put it into its configuration, or set query.rules: local',
    });
  if (config.ha?.lease && (areAlertsElsewhere || config.alerting.alertmanagers !== undefined))
    context.addIssue({
      code: 'custom',
      path: ['ha', 'lease'],
      message:
        'is for the embedded Alertmanager; real ones send each notification once by their own cluster. Take it out',
    });
  const isGiven = (name: (typeof SCRAPE_SECTIONS)[number] | typeof REMOTE_WRITE) =>
    config[name] !== undefined && config[name] !== null;
  // For remote_write and for rules the samples are taken here, whatever answers.
  const isTakenElsewhere = areAlertsElsewhere && !isGiven(REMOTE_WRITE);
  for (const name of isTakenElsewhere ? SCRAPE_SECTIONS.filter(isGiven) : [])
    context.addIssue({
      code: 'custom',
      path: [name],
      message:
        'with query.url the Prometheus there scrapes; put it into its configuration, or add remote_write',
    });
  if (isTakenElsewhere && config.query.scrape_interval !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['query', 'scrape_interval'],
      message: 'with query.url the Prometheus there scrapes; set scrape_interval in its configuration',
    });
  const ids = config.services.map(({ id }) => id);
  for (const { path, message } of unknownServices(config.endpoints, ids))
    context.addIssue({ code: 'custom', path: ['endpoints', ...path], message });
  for (const [i, id] of config.page.hide.entries())
    if (!ids.includes(id))
      context.addIssue({
        code: 'custom',
        path: ['page', 'hide', i],
        message: `no service "${id}"${didYouMean(id, ids)}`,
      });
  if (config.services.some(service => service.id === config.node)) {
    context.addIssue({
      code: 'custom',
      path: ['services', config.node],
      message: 'is the name of the node too; call the service or the node something else',
    });
  }
});

/** What stands in it. */
export type MonitorYml = z.output<typeof monitorYml>;
